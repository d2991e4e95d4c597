"""What happens next, as the interpreter says it would."""

import copy
from typing import Any

import pytest

from designer.ahead import sentence, signers
from designer.simulate import after_approval, from_start, in_silence, when_all_agree
from engine.definition import Definition
from engine.interpreter import World
from engine.state import State
from tests.engine.cast import NOW, Case, directory, purchase

WORLD = World(NOW, directory())


def begun(amount: int, **changes: Any) -> tuple[Definition, State]:
    case = Case(purchase(**changes), {"item": "Desks", "amount": amount})
    return case.definition, case.now_state


def following(definition: Definition, state: State) -> str:
    task = next(token.wait.tasks[0].id for token in state.tokens if token.wait)
    return sentence(definition, WORLD.directory, after_approval(definition, state, WORLD, task))


def test_the_next_signer_is_named_with_the_reason() -> None:
    assert following(*begun(7200)) == "Dana signs as Director, because 7,200 is at least 5,000"


def test_after_the_last_signature_the_end_is_told() -> None:
    assert following(*begun(900)) == "the request is approved"


@pytest.mark.parametrize(("quorum", "left"), [(2, "Gus or Hal signs as well"), (3, "Gus and Hal sign as well")])
def test_those_who_must_sign_beside_one_are_named(quorum: int, left: str) -> None:
    level = {"id": "board", "name": "Board", "who": [{"group": "board"}], "policy": {"quorum": quorum}}
    assert following(*begun(900, levels=[level])) == left


def test_what_an_approver_would_fill_in_is_not_in_the_way() -> None:
    form = {"schema": {"type": "object", "required": ["centre"], "properties": {"centre": {"type": "string"}}}}
    assert following(*begun(900, form=form)) == "the request is approved"


def test_the_whole_way_is_known_before_anything_is_sent() -> None:
    definition = Definition(purchase())
    stops = from_start(definition, "ann", {"item": "Desks", "amount": 12000}, WORLD)
    assert signers(definition, WORLD.directory, stops) == [
        "Ben signs as Manager, because 12,000 is above 500",
        "Dana signs as Director, because 12,000 is at least 5,000",
        "2 of Fay, Gus and Hal sign as Board, because 12,000 is at least 10,000",
        "The request is approved",
    ]


def test_everything_to_come_is_told_from_where_it_stands() -> None:
    definition, state = begun(7200)
    stops = when_all_agree(definition, state, WORLD)
    assert [stop.kind for stop in stops] == ["level", "end"]


def test_a_step_that_keeps_the_answer_of_its_call_is_in_nobodys_way() -> None:
    made = copy.deepcopy(dict(purchase()))
    made["data"]["properties"]["order"] = {"type": "object"}
    call = {"url": "https://erp.example.com/orders"}
    led = {"done": "approved", "failed": "rejected"}
    made["steps"]["order"] = {"type": "action", "name": "Order", "call": call, "save": "order", "outcomes": led}
    made["steps"]["approval"]["outcomes"]["approved"] = "order"
    stops = from_start(Definition(made), "ann", {"item": "Desks", "amount": 900}, WORLD)
    assert [stop.kind for stop in stops] == ["level", "call", "end"]


def test_data_that_no_rule_can_read_is_no_error() -> None:
    stops = from_start(Definition(purchase()), "ann", {"item": "Desks"}, WORLD)
    assert [stop.kind for stop in stops] == ["stuck"]


def test_who_is_asked_in_place_of_somebody_late_is_named() -> None:
    timeout = {"after": "P1D", "remind": ["PT2H"], "then": "escalate", "times": 1, "finally": "reject"}
    definition, state = begun(900, timeout=timeout)
    assert in_silence(definition, state, WORLD, "approval") == ("escalate", ("cleo",))
    definition, state = begun(900, timeout={"after": "P1D", "then": "reject"})
    assert in_silence(definition, state, WORLD, "approval") == ("reject", ())


def test_nothing_is_changed_by_looking_ahead() -> None:
    definition, state = begun(7200)
    seq, tasks = state.seq, [task.id for token in state.tokens if token.wait for task in token.wait.tasks]
    following(definition, state)
    assert (state.seq, [task.id for token in state.tokens if token.wait for task in token.wait.tasks]) == (seq, tasks)
