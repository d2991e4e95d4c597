"""A step that rests: for a time, until a date, until an event comes in; in its zone, and never in the past."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.check import check_document
from engine.commands import Correct, FireTimer, Receive, Retry, Withdraw
from engine.effects import Expect
from engine.wording.waiting import waits
from tests.engine.cast import NOW, Case, flow

DATA = {
    "type": "object",
    "properties": {
        "item": {"type": "string"},
        "length": {"type": "string"},
        "day": {"type": "string", "format": "date"},
        "moment": {"type": "string", "format": "date-time"},
    },
}


def resting(zone: str = "UTC", **settings: Any) -> dict[str, Any]:
    rest = {"type": "wait", "name": "Cooling off", "outcomes": {"elapsed": "approved"}, **settings}
    return flow({"rest": rest}, DATA) | {"zone": zone}


def due(case: Case) -> datetime:
    [token] = case.now_state.tokens
    assert token.wait and token.wait.due and not token.wait.tasks
    return datetime.fromisoformat(token.wait.due)


def test_it_rests_and_goes_on_by_itself() -> None:
    case = Case(resting(after="P3D"), {"item": "Desk"})
    assert due(case) == NOW + timedelta(days=3)
    assert case.now_state.status == "running"
    said = waits(case.definition, case.now_state, [], case.people)
    assert (said.doing, said.due) == ("“Cooling off” goes on", due(case))
    case.late()
    assert case.now_state.ended == "approved"
    assert case.log[-2][0] == "StepCompleted" and case.last.events[0].by == "timer"


def test_a_timer_that_nobody_waits_for_any_more_does_nothing() -> None:
    case = Case(resting(after="P3D"), {"item": "Desk"})
    timer = case.timer()
    case.send(Withdraw("ann"))
    assert case.now_state.ended == "cancelled"
    assert not case.send(FireTimer(timer)).events


def test_a_field_says_how_long() -> None:
    assert due(Case(resting(after={"field": "length"}), {"length": "PT6H"})) == NOW + timedelta(hours=6)


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("UTC", datetime(2026, 12, 1, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 11, 30, 23, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 12, 1, 5, tzinfo=UTC)),
    ],
)
def test_a_day_begins_in_the_zone_of_the_definition(zone: str, moment: datetime) -> None:
    assert due(Case(resting(zone, until="day"), {"day": "2026-12-01"})) == moment


def test_a_moment_has_its_own_zone() -> None:
    case = Case(resting(until="moment"), {"moment": "2026-12-01T09:00:00+01:00"})
    assert due(case) == datetime(2026, 12, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize("day", ["2020-01-01", "2026-11-16", "0001-01-02"])
def test_what_is_past_is_not_waited_for(day: str) -> None:
    assert Case(resting(until="day"), {"day": day}).now_state.ended == "approved"


@pytest.mark.parametrize(
    ("settings", "data", "code"),
    [
        ({"until": "day"}, {}, "no_date"),
        ({"until": "day"}, {"day": "soon"}, "no_moment"),
        ({"until": "day"}, {"day": 5}, "no_moment"),
        ({"until": "moment"}, {"moment": "0001-01-01T00:00:00+14:00"}, "no_moment"),
        ({"after": {"field": "length"}}, {}, "no_limit"),
        ({"after": {"field": "length"}}, {"length": "P99Y"}, "limit_in_field"),
    ],
)
def test_what_cannot_be_waited_for_stops_and_is_mended(settings: Any, data: Any, code: str) -> None:
    case = Case(resting(**settings), data)
    assert case.now_state.blocked and case.now_state.blocked.code == code
    values = {"day": "2026-11-20", "moment": "2026-11-20T00:00:00Z", "length": "P1D"}
    case.send(Correct("dana", values, "It was missing"))
    assert due(case) > case.now
    case.late()
    assert case.now_state.ended == "approved"


def test_trying_again_over_the_same_data_stops_again() -> None:
    case = Case(resting(until="day"), {})
    case.send(Retry())
    assert case.now_state.blocked and case.now_state.blocked.code == "no_date"


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({}, "wait_for_one"),
        ({"after": "P1D", "until": "day"}, "wait_for_one"),
        ({"until": "item"}, "wait_no_date"),
        ({"until": "nothing"}, "wait_no_date"),
        ({"after": "3 days"}, "wait_wrong"),
        ({"after": "P11Y"}, "wait_wrong"),
        ({"after": "P1D", "save": "item"}, "wait_saves_nothing"),
        ({"event": {"name": "paid", "key": "{nothing}"}, "outcomes": {"received": "approved"}}, "place_no_field"),
        ({"event": {"name": "paid"}}, "outcome_missing"),
        ({"after": {"field": "nothing"}}, "setting_no_field"),
        ({"after": {"field": "length"}}, "setting_reads_empty"),
    ],
)
def test_what_it_waits_for_is_proved_before_publishing(settings: Any, code: str) -> None:
    assert code in {one.code for one in check_document(resting(**settings))}


@pytest.mark.parametrize(("after", "circles"), [("PT1H", False), ("PT59M", True)])
def test_a_circle_that_only_the_clock_drives_rests_an_hour(after: str, circles: bool) -> None:
    again = {
        "type": "decision",
        "name": "Again",
        "branches": [{"when": "item == 'Desk'", "outcome": "again"}],
        "outcomes": {"again": "rest", "otherwise": "approved"},
    }
    document = resting(after=after)
    document["steps"] |= {"again": again}
    document["steps"]["rest"]["outcomes"]["elapsed"] = "again"
    assert ("flow_circle" in {one.code for one in check_document(document)}) is circles


def test_a_circle_of_past_dates_does_not_spin() -> None:
    """What was not proved is still bounded: over the same data it goes round once."""
    document = resting(until="day")
    document["steps"]["rest"]["outcomes"]["elapsed"] = "rest"
    case = Case(document, {"day": "2020-01-01"})
    assert case.now_state.blocked and case.now_state.blocked.code == "circle"


PAID: dict[str, Any] = {"event": {"name": "paid", "key": "{item}"}, "outcomes": {"received": "approved"}}


def expected(case: Case) -> Expect:
    [one] = [effect for effect in case.last.effects if isinstance(effect, Expect)]
    return one


def test_an_event_ends_the_wait_once() -> None:
    case = Case(resting(**PAID, save="event"), {"item": "Desk"})
    one = expected(case)
    assert (one.name, one.key) == ("paid", "Desk")
    assert not case.send(Receive("another", "e1")).events
    case.send(Receive(one.id, "e1", {"sum": 3}))
    assert case.now_state.ended == "approved" and case.now_state.data["event"] == {"sum": 3}
    assert not case.send(Receive(one.id, "e1", {"sum": 3})).events


def test_of_event_and_clock_the_first_counts() -> None:
    both = PAID | {"after": "P1D", "outcomes": {"received": "approved", "elapsed": "rejected"}}
    case = Case(resting(**both), {"item": "Desk"})
    one, timer = expected(case), case.timer()
    case.late()
    assert case.now_state.ended == "rejected" and not case.send(Receive(one.id, "e1")).events
    case = Case(resting(**both), {"item": "Desk"})
    case.send(Receive(expected(case).id, "e1"))
    assert case.now_state.ended == "approved" and not case.send(FireTimer(timer)).events


@pytest.mark.parametrize(
    ("data", "code"), [({}, "key_empty"), ({"item": ""}, "key_empty"), ({"item": "x" * 201}, "key_long")]
)
def test_what_the_event_is_about_must_be_there(data: Any, code: str) -> None:
    case = Case(resting(**PAID), data)
    assert case.now_state.blocked and case.now_state.blocked.code == code
    case.send(Correct("dana", {"item": "Desk"}, "It was missing"))
    assert expected(case).key == "Desk"


def test_a_request_that_was_withdrawn_takes_no_event() -> None:
    case = Case(resting(**PAID), {"item": "Desk"})
    one = expected(case)
    case.send(Withdraw("ann"))
    assert not case.send(Receive(one.id, "e1")).events
