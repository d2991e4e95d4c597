"""A command is refused, done, or stops visibly: no document, data or answer makes `advance` raise anything else."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from engine.commands import Cancel, Decide, EffectFailed, EffectSucceeded, FireTimer, Refused, Retry, Submit
from engine.effects import Call, CloseTasks, OpenTask, SetTimer, Tell
from engine.interpreter import fold
from engine.people import Directory
from engine.stops import MAX_ANSWER, MAX_EFFECTS
from engine.wording.catalogue import CATALOGUE
from tests.engine.cast import NOW, Case, directory, flow, person, purchase

ORDER = {
    "type": "action",
    "name": "Order",
    "call": {"url": "https://shop.test/orders", "body": {"what": "{item}"}},
    "outcomes": {"done": "approval", "failed": "failed"},
}
APPROVAL = {
    "type": "approval",
    "name": "Approval",
    "levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}],
    "outcomes": {"approved": "approved", "rejected": "rejected"},
}


def decision(**branch: Any) -> dict[str, Any]:
    branches = [{"outcome": "yes", "when": "amount > 0", **branch}]
    return {
        "type": "decision",
        "name": "Set",
        "branches": branches,
        "outcomes": {"yes": "approval", "otherwise": "rejected"},
    }


def blocked(case: Case) -> tuple[str, dict[str, Any]]:
    stopped = case.now_state.blocked
    assert stopped is not None
    assert stopped.code in CATALOGUE
    assert fold(case.log) == case.now_state
    return stopped.code, stopped.params


def test_an_answer_is_kept_when_the_next_step_cannot_be_entered() -> None:
    hours = {**APPROVAL, "timeout": {"after": {"field": "hours"}}}
    case = Case(flow({"order": ORDER, "approval": hours}), {"item": "desk", "hours": "24"})
    call = next(effect for effect in case.last.effects if isinstance(effect, Call))
    case.send(EffectSucceeded(call.id, {"status": 201}))
    assert ("CallDone", {"status": 201}) in [(kind, data.get("result")) for kind, data in case.log]
    assert case.now_state.tokens[0].step == "approval"
    assert blocked(case) == (
        "limit_in_field",
        {"field": "hours", "why": {"code": "no_duration", "params": {"text": "24"}}},
    )
    case.send(EffectSucceeded(call.id, {"status": 201}))
    assert not case.last.events


def test_a_decision_stands_when_the_next_level_cannot_be_asked() -> None:
    levels = [
        {"id": "manager", "name": "Manager", "who": [{"manager": 1}]},
        {"id": "board", "name": "Board", "who": [{"manager": "one"}]},
    ]
    case = Case(flow({"approval": {**APPROVAL, "levels": levels}}), {"amount": 1})
    task = case.open()["ben"]
    case.decide("ben")
    assert "TaskDecided" in case.types()
    assert CloseTasks([task], "approved", "ben", "because") in case.last.effects
    assert blocked(case) == ("internal", {"step": "approval"})
    assert [type(fault) for fault in case.last.faults] == [ValueError]


def test_stopping_closes_what_was_open_and_disarms_its_timer() -> None:
    late = {**APPROVAL, "timeout": {"after": "P1D", "then": "escalate", "within": {"field": "extra"}}}
    case = Case(flow({"approval": late}), {"amount": 1})
    task, timer = case.open()["ben"], case.timer()
    case.send(FireTimer(timer))
    assert blocked(case) == ("no_limit", {"field": "extra"})
    assert CloseTasks([task], "cancelled") in case.last.effects
    assert not case.open()
    case.send(FireTimer(timer))
    assert not case.last.events


@pytest.mark.parametrize("reason", [7, ["a"], {"a": 1}, True])
def test_a_branch_that_sets_a_reason_of_another_type_stops_and_poisons_nothing(reason: Any) -> None:
    case = Case(flow({"set": decision(set={"reason": reason}), "approval": APPROVAL}), {"amount": 1})
    assert blocked(case) == ("reason_no_text", {"step": "set"})
    assert case.now_state.reason is None
    assert case.send(Cancel("broken")).state.ended == "cancelled"


def test_a_branch_sets_only_what_fits_the_data() -> None:
    case = Case(flow({"set": decision(set={"amount": "much"}), "approval": APPROVAL}), {"amount": 1})
    assert blocked(case) == (
        "set_unfit",
        {"step": "set", "pointer": "/amount", "why": {"code": "type", "params": {"types": ["number"]}}},
    )
    assert case.now_state.data == {"amount": 1}


def test_an_answer_of_another_type_is_recorded_but_not_kept_and_never_asked_for_again() -> None:
    case = Case(flow({"order": {**ORDER, "save": "amount"}, "approval": APPROVAL}), {"item": "desk", "amount": 5})
    call = next(effect for effect in case.last.effects if isinstance(effect, Call))
    case.send(EffectSucceeded(call.id, {"status": 201}))
    assert blocked(case) == (
        "answer_unfit",
        {"step": "order", "pointer": "/amount", "why": {"code": "type", "params": {"types": ["number"]}}},
    )
    assert case.now_state.data["amount"] == 5
    assert case.log[-2][1]["result"] == {"status": 201}
    case.send(Retry())
    assert not [effect for effect in case.last.effects if isinstance(effect, Call)]
    assert list(case.open()) == ["ben"]


def test_an_answer_that_is_too_long_is_not_kept() -> None:
    case = Case(flow({"order": {**ORDER, "save": "order"}, "approval": APPROVAL}), {"item": "desk"})
    call = next(effect for effect in case.last.effects if isinstance(effect, Call))
    case.send(EffectSucceeded(call.id, {"body": "x" * MAX_ANSWER}))
    assert blocked(case)[0] == "answer_too_large"
    assert len(json.dumps(case.log)) < 10_000
    assert list(case.send(Retry()).state.data) == ["item"]
    assert list(case.open()) == ["ben"]


def test_too_much_data_is_refused() -> None:
    case = Case(purchase(), {"amount": 600})
    much = {"item": "x" * 2_000_000}
    with pytest.raises(Refused, match="too_large"):
        Case(purchase(), much)
    with pytest.raises(Refused, match="too_large"):
        case.send(Decide(case.open()["ben"], "ben", "approved", "", much))


def circle(people: int) -> Case:
    tell = {
        "type": "notify",
        "name": "Tell",
        "who": [{"group": "many"}],
        "subject": "Again",
        "message": "and again",
        "outcomes": {"sent": "ask"},
    }
    ask = {
        "type": "decision",
        "name": "More?",
        "branches": [{"outcome": "more", "when": "amount > 0"}],
        "outcomes": {"more": "tell", "otherwise": "approved"},
    }
    return Case(flow({"tell": tell, "ask": ask}), {"amount": 1}, crowd(people))


def crowd(size: int) -> Directory:
    many = [person(f"p{number}", "ben", "approver") for number in range(size)]
    known = directory(many=tuple(one.id for one in many))
    return msgspec.structs.replace(known, people={**known.people, **{one.id: one for one in many}})


def test_a_circle_stops_before_it_tells_anybody() -> None:
    case = circle(900)
    assert blocked(case) == ("circle", {"steps": ["tell", "ask"]})
    assert [effect.message for effect in case.last.effects if isinstance(effect, Tell)] == ["blocked"]
    assert case.types() == ["InstanceStarted", "Blocked"]
    assert len(case.send(Retry()).effects) == 1


def test_a_crowd_is_not_asked() -> None:
    asked = {**APPROVAL, "levels": [{"id": "all", "name": "All", "who": [{"group": "many"}]}]}
    case = Case(flow({"approval": asked}), {"amount": 1}, crowd(10_000))
    assert blocked(case) == ("too_many_asked", {"step": "approval", "count": 10_000, "most": 200})
    assert not [effect for effect in case.last.effects if isinstance(effect, OpenTask | SetTimer)]
    assert len(msgspec.json.encode(case.now_state)) < 2_000


def test_a_crowd_is_not_told() -> None:
    case = circle(10_000)
    assert blocked(case) == ("too_many_told", {"step": "tell", "count": 10_000, "most": 1000})
    assert len(case.last.effects) == 1


def test_many_messages_in_one_command_stop_at_the_step_that_is_too_much() -> None:
    tells = {
        f"tell{number}": {
            "type": "notify",
            "name": f"Tell {number}",
            "who": [{"group": "many"}],
            "subject": "News",
            "message": "News",
            "outcomes": {"sent": f"tell{number + 1}" if number < 4 else "approved"},
        }
        for number in range(5)
    }
    case = Case(flow(tells), {"amount": 1}, crowd(1000))
    assert blocked(case) == ("too_many_effects", {"most": MAX_EFFECTS})
    assert case.now_state.tokens[0].step == "tell2"
    assert case.types().count("PeopleTold") == 2


def test_a_step_that_times_out_into_itself_waits_at_least_a_second() -> None:
    again = {"approved": "approved", "rejected": "rejected", "timed_out": "approval"}
    round_trip = {**APPROVAL, "timeout": {"after": "PT0S", "then": "timed_out"}, "outcomes": again}
    case = Case(flow({"approval": round_trip}), {"amount": 1})
    for _ in range(5):
        case.send(FireTimer(case.timer()))
        armed = [effect.due for effect in case.last.effects if isinstance(effect, SetTimer)]
        assert armed == [case.now + timedelta(seconds=1)]


def test_reminders_of_a_time_that_has_passed_are_left_out() -> None:
    late = {**APPROVAL, "timeout": {"after": "P3D", "remind": ["P1D", "P2D"], "then": "escalate"}}
    case = Case(flow({"approval": late}), {"amount": 1})
    case.now = NOW + timedelta(days=5)
    case.send(FireTimer(case.timer()))
    assert case.types()[-1] == "TaskEscalated"
    assert "ReminderSent" not in case.types()
    assert not [effect for effect in case.last.effects if isinstance(effect, Tell) and effect.message == "reminder"]


@pytest.mark.parametrize("after", ["P9000Y", "P99999999999999D", "soon", {"field": "limit"}])
def test_a_limit_that_is_no_moment_stops(after: Any) -> None:
    case = Case(flow({"approval": {**APPROVAL, "timeout": {"after": after}}}), {"amount": 1, "limit": 24})
    assert blocked(case)[0] in ("limit_unusable", "limit_in_field")


@pytest.mark.parametrize(
    ("timeout", "code"),
    [
        ({"then": {"field": "gone"}}, "setting"),
        ({"then": {"field": "item"}}, "setting"),
        ({"then": "escalate", "times": 0, "finally": {"field": "gone"}}, "setting"),
        ({"then": "escalate", "times": 0, "finally": "timed_out"}, "no_way"),
    ],
)
def test_a_time_limit_that_does_not_say_what_then_stops_and_rejects_nothing(timeout: Any, code: str) -> None:
    case = Case(flow({"approval": {**APPROVAL, "timeout": {"after": "P1D", **timeout}}}), {"amount": 1, "item": "x"})
    case.send(FireTimer(case.timer()))
    assert blocked(case)[0] == code
    assert "TimedOut" not in case.types() or code == "no_way"


def test_the_wait_between_attempts_has_a_floor_and_months_count() -> None:
    def first(text: str) -> float:
        case = Case(flow({"order": {**ORDER, "retry": {"first": text}}, "approval": APPROVAL}), {"item": "x"})
        return next(effect.first for effect in case.last.effects if isinstance(effect, Call))

    assert first("PT0S") == 1
    assert first("P1M") == timedelta(days=30).total_seconds()


@pytest.mark.parametrize("status", ["running", "waiting_approval", "rolled_back"])
def test_no_request_ends_as_something_that_is_not_over(status: str) -> None:
    document = flow({"approval": APPROVAL})
    document["steps"]["approved"]["status"] = status
    case = Case(document, {"amount": 1})
    case.decide("ben")
    assert blocked(case) == ("reserved_status", {"step": "approved", "status": status})


@pytest.mark.parametrize("level", [["manager"], 5, None])
def test_a_level_that_no_record_could_name_stops(level: Any) -> None:
    broken = {**APPROVAL, "levels": [{"id": level, "who": [{"manager": 1}]}]}
    assert blocked(Case(flow({"approval": broken}), {"amount": 1})) == ("internal", {"step": "approval"})


def test_a_broken_form_refuses_the_answer_and_changes_nothing() -> None:
    form = {"type": "form", "name": "Fill", "who": [{"user": "ben"}], "form": 7}
    case = Case(flow({"fill": {**form, "outcomes": {"submitted": "approved"}}}), {"amount": 1})
    with pytest.raises(Refused) as refused:
        case.send(Submit(case.open()["ben"], "ben", {"a": Decimal(1)}))
    assert refused.value.code == "unforeseen"
    assert refused.value.__cause__ is not None
    assert "ben" in case.open()


def test_a_failed_call_of_a_broken_step_stops_visibly() -> None:
    case = Case(flow({"order": {**ORDER, "outcomes": {"done": "approval"}}, "approval": APPROVAL}), {"item": "x"})
    call = next(effect for effect in case.last.effects if isinstance(effect, Call))
    case.send(EffectFailed(call.id, "busy"))
    assert blocked(case) == ("no_way", {"step": "order", "outcome": "failed"})
    assert "CallFailed" in case.types()


def test_a_circle_over_changing_data_is_no_circle_until_the_data_repeats() -> None:
    steps = {
        "first": {
            **decision(when="amount < 3", set={"amount": 3}),
            "outcomes": {"yes": "first", "otherwise": "approved"},
        }
    }
    assert Case(flow(steps), {"amount": 1}).now_state.ended == "approved"
