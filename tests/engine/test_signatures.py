"""What a signature covers and when it stops counting: told as cases of people who change things."""

from typing import Any

import pytest

from engine.commands import HandOn, Refused
from engine.effects import CloseTasks, Tell
from engine.reasons import said
from tests.engine.cast import Case, directory, flow, purchase

AMOUNT = {"schema": {"type": "object", "properties": {"amount": {"type": "number"}}}}
BOTH = {"id": "board", "name": "Board", "who": [{"group": "board"}], "policy": {"quorum": 2}}
ALL = {**BOTH, "policy": "all"}


def approval(name: str, levels: list[dict[str, Any]], to: str, **more: Any) -> dict[str, Any]:
    ways = {"approved": to, "rejected": "rejected", "changes_requested": "request"}
    return {"type": "approval", "name": name, "levels": levels, "outcomes": ways, **more}


def two_steps(**second: Any) -> dict[str, Any]:
    """The manager, then finance, which is fay."""
    finance = [{"id": "finance", "name": "Finance", "who": [{"user": "fay"}]}]
    manager = [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]
    steps = {
        "manager": approval("Manager", manager, "finance"),
        "finance": approval("Finance", finance, "approved", **second),
    }
    return flow(steps)


def closed(case: Case) -> dict[str, dict[str, Any]]:
    """Why tasks were closed by the last command, by task."""
    told = [event.data for event in case.last.events if event.type == "TasksClosed"]
    return {task: data["reason"] for data in told for task in data["tasks"]}


def test_a_manager_who_writes_a_larger_amount_brings_in_everybody_that_it_needs() -> None:
    case = Case(purchase(form=AMOUNT), {"amount": 900})
    case.decide("ben", values={"amount": 50_000})
    assert list(case.open()) == ["dana"]
    case.decide("dana", values={})
    case.decide("fay", values={})
    end = case.decide("gus", values={}).state
    assert (end.ended, case.signed()) == ("approved", ["ben", "dana", "fay", "gus"])


def test_whoever_signed_the_old_value_of_a_quorum_is_asked_again() -> None:
    case = Case(purchase(levels=[BOTH], form=AMOUNT), {"amount": 100})
    case.decide("fay", values={})
    hal = case.open()["hal"]
    case.decide("gus", values={"amount": 999_999})
    assert case.now_state.ended is None
    assert set(case.open()) == {"hal", "fay"}
    assert case.open()["hal"] == hal
    assert case.signed() == ["gus"]
    end = case.decide("fay", values={}).state
    assert (end.ended, case.signed()) == ("approved", ["gus", "fay"])


def test_a_level_that_a_smaller_amount_does_not_need_is_closed_and_says_why() -> None:
    levels = [{**BOTH, "when": "amount >= 10000"}, {"id": "boss", "when": "amount > 0", "who": [{"manager": 1}]}]
    case = Case(purchase(levels=levels, form=AMOUNT), {"amount": 20_000})
    open_ones = set(case.open().values()) - {case.open()["fay"]}
    case.decide("fay", values={"amount": 10})
    assert list(case.open()) == ["ben"]
    assert closed(case) == {task: {"code": "level_needless"} for task in open_ones}


def test_a_later_step_that_changes_the_amount_asks_the_earlier_one_again_and_goes_on_from_there() -> None:
    case = Case(two_steps(form=AMOUNT), {"amount": 900})
    case.decide("ben")
    case.decide("fay", values={"amount": 50_000})
    assert (list(case.open()), case.now_state.ended) == (["ben"], None)
    case.decide("ben")
    assert (case.now_state.ended, case.signed()) == ("approved", ["fay", "ben"])


def test_whoever_is_asked_again_may_say_no() -> None:
    case = Case(two_steps(form=AMOUNT), {"amount": 900})
    case.decide("ben")
    case.decide("fay", values={"amount": 50_000})
    case.decide("ben", "rejected", "far too much")
    assert (case.now_state.ended, case.now_state.reason) == ("rejected", said("said", "far too much"))


def test_a_form_in_between_that_changes_what_was_signed_asks_again() -> None:
    document = two_steps()
    fix = {
        "type": "form",
        "name": "Fix",
        "who": [{"user": "gus"}],
        "form": AMOUNT,
        "outcomes": {"submitted": "finance"},
    }
    document["steps"] |= {"fix": fix}
    document["steps"]["manager"]["outcomes"]["approved"] = "fix"
    case = Case(document, {"amount": 900, "item": "Desk"})
    case.decide("ben")
    case.resubmit(amount=5000)
    assert list(case.open()) == ["ben"]
    case.decide("ben")
    assert list(case.open()) == ["fay"]


def test_what_is_filled_in_later_undoes_nothing() -> None:
    schema = {"type": "object", "properties": {"item": {"type": "string"}}}
    case = Case(two_steps(form={"schema": schema}), {"amount": 900})
    case.decide("ben")
    case.decide("fay", values={"item": "Desk"})
    assert case.now_state.ended == "approved"


def test_a_signature_may_be_over_some_fields_only() -> None:
    document = two_steps(form=AMOUNT)
    document["steps"]["manager"]["covers"] = ["item"]
    case = Case(document, {"amount": 900, "item": "Desk"})
    case.decide("ben")
    assert case.decide("fay", values={"amount": 901}).state.ended == "approved"


def test_a_change_that_is_only_told_undoes_nothing_and_is_told() -> None:
    document = two_steps(form=AMOUNT)
    document["steps"]["manager"]["on_change"] = {"amount": "tell"}
    case = Case(document, {"amount": 900})
    case.decide("ben")
    case.decide("fay", values={"amount": 901})
    assert case.now_state.ended == "approved"
    told = [effect for effect in case.last.effects if isinstance(effect, Tell) and effect.message == "changed"]
    assert [(effect.person, effect.facts) for effect in told] == [("ben", {"fields": ["amount"]})]


def test_a_value_that_is_changed_back_is_what_was_signed() -> None:
    case = Case(purchase(levels=[ALL], form=AMOUNT), {"amount": 1})
    case.decide("fay", values={})
    case.decide("gus", values={"amount": 2})
    assert case.signed() == ["gus"]
    case.decide("hal", values={"amount": 1})
    assert case.signed() == ["fay", "hal"]
    assert list(case.open()) == ["gus"]
    assert case.decide("gus", values={}).state.ended == "approved"


def test_how_many_must_sign_is_part_of_what_is_signed() -> None:
    schema = {"type": "object", "properties": {"need": {"type": "integer"}, "item": {"type": "string"}}}
    level = {**BOTH, "policy": {"quorum": {"field": "need"}}}
    document = flow({"approval": approval("A", [level], "approved", form={"schema": schema}, covers=["item"])}, schema)
    case = Case(document, {"need": 2})
    case.decide("fay", values={"need": 3})
    case.decide("gus", values={})
    assert case.now_state.ended is None
    assert case.decide("hal", values={}).state.ended == "approved"


def test_keep_lets_nobody_approve_what_they_never_saw() -> None:
    case = Case(purchase(resubmit="keep"), {"amount": 5000, "item": "Desks"})
    case.decide("ben")
    case.decide("dana", "changes_requested", "too dear")
    case.resubmit(amount=4999, item="A company car")
    assert (list(case.open()), case.now_state.ended) == (["ben"], None)


def test_keep_asks_nobody_again_who_signed_what_it_still_says() -> None:
    case = Case(purchase(levels=[ALL], resubmit="keep"), {"amount": 5})
    case.decide("fay")
    case.decide("gus", "changes_requested", "why?")
    case.resubmit(amount=5, item="Desks")
    assert set(case.open()) == {"gus", "hal"}
    case.decide("gus")
    assert case.decide("hal").state.ended == "approved"


def test_keep_does_not_bar_whoever_signed_from_their_own_level() -> None:
    people = directory(two=("fay", "gus"))
    level = {**BOTH, "who": [{"group": "two"}]}
    case = Case(purchase(levels=[level], resubmit="keep"), {"amount": 5}, people)
    case.decide("fay")
    case.decide("gus", "changes_requested", "why?")
    case.resubmit(amount=5, item="x")
    assert (list(case.open()), case.now_state.blocked) == (["gus"], None)
    assert case.decide("gus").state.ended == "approved"


def test_a_step_that_sends_back_does_not_bar_the_first_signer_from_signing_again() -> None:
    case = Case(two_steps(), {"amount": 900})
    case.decide("ben")
    case.decide("fay", "changes_requested", "which one?")
    case.resubmit(amount=900)
    assert list(case.open()) == ["ben"]
    case.decide("ben")
    assert case.decide("fay").state.ended == "approved"


def test_after_a_rejection_and_an_appeal_everybody_is_asked_anew() -> None:
    document = two_steps(resubmit="keep")
    document["steps"]["finance"]["outcomes"]["rejected"] = "request"
    case = Case(document, {"amount": 900})
    case.decide("ben")
    case.decide("fay", "rejected", "no")
    case.resubmit(amount=900)
    assert list(case.open()) == ["ben"]


def test_keep_brings_nothing_back_from_before_a_rejection() -> None:
    """Two of the board said yes before the third said no: after the appeal the manager sends it back once more."""
    steps = {
        "manager": approval("Manager", [{"id": "manager", "who": [{"manager": 1}]}], "board", resubmit="keep"),
        "board": approval("Board", [ALL], "approved", resubmit="keep"),
    }
    steps["board"]["outcomes"]["rejected"] = "request"
    case = Case(flow(steps), {"amount": 100})
    case.decide("ben")
    case.decide("fay")
    case.decide("gus")
    case.decide("hal", "rejected")
    case.resubmit(amount=100)
    case.decide("ben", "changes_requested")
    case.resubmit(amount=100)
    case.decide("ben")
    assert set(case.open()) == {"fay", "gus", "hal"}


def test_all_who_may_still_sign_are_enough_where_they_have() -> None:
    """Fay signs at the second step and changes what a rule approved at the first, where all others sign then."""
    first = approval("First", [ALL], "second", automatic={"when": "amount <= 500", "reason": "Small"})
    steps = {"first": first, "second": approval("Second", [ALL], "approved", form=AMOUNT)}
    case = Case(flow(steps), {"amount": 100})
    case.decide("fay", values={"amount": 900})
    assert set(case.open()) == {"gus", "hal"}
    case.decide("gus")
    end = case.decide("hal").state
    assert (end.ended, sorted(case.signed())) == ("approved", ["fay", "gus", "hal"])
    opened = [told["need"] for kind, told in case.log if kind == "LevelOpened"]
    assert opened == [3, 2, 1]


def test_an_approval_after_an_earlier_rejection_does_not_tell_the_old_reason() -> None:
    appeal = approval("Appeal", [{"id": "appeal", "who": [{"user": "dana"}]}], "approved")
    document = two_steps()
    document["steps"] |= {"appeal": appeal}
    document["steps"]["manager"]["outcomes"]["rejected"] = "appeal"
    case = Case(document, {"amount": 900})
    case.decide("ben", "rejected", "too expensive")
    case.decide("dana")
    assert (case.now_state.ended, case.now_state.reason) == ("approved", None)
    decided = [effect for effect in case.last.effects if isinstance(effect, Tell) and effect.message == "decided"]
    assert [effect.facts["reason"] for effect in decided] == [None]


def test_the_title_follows_the_data() -> None:
    document = two_steps(form=AMOUNT) | {"title": "{item}, {amount}"}
    case = Case(document, {"amount": 5000, "item": "Desks"})
    case.decide("ben", "changes_requested", "what?")
    case.resubmit(amount=4999, item="A company car")
    assert case.now_state.title == "A company car, 4999"
    case.decide("ben")
    case.decide("fay", values={"amount": 5001})
    assert case.now_state.title == "A company car, 5001"
    assert case.types().count("TitleChanged") == 2


def test_a_decision_about_what_was_changed_meanwhile_is_refused() -> None:
    case = Case(purchase(levels=[ALL], form=AMOUNT), {"amount": 1})
    seen = case.now_state.seq
    case.decide("fay", values={"amount": 2})
    before = case.now_state
    with pytest.raises(Refused) as refused:
        case.decide("gus", values={}, seen=seen)
    assert (refused.value.code, [pointer for pointer, _ in refused.value.errors]) == ("changed", ["/amount"])
    assert case.now_state is before
    case.decide("gus", values={}, seen=case.now_state.seq)
    assert case.signed() == ["fay", "gus"]


def test_nothing_happened_in_between_that_a_decision_is_about() -> None:
    case = Case(purchase(levels=[ALL]), {"amount": 1})
    seen = case.now_state.seq
    case.decide("fay", seen=seen)
    case.decide("gus", seen=seen)
    told = [data for kind, data in case.log if kind == "TaskDecided"]
    assert [(data["person"], data["for"], data["seen"]) for data in told] == [("fay", None, seen), ("gus", None, seen)]
    assert [list(data["covers"]) for data in told] == [["amount"], ["amount"]]


@pytest.mark.parametrize("seen", [0, -1, 99])
def test_nobody_has_seen_what_is_not_there_yet(seen: int) -> None:
    case = Case(purchase(), {"amount": 900})
    with pytest.raises(Refused) as refused:
        case.decide("ben", seen=seen)
    assert refused.value.code == "seen"


def test_a_level_that_passed_by_the_clock_is_named_so_and_not_asked_again() -> None:
    levels = [{"id": "boss", "who": [{"manager": 1}]}, {"id": "board", "who": [{"group": "nobody"}]}]
    case = Case(purchase(levels=levels, timeout={"after": "P1D", "then": "approve"}), {"amount": 1})
    case.late()
    assert (case.signed(), bool(case.now_state.blocked)) == (["timer"], True)
    assert case.now_state.signed[0].level == "boss"


def test_a_rule_that_approved_is_asked_again_when_the_amount_changes() -> None:
    document = two_steps(form=AMOUNT)
    document["steps"]["manager"]["automatic"] = {"when": "amount <= 500", "reason": "Small"}
    case = Case(document, {"amount": 100})
    assert case.signed() == ["rule"]
    case.decide("fay", values={"amount": 50_000})
    assert list(case.open()) == ["ben"]
    assert case.decide("ben").state.ended == "approved"


@pytest.mark.parametrize("need", [None, "", 0, -1, 1.9, "two", "2", True, [2], {"n": 2}])
def test_a_quorum_that_the_data_does_not_say_stops(need: Any) -> None:
    level = {**BOTH, "policy": {"quorum": {"field": "need"}}}
    for data in ({}, {"need": need}):
        case = Case(purchase(levels=[level]), data)
        assert "no_quorum" in str(case.now_state.blocked)


def test_all_are_those_who_were_asked_last() -> None:
    """Two of four signed 100; then one left, it was 900 for a while, and the third of three makes it 100 again."""
    people = directory(board=("fay", "gus", "hal", "dana"))
    case = Case(
        flow({"board": approval("Board", [ALL], "approved", resubmit="keep", form=AMOUNT)}), {"amount": 100}, people
    )
    case.decide("fay")
    case.decide("gus")
    case.decide("hal", "changes_requested")
    case.people = directory()
    case.resubmit(amount=900)
    assert set(case.open()) == {"fay", "gus", "hal"}
    end = case.decide("hal", values={"amount": 100}).state
    assert (end.ended, sorted(case.signed())) == ("approved", ["fay", "gus", "hal"])


def test_all_of_nobody_is_not_enough_also_when_the_time_is_up() -> None:
    level = {"id": "one", "who": [{"field": "who"}], "policy": {"quorum": {"field": "need"}}}
    case = Case(purchase(levels=[level], timeout={"after": "PT1S", "then": "approve"}), {"who": ["ann"], "need": "all"})
    assert "nobody_signs" in str(case.now_state.blocked)
    assert case.now_state.tokens[0].wait is None


def test_out_of_the_group_is_out_of_the_decision() -> None:
    case = Case(purchase(levels=[BOTH]), {"amount": 1})
    case.people = directory(board=("gus", "hal"))
    with pytest.raises(Refused) as refused:
        case.decide("fay")
    assert refused.value.code == "not_entitled"
    case.send(HandOn("fay"))
    assert set(case.open()) == {"gus", "hal"}
    assert any(isinstance(effect, CloseTasks) for effect in case.last.effects)
