"""Who takes over from those who are late, who left, or who may not decide: told as cases."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from engine.commands import Correct, FireTimer, HandOn, Refused, Retry, Submit
from engine.effects import OpenTask, SetTimer, Tell
from engine.people import Directory
from engine.reasons import Reason
from tests.engine.cast import Case, directory, flow, person, purchase

BOTH = {"id": "board", "name": "Board", "who": [{"group": "board"}], "policy": {"quorum": 2}}
LATE = {"after": "P3D", "then": "escalate", "within": "P2D", "times": 1, "finally": "reject"}


def people(**changes: dict[str, Any]) -> Directory:
    """The usual ones; the board answer to ivo, joe and kim. changes: of people, by name."""
    known = directory().people | {
        "fay": person("fay", "ivo", "approver"),
        "gus": person("gus", "joe", "approver"),
        "hal": person("hal", "kim", "approver"),
        **{name: person(name, None, "approver") for name in ("ivo", "joe", "kim")},
    }
    known |= {name: msgspec.structs.replace(known[name], **change) for name, change in changes.items()}
    return msgspec.structs.replace(directory(), people=known)


def board(policy: Any = None, **more: Any) -> dict[str, Any]:
    return purchase(levels=[{**BOTH, "policy": policy or BOTH["policy"]}], timeout={**LATE, **more})


def test_two_of_the_board_stay_two_when_nobody_answers() -> None:
    case = Case(board(), {"amount": 1}, people())
    case.late()
    assert list(case.open()) == ["ivo", "joe", "kim"]
    case.decide("ivo")
    assert case.now_state.ended is None
    assert case.decide("kim").state.ended == "approved"


def test_what_was_signed_stays_signed_and_only_the_rest_is_handed_on() -> None:
    case = Case(board("all"), {"amount": 1}, people())
    case.decide("fay")
    case.late()
    assert list(case.open()) == ["joe", "kim"]
    case.decide("joe")
    assert case.now_state.ended is None
    end = case.decide("kim").state
    assert (end.ended, case.signed()) == ("approved", ["fay", "joe", "kim"])


def test_too_few_to_take_over_is_the_last_word_of_the_policy_and_not_fewer_signatures() -> None:
    alone = people(gus={"manager": None}, hal={"manager": None})
    case = Case(board(), {"amount": 1}, alone)
    case.late()
    assert (case.now_state.ended, case.now_state.reason) == ("rejected", Reason("timeout"))


def test_named_heirs_take_over_as_many_signatures_as_are_missing() -> None:
    case = Case(board(to=[{"user": "ivo"}]), {"amount": 1}, people())
    case.late()
    assert case.now_state.ended == "rejected"
    case = Case(board(to=[{"user": "ivo"}]), {"amount": 1}, people())
    case.decide("fay")
    case.late()
    assert list(case.open()) == ["ivo"]
    assert case.decide("ivo").state.ended == "approved"


def test_whoever_signed_the_level_does_not_sign_it_once_more_for_somebody_late() -> None:
    levels = [{**BOTH, "who": [{"user": "dana"}, {"user": "fay"}]}]
    case = Case(purchase(levels=levels, timeout=LATE), {"amount": 1}, people(fay={"manager": "dana"}))
    case.decide("dana")
    case.late()
    assert (case.now_state.ended, case.signed()) == ("rejected", ["dana"])


def test_heirs_are_reminded_and_their_tasks_are_called_by_the_level() -> None:
    case = Case(board(remind=["P1D"]), {"amount": 1}, people())
    case.late()
    case.late()
    assert case.types()[-1] == "TaskEscalated"
    opened = [effect for effect in case.last.effects if isinstance(effect, OpenTask)]
    assert {(task.name, task.kind, task.due) for task in opened} == {
        ("Board", "approval", case.now + timedelta(days=2))
    }
    assert [effect.due for effect in case.last.effects if isinstance(effect, SetTimer)] == [
        case.now + timedelta(days=1)
    ]
    case.late()
    assert case.log[-1][1]["people"] == ["ivo", "joe", "kim"]


def test_a_scheduler_that_comes_back_late_does_not_send_every_reminder_first() -> None:
    case = Case(board(remind=["P1D", "P2D"]), {"amount": 1}, people())
    case.now += timedelta(days=2, hours=1)
    case.send(FireTimer(case.timer()))
    assert case.types()[-1] == "ReminderSent"
    assert [effect.due for effect in case.last.effects if isinstance(effect, SetTimer)] == [
        case.now + timedelta(hours=23)
    ]
    case = Case(board(remind=["P1D", "P2D"]), {"amount": 1}, people())
    case.now += timedelta(days=5)
    case.send(FireTimer(case.timer()))
    assert case.types()[-1] == "TaskEscalated"
    assert "ReminderSent" not in case.types()


def test_whoever_may_not_decide_is_not_asked() -> None:
    no = {"decides": False}
    case = Case(purchase(), {"amount": 900}, people(ben=no))
    assert list(case.open()) == ["cleo"]
    case = Case(board(), {"amount": 1}, people(hal=no))
    assert list(case.open()) == ["fay", "gus"]
    case = Case(board(), {"amount": 1}, people(ivo=no, joe=no))
    case.late()
    assert case.now_state.ended == "rejected"


def test_what_waits_for_somebody_who_left_goes_to_their_manager_at_once() -> None:
    case = Case(purchase(), {"amount": 900})
    due = case.now_state.tokens[0].wait
    case.people = directory()
    gone = msgspec.structs.replace(case.people.people["ben"], active=False)
    case.people = msgspec.structs.replace(case.people, people=case.people.people | {"ben": gone})
    case.send(HandOn("ben"))
    assert list(case.open()) == ["cleo"]
    wait = case.now_state.tokens[0].wait
    assert wait and due and (wait.due, wait.timer, wait.need) == (due.due, due.timer, 1)
    assert [effect.message for effect in case.last.effects if isinstance(effect, Tell)] == ["decide"]
    assert case.decide("cleo").state.ended == "approved"


def test_all_of_them_stay_all_when_one_leaves_the_group() -> None:
    case = Case(board("all"), {"amount": 1}, people())
    case.decide("fay")
    case.people = msgspec.structs.replace(people(), groups={"board": ("fay", "gus")})
    case.send(HandOn("hal"))
    assert set(case.open()) == {"gus", "kim"}
    case.decide("gus")
    assert case.decide("kim").state.ended == "approved"


def test_nobody_to_take_over_stops_and_retry_asks_whoever_is_there_then() -> None:
    level = {"id": "boss", "who": [{"user": "fay"}, {"group": "board"}]}
    case = Case(purchase(levels=[level]), {"amount": 1}, directory(board=("fay",)))
    everybody = directory(board=()).people
    gone = msgspec.structs.replace(everybody["fay"], active=False)
    case.people = msgspec.structs.replace(directory(board=()), people=everybody | {"fay": gone})
    case.send(HandOn("fay"))
    assert "nobody_takes_over" in str(case.now_state.blocked)
    assert not case.now_state.tokens[0].wait
    case.people = directory(board=("gus",))
    case.send(Retry())
    assert "gus" in case.open()


def test_somebody_who_is_still_there_keeps_what_waits_for_them() -> None:
    case = Case(board(), {"amount": 1}, people())
    assert case.send(HandOn("fay")).events == []
    assert case.send(HandOn("nobody")).events == []


def test_a_form_of_somebody_who_left_goes_to_their_manager() -> None:
    form = {"type": "form", "name": "Bank", "who": [{"user": "fay"}], "outcomes": {"submitted": "approved"}}
    case = Case(flow({"bank": form}), {"amount": 1}, people())
    case.people = people(fay={"active": False})
    case.send(HandOn("fay"))
    assert list(case.open()) == ["ivo"]


def test_a_request_sent_back_to_somebody_who_left_goes_to_their_manager_who_then_does_not_sign_it() -> None:
    case = Case(purchase(), {"amount": 900})
    case.decide("ben", "changes_requested", "which one?")
    gone = msgspec.structs.replace(case.people.people["ann"], active=False)
    case.people = msgspec.structs.replace(case.people, people=case.people.people | {"ann": gone})
    case.send(HandOn("ann"))
    assert list(case.open()) == ["ben"]
    case.send(Submit(case.open()["ben"], "ben", {"amount": 900}))
    assert list(case.open()) == ["cleo"]
    case.decide("cleo", "changes_requested", "still")
    assert list(case.open()) == ["ben"]


@pytest.mark.parametrize("then", ["approve", "reject"])
def test_after_an_escalation_the_policy_has_the_last_word(then: str) -> None:
    case = Case(board(**{"finally": then}), {"amount": 1}, people())
    case.decide("fay")
    case.late()
    case.late()
    assert (case.now_state.ended, case.signed()) == (
        ("approved", ["fay", "timer"]) if then == "approve" else ("rejected", ["fay"])
    )


def test_a_manager_who_sends_the_request_in_for_somebody_who_left_has_not_signed_it_any_more() -> None:
    """The signature covered the amount alone, and what is bought is another thing now."""
    ways = {"rejected": "rejected", "changes_requested": "request"}
    manager = {"id": "manager", "name": "Manager", "who": [{"manager": 1}]}
    finance = {"id": "finance", "name": "Finance", "who": [{"user": "fay"}]}
    first = {"name": "Manager", "levels": [manager], "covers": ["amount"], "outcomes": {**ways, "approved": "finance"}}
    second = {"name": "Finance", "levels": [finance], "resubmit": "keep", "outcomes": {**ways, "approved": "approved"}}
    steps = {"manager": {"type": "approval", **first}, "finance": {"type": "approval", **second}}
    case = Case(flow(steps), {"amount": 900, "item": "Desk"})
    case.decide("ben")
    case.people = people(ann={"active": False})
    case.decide("fay", "changes_requested")
    case.resubmit(amount=900, item="Yacht")
    assert (list(case.open()), case.signed()) == (["cleo"], [])
    case.decide("cleo")
    end = case.decide("fay").state
    assert (end.ended, case.signed()) == ("approved", ["cleo", "fay"])


def test_whoever_sent_the_request_in_again_corrects_nothing_of_it() -> None:
    manager = {"id": "manager", "name": "Manager", "when": "amount > 0", "who": [{"manager": 1}]}
    case = Case(purchase(levels=[manager]), {"amount": 900})
    case.people = people(ann={"active": False})
    case.decide("ben", "changes_requested")
    case.resubmit(item="Yacht")
    assert case.now_state.blocked
    with pytest.raises(Refused) as refused:
        case.send(Correct("ben", {"amount": 1}, "Forgotten"))
    assert refused.value.code == "own_data"
    assert case.now_state.data == {"item": "Yacht"}
