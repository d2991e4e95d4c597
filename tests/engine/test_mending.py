"""What an administrator does about a request that is stuck: correct, try again, undo by hand, end it as it is."""

from typing import Any

import pytest

from engine.commands import Cancel, Correct, EffectFailed, EffectSucceeded, MarkUndone, Refused, Retry, Withdraw
from engine.effects import Call
from engine.interpreter import fold
from engine.reasons import said
from tests.engine.cast import Case, flow

LARGE = {
    "type": "decision",
    "name": "Large?",
    "branches": [{"outcome": "large", "when": "amount > 1000 or item == 'x'"}],
    "outcomes": {"large": "approval", "otherwise": "approved"},
}
APPROVAL = {
    "type": "approval",
    "name": "Approval",
    "levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}],
    "outcomes": {"approved": "approved", "rejected": "rejected"},
}


def stuck() -> Case:
    case = Case(flow({"large": LARGE, "approval": APPROVAL}), {"amount": 5000})
    assert case.now_state.blocked
    return case


def correct(case: Case, values: dict[str, Any], person: str = "dana", reason: str = "Forgotten") -> None:
    case.send(Correct(person, values, reason))


def test_data_is_corrected_with_a_reason_and_the_request_goes_on() -> None:
    case = stuck()
    correct(case, {"item": "desk", "amount": 5000})
    assert case.log[2] == (
        "DataCorrected",
        {
            "token": 1,
            "step": "large",
            "before": {"item": None},
            "after": {"item": "desk"},
            "reason": "Forgotten",
            "person": "dana",
        },
    )
    assert list(case.open()) == ["ben"]
    assert case.now_state.data == {"amount": 5000, "item": "desk"}
    assert fold(case.log) == case.now_state


def noted(data: dict[str, Any]) -> Case:
    """Stuck, with a field that nothing asks for and one that is always needed."""
    fields = {"item": {"type": "string"}, "amount": {"type": "number"}, "note": {"type": "string"}}
    schema = {"type": "object", "properties": fields, "required": ["amount"]}
    return Case(flow({"large": LARGE, "approval": APPROVAL}, schema), data)


def test_a_correction_empties_a_field() -> None:
    case = noted({"amount": 5000, "note": "typed into the wrong field"})
    case.send(Correct("dana", {"item": "desk"}, "Mixed up", cleared=["note", "item", "note"]))
    (corrected,) = [data for kind, data in case.log if kind == "DataCorrected"]
    assert corrected["cleared"] == ["note"]
    assert corrected["before"] == {"item": None, "note": "typed into the wrong field"}
    assert case.now_state.data == {"amount": 5000, "item": "desk"}
    assert fold(case.log) == case.now_state


@pytest.mark.parametrize("cleared", [["stranger"], ["note"], ["amount"]], ids=["stranger", "empty already", "needed"])
def test_what_cannot_be_emptied_is_refused(cleared: list[str]) -> None:
    case = noted({"amount": 5000})
    with pytest.raises(Refused) as refused:
        case.send(Correct("dana", {}, "Why", cleared=cleared))
    assert refused.value.code == "unfit_values"
    assert case.now_state.data == {"amount": 5000}


def test_a_correction_names_the_digests_of_its_files() -> None:
    case = stuck()
    case.send(Correct("dana", {"item": "desk"}, "Forgotten", {"0199": "ab"}))
    assert case.log[2][1]["files"] == {"0199": "ab"}


@pytest.mark.parametrize(
    ("values", "person", "reason", "code"),
    [
        ({"item": 7}, "dana", "why", "unfit_values"),
        ({"stranger": "x"}, "dana", "why", "unfit_values"),
        ({"amount": 5000}, "dana", "why", "unfit_values"),
        ({}, "dana", "why", "unfit_values"),
        ({"item": "x" * 2_000_000}, "dana", "why", "unfit_values"),
        ({"item": "desk"}, "dana", " ", "reason"),
        ({"item": "desk"}, "ann", "why", "own_data"),
    ],
)
def test_what_is_no_correction_is_refused(values: dict[str, Any], person: str, reason: str, code: str) -> None:
    case = stuck()
    with pytest.raises(Refused) as refused:
        correct(case, values, person, reason)
    assert refused.value.code == code
    assert case.now_state.data == {"amount": 5000}


def test_only_what_is_stuck_is_corrected() -> None:
    case = Case(flow({"approval": APPROVAL}), {"amount": 1})
    with pytest.raises(Refused) as refused:
        correct(case, {"item": "desk"})
    assert refused.value.code == "nothing_blocked"


def action(name: str, to: str, **more: Any) -> dict[str, Any]:
    undo = {"url": f"https://shop.test/{name}/{{result.id}}", "method": "DELETE"}
    call = {"url": f"https://shop.test/{name}"}
    return {
        "type": "action",
        "name": name.capitalize(),
        "call": call,
        "undo": undo,
        "outcomes": {"done": to, "failed": "failed"},
        **more,
    }


def done_twice(end: dict[str, Any] | None = None, first: dict[str, Any] | None = None) -> Case:
    """Two actions are done, then the manager rejects."""
    document = flow(
        {"order": action("order", "invoice"), "invoice": action("invoice", "approval"), "approval": APPROVAL}
    )
    document["steps"]["rejected"] |= end or {}
    case = Case(document, {"amount": 1})
    for answer in ({"id": "A1"} if first is None else first, {"id": "B2"}):
        case.send(EffectSucceeded(call(case).id, answer))
    case.decide("ben", "rejected", "too much")
    return case


def call(case: Case) -> Call:
    return next(effect for effect in case.last.effects if isinstance(effect, Call))


def test_a_compensation_that_cannot_succeed_is_done_by_hand_and_the_next_goes_on() -> None:
    case = done_twice()
    case.send(EffectFailed(call(case).id, "no such invoice"))
    stopped = case.now_state.blocked
    assert stopped
    assert (stopped.code, stopped.params) == ("undo_failed", {"step": "invoice", "error": "no such invoice"})
    with pytest.raises(Refused):
        case.send(MarkUndone(" "))
    case.send(MarkUndone("Cancelled by telephone"))
    assert ("UndoneByHand", {"token": 1, "step": "invoice", "reason": "Cancelled by telephone"}) in case.log
    assert call(case).call["url"] == "https://shop.test/order/A1"
    case.send(EffectSucceeded(call(case).id))
    assert case.now_state.ended == "rolled_back"
    assert fold(case.log) == case.now_state


def test_an_admin_may_end_a_request_whose_compensation_is_stuck_and_what_remains_is_named() -> None:
    case = done_twice()
    with pytest.raises(Refused):
        case.send(Cancel("not yet stuck"))
    case.send(EffectFailed(call(case).id, "no such invoice"))
    with pytest.raises(Refused):
        case.send(Withdraw("ann"))
    case.send(Cancel("The shop is bankrupt"))
    assert (case.now_state.ended, case.now_state.reason) == ("rejected", said("said", "too much"))
    assert case.now_state.remains == ["invoice", "order"]
    abandoned = dict(case.log)["CompensationAbandoned"]
    assert (abandoned["steps"], abandoned["reason"]) == (["invoice", "order"], "The shop is bankrupt")
    assert fold(case.log) == case.now_state


@pytest.mark.parametrize(
    ("end", "ended"),
    [
        ({}, None),
        ({"status": "declined"}, "declined"),
        ({"status": "declined", "undo": True}, None),
        ({"undo": False}, "rejected"),
    ],
)
def test_an_end_says_whether_it_undoes(end: dict[str, Any], ended: str | None) -> None:
    case = done_twice(end)
    assert case.now_state.ended == ended
    assert ("CompensationStarted" in case.types()) == (ended is None)


def test_an_undo_without_its_number_is_never_sent_to_the_collection() -> None:
    case = done_twice(first={})
    case.send(EffectSucceeded(call(case).id))
    assert not [effect for effect in case.last.effects if isinstance(effect, Call)]
    stopped = case.now_state.blocked
    assert stopped
    assert (stopped.code, stopped.params["step"]) == ("undo_incomplete", "order")
    case.send(Retry())
    assert case.now_state.blocked
    case.send(MarkUndone("Deleted in the shop"))
    assert case.now_state.ended == "rolled_back"
    assert fold(case.log) == case.now_state
