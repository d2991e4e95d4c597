"""Names, moments and states in the words of the screens."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.web import badges
from engine.wording import relative_time
from engine.wording.clock import Clock
from engine.wording.values import initials

NOW = datetime(2026, 3, 12, 15, 0, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("back", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(minutes=89), "1 h ago"),
        (timedelta(hours=14), "14 h ago"),
        (timedelta(hours=16), "yesterday"),
        (timedelta(hours=40), "2 days ago"),
        (timedelta(days=6), "6 days ago"),
        (timedelta(days=9), "3 March"),
        (timedelta(days=400), "5 February 2025"),
    ],
)
def test_the_past(back: timedelta, said: str) -> None:
    assert relative_time.when(NOW - back, NOW) == said


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(seconds=20), "in a moment"),
        (timedelta(minutes=5), "in 5 min"),
        (timedelta(hours=4), "in 4 h"),
        (timedelta(hours=20), "tomorrow"),
        (timedelta(days=3), "in 3 days"),
        (timedelta(days=30), "on 11 April"),
    ],
)
def test_the_future(ahead: timedelta, said: str) -> None:
    assert relative_time.when(NOW + ahead, NOW) == said


def test_waiting_since() -> None:
    assert relative_time.since(NOW - timedelta(hours=5), NOW) == "since 10:00 UTC"
    assert relative_time.since(NOW - timedelta(hours=20), NOW) == "since yesterday"
    assert relative_time.since(NOW - timedelta(days=3), NOW) == "since Monday"
    assert relative_time.since(NOW - timedelta(days=30), NOW) == "since 10 February"


def test_the_day_is_the_readers() -> None:
    """Half past eight in the evening is already tomorrow in Auckland."""
    at, now = datetime(2026, 3, 11, 8, 30, tzinfo=UTC), datetime(2026, 3, 11, 20, 30, tzinfo=UTC)
    assert relative_time.since(at, now) == "since 08:30 UTC"
    assert relative_time.since(at, now, Clock(ZoneInfo("Pacific/Auckland"))) == "since yesterday"


@pytest.mark.parametrize(
    ("ahead", "said", "mark"),
    [
        (timedelta(days=2, hours=4, minutes=9), "2 d 4 h left", "calm"),
        (timedelta(hours=3, minutes=20), "3 h 20 min left", "soon"),
        (timedelta(hours=3), "3 h left", "soon"),
        (timedelta(seconds=30), "under 1 min left", "soon"),
        (timedelta(days=-1), "1 d overdue", "late"),
    ],
)
def test_a_countdown(ahead: timedelta, said: str, mark: str) -> None:
    assert (relative_time.left(NOW + ahead, NOW), relative_time.urgency(NOW + ahead, NOW)) == (said, mark)


def test_durations() -> None:
    assert relative_time.duration("P3D") == "3 days"
    assert relative_time.duration("PT36H") == "1 day and 12 hours"
    assert relative_time.duration("P1M") == "1 month"
    assert relative_time.duration(timedelta(minutes=1)) == "1 minute"
    assert relative_time.duration(timedelta(seconds=5)) == "less than a minute"


def test_days() -> None:
    assert relative_time.calendar_day(date(2026, 5, 1), NOW) == "1 May"
    assert relative_time.calendar_day(date(2027, 5, 1), NOW) == "1 May 2027"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ann Meyer", "AM"),
        ("Ann Marie Meyer", "AM"),
        ("Cher", "C"),
        ("jean-luc picard", "JP"),
        ("\u202e", "?"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_statuses() -> None:
    assert badges.shown("waiting_approval").word == "Waiting for approval"
    assert badges.shown("partly_paid") == ("Partly paid", "neutral", "flag")
