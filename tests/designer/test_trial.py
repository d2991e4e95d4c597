"""Simulation: whatever is tried, it is what the interpreter would do; a run can be kept as a test."""

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.trial.approve import approve_all
from designer.trial.cases import play
from designer.trial.keep import as_case
from designer.trial.play import Turn, run
from designer.trial.script import Does, Move, Script
from designer.trial.trace import standing
from designer.trial.words import lines, names, questions, refusal, title, values, waiting_calls
from engine.apply import fold
from engine.definition import Definition
from engine.people import Directory
from tests.engine.cast import NOW, directory, purchase

STEPS = ["approval", "order", "request", "nowhere", ""]
ORDER = {
    "type": "action",
    "name": "Order it",
    "call": {"url": "https://shop.example/orders"},
    "undo": {"url": "https://shop.example/cancel"},
    "outcomes": {"done": "approved", "failed": "rejected"},
}
TIMEOUT = {"after": "P3D", "remind": ["P1D"], "then": "escalate", "times": 2, "finally": "reject"}


def ordering() -> Definition:
    """A purchase that is ordered once it is approved."""
    document = purchase(outcomes={"approved": "order", "rejected": "rejected", "changes_requested": "request"})
    document["steps"]["approval"]["timeout"] = TIMEOUT
    document["steps"]["order"] = ORDER
    return Definition(document)


def script(*moves: Move, amount: Any = 7200) -> Script:
    return Script({"item": "Desks", "amount": amount}, "ann", NOW, list(moves))


def tried(*moves: Move, amount: Any = 7200, people: Directory | None = None) -> list[Turn]:
    return run(ordering(), people or directory(), script(*moves, amount=amount))


moves = st.builds(
    Move,
    do=st.sampled_from(get_args(Does)),
    step=st.sampled_from(STEPS),
    by=st.sampled_from(["", "ann", "ben", "dana", "fay", "nobody"]),
    outcome=st.sampled_from(["approved", "rejected", "changes_requested", "x"]),
    comment=st.sampled_from(["", "because"]),
    data=st.sampled_from([{}, {"amount": 12}, {"amount": "x"}, {"item": "Chairs", "amount": 20_000}]),
    length=st.sampled_from(["P1D", "P1Y", "soon", "P9Y"]),
    answer=st.sampled_from([None, {"order": 5}, "x" * 300_000]),
)


@given(st.lists(moves, max_size=12))
@settings(max_examples=150, deadline=None)
def test_whatever_is_tried_has_an_answer_and_words(script_moves: list[Move]) -> None:
    definition = ordering()
    turns = tried(*script_moves)
    told = names(definition, turns[0].directory)
    assert len(turns) <= len(script_moves) + 1
    for before, turn in zip([None, *turns], turns, strict=False):
        assert title(definition, before, turn)
        assert all(line.text for line in lines(turn, told))
        assert not turn.refused or refusal(definition, turn.directory, turn.refused)
        if turn.state:
            assert values(definition, told, before.state if before else None, turn.state)
    emitted = [(one.type, one.data) for turn in turns for one in turn.events]
    assert not turns[-1].state or fold(emitted) == turns[-1].state


@given(st.lists(moves, max_size=6))
@settings(max_examples=60, deadline=None)
def test_a_run_that_is_kept_goes_the_same_way(script_moves: list[Move]) -> None:
    definition = ordering()
    turns = tried(*script_moves)
    good = [turn.move for turn in turns if turn.move and not turn.refused]
    case = as_case(definition, directory(), script(*good), "Kept")
    if case:
        assert standing(play(definition, case)) == standing(tried(*good))


def test_time_limits_fire_when_they_are_due() -> None:
    turns = tried(Move("wait", length="P4D"), amount=900)
    happened = [(emitted.type, (part.at - NOW).days) for part in turns[1].happened for emitted in part.events]
    assert happened == [("ReminderSent", 1), ("TaskEscalated", 3), ("ReminderSent", 4)]
    assert (turns[1].at - NOW).days == 4


def test_a_wait_that_never_ends_is_stopped() -> None:
    document = purchase(timeout={"after": "PT1M", "then": "timed_out"}, outcomes={"timed_out": "approval"})
    turns = run(Definition(document), directory(), script(Move("wait", length="P9Y")))
    assert turns[-1].refused and turns[-1].refused.reason.code == "trial_too_long"


def test_a_call_waits_for_an_answer_and_its_undoing_too() -> None:
    definition, yes = ordering(), Move("decide", outcome="approved")
    turns = tried(yes, yes)
    assert waiting_calls(definition, turns[-1].state) == [("order", "Order it")]
    done = tried(yes, yes, Move("succeed", answer={"order": 5}))
    assert standing(done) == ["approved"]
    assert standing(tried(yes, yes, Move("fail", error="HTTP 503"))) == ["rejected"]


def test_whoever_leaves_is_asked_no_more() -> None:
    definition = ordering()
    assert [one.name for one in questions(definition, tried()[-1])] == ["Ben"]
    gone = tried(Move("leave", by="ben"))[-1]
    assert [one.name for one in questions(definition, gone)] == ["Cleo"]


def test_everybody_says_yes_in_moves_that_can_be_kept() -> None:
    definition = ordering()
    made = approve_all(definition, tried(amount=12_000)[-1])
    assert [(move.do, move.by) for move in made] == [
        ("decide", "ben"), ("decide", "dana"), ("decide", "fay"), ("decide", "gus"), ("succeed", ""),
    ]  # fmt: skip
    assert standing(tried(*made, amount=12_000)) == ["approved"]


def test_what_the_clock_and_rules_did_is_told() -> None:
    definition = ordering()
    turns = tried(Move("wait", length="P1D"), Move("decide", by="ben", outcome="rejected", comment="Too many"))
    told = names(definition, turns[0].directory)
    assert [title(definition, before, turn) for before, turn in zip([None, *turns], turns, strict=False)] == [
        "Ann sends the request", "Time passes: 1 day", "Ben rejects it",
    ]  # fmt: skip
    assert [line.text for line in lines(turns[2], told)] == [
        "Ben (Manager) rejected it: “Too many”", "“Approval” is finished: rejected", "Ended as rejected: Too many",
    ]  # fmt: skip


def test_a_kept_run_names_nobody_who_is_here() -> None:
    made = approve_all(ordering(), tried(amount=12_000)[-1])
    case = as_case(ordering(), directory(), script(*made, amount=12_000), "Large")
    assert case is not None and not case.people
    assert [move.by for move in case.moves] == ["", "", "", "", ""]
    assert case.expect.status == "approved"
    assert case.expect.asked == ["approval/manager", "approval/director", "approval/board"]


def test_where_one_person_is_two_the_relations_are_kept() -> None:
    """Ben manages Ann and is the only director, so he cannot sign twice."""
    people = directory(directors=("ben",))
    stuck = script(Move("decide", outcome="approved"))
    case = as_case(ordering(), people, stuck, "Ben twice")
    assert case is not None
    assert case.people["manager"].groups == ["directors"]
    last = play(ordering(), case)[-1].state
    assert last is not None and last.blocked and last.blocked.code == "nobody_signs"


@pytest.mark.parametrize("amount", ["x", None])
def test_a_start_that_the_form_refuses_begins_nothing(amount: Any) -> None:
    [turn] = tried(amount=amount)
    assert turn.refused and turn.state is None
