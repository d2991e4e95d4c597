"""The interpreter as a story: commands in, events and effects out; no database, no clock."""

import copy
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from engine.commands import (
    Cancel,
    Decide,
    EffectFailed,
    EffectSucceeded,
    FireTimer,
    Refused,
    Retry,
    Submit,
    Withdraw,
)
from engine.effects import Call, ClearTimer, CloseTasks, OpenTask, SetTimer, Tell
from engine.interpreter import fold
from engine.reasons import Reason, said
from tests.engine.cast import Case, directory, flow, person, purchase


@pytest.mark.parametrize(
    ("amount", "signers"),
    [
        (501, [["ben"]]),
        (4999, [["ben"]]),
        (5000, [["ben"], ["dana"]]),
        (10000, [["ben"], ["dana"], ["fay", "gus"]]),
    ],
)
def test_cumulative_levels_sign_in_turn(amount: int, signers: list[list[str]]) -> None:
    case = Case(purchase(), {"amount": amount})
    for level in signers:
        assert set(level) <= set(case.open())
        for who in level:
            case.decide(who)
    assert case.now_state.ended == "approved"


def test_decimals_stay_decimals() -> None:
    case = Case(purchase(), {"amount": Decimal("500.01")})
    assert case.now_state.data["amount"] == Decimal("500.01")
    assert case.log[0][1]["data"] == {"amount": Decimal("500.01")}
    assert case.decide("ben").state.data["amount"] == Decimal("500.01")
    assert Case(purchase(automatic={"when": "amount <= 500", "reason": "x"}), {"amount": 500}).now_state.ended


def test_highest_asks_only_the_top_level() -> None:
    case = Case(purchase(reading="highest"), {"amount": 7000})
    assert list(case.open()) == ["dana"]
    assert case.decide("dana").state.ended == "approved"


def test_a_quorum_closes_what_it_no_longer_needs() -> None:
    case = Case(purchase(reading="highest"), {"amount": 12000})
    hal = case.open()["hal"]
    case.decide("fay")
    closed = [effect for effect in case.decide("gus").effects if isinstance(effect, CloseTasks)]
    assert CloseTasks([hal], "cancelled") in closed
    assert case.now_state.ended == "approved"


def test_all_means_everybody_and_one_rejection_ends_it() -> None:
    levels = [{"id": "board", "name": "Board", "who": [{"group": "board"}], "policy": "all"}]
    case = Case(purchase(levels=levels), {"amount": 1})
    case.decide("fay")
    case.decide("gus")
    assert case.now_state.status == "waiting_approval"
    case.decide("hal", "rejected")
    assert (case.now_state.ended, case.now_state.reason) == ("rejected", said("said", "because"))


def test_nobody_decides_on_their_own_request_and_no_stranger_does() -> None:
    case = Case(purchase(), {"amount": 900})
    task = case.open()["ben"]
    for who in ("ann", "cleo"):
        with pytest.raises(Refused) as refused:
            case.send(Decide(task, who, "approved"))
        assert refused.value.code == "not_yours"


def test_a_late_decision_is_refused() -> None:
    case = Case(purchase(), {"amount": 900})
    task = case.open()["ben"]
    case.decide("ben")
    with pytest.raises(Refused) as refused:
        case.send(Decide(task, "ben", "rejected", "no"))
    assert refused.value.code == "ended"


def test_a_rejection_needs_words() -> None:
    case = Case(purchase(), {"amount": 900})
    with pytest.raises(Refused, match="comment"):
        case.decide("ben", "rejected", " ")


def test_one_person_signs_one_level_only() -> None:
    case = Case(purchase(), {"amount": 6000}, directory(directors=("ben", "dana")))
    case.decide("ben")
    assert list(case.open()) == ["dana"]


def test_where_nobody_is_left_it_stops_visibly_and_goes_on_when_mended() -> None:
    case = Case(purchase(), {"amount": 6000}, directory(directors=("ben",)))
    case.decide("ben")
    assert "nobody_signs" in str(case.now_state.blocked)
    assert any(isinstance(effect, Tell) and effect.message == "blocked" for effect in case.last.effects)
    case.people = directory(directors=("dana",))
    case.send(Retry())
    assert list(case.open()) == ["dana"]
    assert case.decide("dana").state.ended == "approved"


def test_an_absent_manager_is_passed_over() -> None:
    people = directory()
    away = msgspec.structs.replace(people.people["ben"], active=False)
    case = Case(purchase(), {"amount": 900}, msgspec.structs.replace(people, people={**people.people, "ben": away}))
    assert list(case.open()) == ["cleo"]


@pytest.mark.parametrize("data", [{}, {"amount": None}, {"amount": "900"}, {"item": "x"}])
def test_a_rule_over_missing_data_never_approves(data: dict[str, Any]) -> None:
    small = {
        "type": "decision",
        "name": "Small?",
        "branches": [{"outcome": "small", "when": "amount <= 500"}],
    }
    case = Case(flow({"small": {**small, "outcomes": {"small": "approved", "otherwise": "approved"}}}), data)
    assert case.now_state.ended is None
    assert "amount" in str(case.now_state.blocked)


def test_a_rule_that_approves_is_recorded_with_what_it_read() -> None:
    case = Case(purchase(automatic={"when": "amount <= 500", "reason": "Small"}), {"amount": 400})
    assert case.now_state.ended == "approved"
    kind, data = case.log[1]
    assert (kind, data["values"], data["text"]) == ("ApprovedByRule", {"amount": 400}, "Small")


def test_changes_requested_goes_back_and_asks_everybody_again() -> None:
    case = Case(purchase(), {"amount": 6000})
    case.decide("ben")
    case.decide("dana", "changes_requested", "cheaper please")
    assert list(case.open()) == ["ann"]
    case.send(Submit(case.open()["ann"], "ann", {"amount": 700}))
    assert list(case.open()) == ["ben"]
    case.decide("ben")
    assert (case.now_state.ended, case.now_state.reason) == ("approved", None)


def test_changes_requested_can_keep_what_was_signed() -> None:
    case = Case(purchase(resubmit="keep"), {"amount": 12000})
    case.decide("ben")
    case.decide("dana", "changes_requested", "what is it?")
    case.send(Submit(case.open()["ann"], "ann", {"amount": 12000, "item": "A van"}))
    assert list(case.open()) == ["dana"]
    case.decide("dana")
    assert set(case.open()) == {"fay", "gus", "hal"}


def test_what_is_left_empty_the_second_time_is_gone() -> None:
    case = Case(purchase(), {"amount": 900, "item": "Desk"})
    case.decide("ben", "changes_requested", "why?")
    case.send(Submit(case.open()["ann"], "ann", {"amount": 900}))
    assert case.now_state.data == {"amount": 900}
    assert fold(case.log) == case.now_state


def test_values_that_nothing_asked_for_are_not_taken() -> None:
    case = Case(purchase(), {"amount": 900})
    case.send(Decide(case.open()["ben"], "ben", "approved", "", {"amount": 1}))
    assert case.now_state.data["amount"] == 900


def test_fifty_rounds_of_changes() -> None:
    case = Case(purchase(), {"amount": 900})
    for _ in range(50):
        case.decide("ben", "changes_requested")
        case.send(Submit(case.open()["ann"], "ann", {"amount": 900}))
    assert case.decide("ben").state.ended == "approved"
    assert fold(case.log) == case.now_state


POLICY = {
    "after": "P3D",
    "remind": ["P1D", "P2D"],
    "then": "escalate",
    "within": "P1D",
    "times": 1,
    "finally": "reject",
}


def test_reminders_then_escalation_then_rejection() -> None:
    case = Case(purchase(timeout=POLICY), {"amount": 900})
    for day in (1, 2):
        case.now += timedelta(days=1)
        assert [event.type for event in case.send(FireTimer(case.timer())).events] == ["ReminderSent"], day
    case.now += timedelta(days=1)
    case.send(FireTimer(case.timer()))
    assert list(case.open()) == ["cleo"]
    timers = [effect for effect in case.last.effects if isinstance(effect, SetTimer)]
    assert [timer.due for timer in timers] == [case.now + timedelta(days=1)]
    case.now += timedelta(days=1)
    case.send(FireTimer(case.timer()))
    assert (case.now_state.ended, case.now_state.reason) == ("rejected", Reason("timeout"))


@pytest.mark.parametrize(("then", "status"), [("approve", "approved"), ("reject", "rejected")])
def test_the_time_is_up(then: str, status: str) -> None:
    case = Case(purchase(timeout={"after": "PT1H", "then": then}), {"amount": 900})
    case.send(FireTimer(case.timer()))
    assert case.now_state.ended == status


def test_an_escalation_never_lands_on_the_requester() -> None:
    people = directory(boss=("ann",))
    case = Case(purchase(timeout={**POLICY, "remind": [], "to": [{"group": "boss"}]}), {"amount": 900}, people)
    case.send(FireTimer(case.timer()))
    assert case.now_state.ended == "rejected"


def test_an_old_timer_changes_nothing() -> None:
    case = Case(purchase(), {"amount": 900})
    timer = case.timer()
    cleared = [effect for effect in case.decide("ben").effects if isinstance(effect, ClearTimer)]
    assert ClearTimer(timer) in cleared
    assert case.send(FireTimer(timer)).events == []


ACTION = {
    "type": "action",
    "name": "Order",
    "call": {"url": "https://shop.test/orders/{item}", "body": {"price": "{amount}", "text": "for {item}"}},
    "save": "order",
    "undo": {"method": "DELETE", "url": "https://shop.test/orders/{result.body.id}"},
    "outcomes": {"done": "approval", "failed": "failed"},
}
APPROVAL = {
    "type": "approval",
    "name": "Approval",
    "levels": [{"id": "manager", "who": [{"manager": 1}]}],
    "outcomes": {"approved": "approved", "rejected": "rejected"},
}


def calls(case: Case) -> list[Call]:
    return [effect for effect in case.last.effects if isinstance(effect, Call)]


def ordered() -> Case:
    case = Case(flow({"order": ACTION, "approval": APPROVAL}), {"item": "a/b", "amount": 900})
    call = calls(case)[0]
    assert call.call["url"] == "https://shop.test/orders/a%2Fb"
    assert call.call["body"] == {"price": 900, "text": "for a/b"}
    case.send(EffectSucceeded(call.id, {"status": 201, "body": {"id": "O-1"}}))
    return case


def test_an_action_answers_and_the_flow_goes_on() -> None:
    case = ordered()
    assert case.now_state.data["order"]["body"] == {"id": "O-1"}
    assert case.decide("ben").state.ended == "approved"


def test_what_was_done_is_undone_after_a_rejection() -> None:
    case = ordered()
    case.decide("ben", "rejected", "no")
    undo = calls(case)[0]
    assert (undo.kind, undo.call["url"]) == ("undo", "https://shop.test/orders/O-1")
    assert case.now_state.status == "running"
    case.send(EffectSucceeded(undo.id, {}))
    assert (case.now_state.ended, case.now_state.reason) == ("rolled_back", said("said", "no"))
    assert fold(case.log) == case.now_state


def test_a_compensation_that_fails_waits_for_a_person() -> None:
    case = ordered()
    case.decide("ben", "rejected", "no")
    case.send(EffectFailed(calls(case)[0].id, "410 Gone"))
    assert "undo_failed" in str(case.now_state.blocked)
    case.send(Retry())
    case.send(EffectSucceeded(calls(case)[0].id, {}))
    assert case.now_state.ended == "rolled_back"


def test_a_call_under_way_is_waited_for_and_undone_when_the_request_is_cancelled() -> None:
    case = Case(flow({"order": ACTION, "approval": APPROVAL}), {"item": "x", "amount": 900})
    call = calls(case)[0]
    case.send(Cancel("wrong year"))
    assert case.now_state.ended is None
    case.send(EffectSucceeded(call.id, {"body": {"id": "O-2"}}))
    end = case.send(EffectSucceeded(calls(case)[0].id, {})).state
    assert (end.ended, end.reason) == ("rolled_back", said("said", "wrong year"))
    assert fold(case.log) == case.now_state


def test_a_failed_action_takes_its_own_way() -> None:
    case = Case(flow({"order": ACTION, "approval": APPROVAL}), {"item": "x", "amount": 900})
    case.send(EffectFailed(calls(case)[0].id, "500"))
    assert case.now_state.ended == "failed"


def test_an_answer_nobody_waits_for_changes_nothing() -> None:
    case = ordered()
    assert case.send(EffectSucceeded("somebody-else", {})).events == []


def test_withdrawing_is_for_the_requester_and_closes_everything() -> None:
    case = Case(purchase(), {"amount": 900})
    with pytest.raises(Refused, match="not_requester"):
        case.send(Withdraw("ben", "no"))
    case.send(Withdraw("ann", "not needed"))
    assert (case.now_state.ended, case.now_state.reason) == ("cancelled", said("said", "not needed"))
    assert any(isinstance(effect, CloseTasks) and effect.status == "cancelled" for effect in case.last.effects)


def test_a_form_step_takes_the_first_answer() -> None:
    form = {
        "type": "form",
        "name": "Bank",
        "who": [{"group": "board"}],
        "form": {"schema": {"type": "object", "required": ["iban"], "properties": {"iban": {"type": "string"}}}},
        "outcomes": {"submitted": "approved"},
    }
    case = Case(flow({"bank": form}), {})
    with pytest.raises(Refused) as refused:
        case.send(Submit(case.open()["gus"], "gus", {}))
    assert refused.value.errors[0][0] == "/iban"
    case.send(Submit(case.open()["gus"], "gus", {"iban": "DE1"}))
    assert (case.now_state.ended, case.now_state.data["iban"]) == ("approved", "DE1")


def test_a_flow_that_goes_in_circles_stops() -> None:
    turn = {"type": "decision", "name": "Turn", "branches": [{"outcome": "on", "when": "amount > 0"}]}
    case = Case(flow({"turn": {**turn, "outcomes": {"on": "turn", "otherwise": "approved"}}}), {"amount": 1})
    assert "circle" in str(case.now_state.blocked)


def test_a_notification_goes_to_each_and_waits_for_nobody() -> None:
    tell = {
        "type": "notify",
        "name": "Tell",
        "who": [{"group": "board"}],
        "subject": "{item}!",
        "message": "now",
    }
    case = Case(flow({"tell": {**tell, "outcomes": {"sent": "approved"}}}), {"item": "Cake"})
    told = [effect for effect in case.last.effects if isinstance(effect, Tell) and effect.message == "told"]
    assert [(effect.person, effect.facts["subject"]) for effect in told] == [
        ("fay", "Cake!"),
        ("gus", "Cake!"),
        ("hal", "Cake!"),
    ]


MOVES = st.tuples(st.integers(0, 8), st.sampled_from(["approved", "rejected", "changes_requested"]), st.booleans())


@given(st.lists(MOVES, max_size=25), st.integers(1, 20000))
@examples(max_examples=150, deadline=None)
def test_replaying_the_events_gives_the_state_whatever_people_do(
    moves: list[tuple[int, str, bool]], amount: int
) -> None:
    case = Case(purchase(timeout=POLICY), {"amount": amount})
    for number, outcome, by_timer in moves:
        before = copy.deepcopy(case.state)
        given_state = case.now_state
        if case.now_state.ended or case.now_state.blocked:
            break
        case.now += timedelta(hours=number)
        people = sorted(case.open())
        if by_timer and case.now_state.tokens[0].wait and case.now_state.tokens[0].wait.timer:
            case.send(FireTimer(case.timer()))
        elif people == ["ann"]:
            case.send(Submit(case.open()["ann"], "ann", {"amount": number * 3000 + 1}))
        elif people:
            case.decide(people[number % len(people)], outcome)
        assert given_state == before, "advance must leave the state it was given as it is"
    assert fold(case.log) == case.now_state
    assert case.now_state.seq == len(case.log)
    decided = [data for kind, data in case.log if kind == "TaskDecided"]
    assert len({data["task"] for data in decided}) == len(decided)


@given(st.integers(0, 2**32))
@examples(max_examples=200, deadline=None)
def test_nobody_ever_signs_their_own_request(seed: int) -> None:
    """Random lines and groups: the requester is never asked, nobody signs twice."""
    names = ["ann", "ben", "cleo", "dana", "fay", "gus"]
    people = []
    for place, name in enumerate(names):
        boss = names[(seed >> place * 3) % len(names)]
        people.append(person(name, boss if boss != name else None, "approver"))
    groups = {
        "directors": tuple(name for place, name in enumerate(names) if seed >> place & 1),
        "board": tuple(name for place, name in enumerate(names) if seed >> place + 6 & 1),
    }
    world = directory()
    people_map = {one.id: one for one in people}
    case = Case(purchase(), {"amount": 20000}, msgspec.structs.replace(world, people=people_map, groups=groups))
    while case.now_state.ended is None and case.open():
        assert "ann" not in case.open()
        case.decide(min(case.open()))
    signers = [signature.person for signature in case.now_state.signed]
    assert "ann" not in signers
    assert len(set(signers)) == len(signers)


def test_ids_are_unique_and_sort_by_time() -> None:
    case = Case(purchase(reading="highest"), {"amount": 12000})
    ids = [effect.id for effect in case.last.effects if isinstance(effect, OpenTask | SetTimer)]
    assert len(set(ids)) == 4
    case.now += timedelta(days=1)
    first = max(ids)
    case.decide("fay", "changes_requested")
    assert case.open()["ann"] > first
