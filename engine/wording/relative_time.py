"""Moments as people say them: 3 h ago, since Monday, in 2 days, 4 h left. Pure: `now` is passed in.

`zone` decides which day a moment belongs to. The exact moment is in engine/wording/clock.py.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo

from engine.timers import Duration, parse_duration
from engine.wording.clock import WORLD, Clock
from engine.wording.values import count, listed

MINUTE, HOUR, DAY = 60, 3_600, 86_400
WEEK = 7


def when(at: datetime, now: datetime, zone: tzinfo = UTC) -> str:
    return ago(at, now, zone) if at <= now else until(at, now, zone)


def ago(at: datetime, now: datetime, zone: tzinfo = UTC) -> str:
    seconds = _seconds(now - at)
    days = _days_between(at, now, zone)
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min ago"
    if seconds < DAY and (days == 0 or seconds < DAY / 2):
        return f"{seconds // HOUR} h ago"
    if days <= 1:
        return "yesterday"
    return f"{days} days ago" if days < WEEK else calendar_day(at, now, zone)


def until(at: datetime, now: datetime, zone: tzinfo = UTC) -> str:
    seconds = _seconds(at - now)
    days = _days_between(now, at, zone)
    if seconds < MINUTE:
        return "in a moment"
    if seconds < HOUR:
        return f"in {seconds // MINUTE} min"
    if seconds < DAY and (days == 0 or seconds < DAY / 2):
        return f"in {seconds // HOUR} h"
    if days <= 1:
        return "tomorrow"
    return f"in {days} days" if days < WEEK else f"on {calendar_day(at, now, zone)}"


def since(at: datetime, now: datetime, clock: Clock = WORLD) -> str:
    """Since when something has been waiting: 09:40, yesterday, Monday, 12 March."""
    days = _days_between(at, now, clock.zone)
    if days <= 0:
        return f"since {clock.time(at)}"
    if days == 1:
        return "since yesterday"
    return f"since {clock.local(at):%A}" if days < WEEK else f"since {calendar_day(at, now, clock.zone)}"


def left(due: datetime, now: datetime) -> str:
    """What a countdown shows; static/app.js says it the same way."""
    gone = due <= now
    return f"{short(now - due)} overdue" if gone else f"{short(due - now)} left"


def urgency(due: datetime, now: datetime) -> str:
    """late, soon or calm: how a countdown is marked, besides its words."""
    if due <= now:
        return "late"
    return "soon" if due - now < timedelta(days=1) else "calm"


def short(length: timedelta) -> str:
    """The two largest units: 2 d 4 h, 3 h 20 min, 12 min."""
    return " ".join(f"{many} {unit}" for many, unit in _units(length, ("d", "h", "min"))) or "under 1 min"


def duration(length: timedelta | str) -> str:
    """The two largest units in full: 1 day and 12 hours. Text is ISO 8601, as in definitions."""
    given = parse_duration(length) if isinstance(length, str) else Duration(0, length)
    parts = [(given.months, "month")] if given.months else []
    parts += _units(given.rest, ("day", "hour", "minute"))
    return listed(count(many, unit) for many, unit in parts) if parts else "less than a minute"


def _units(length: timedelta, names: tuple[str, str, str]) -> list[tuple[int, str]]:
    """The largest unit and the one below it, without zeros."""
    seconds = _seconds(length)
    amounts = (seconds // DAY, seconds % DAY // HOUR, seconds % HOUR // MINUTE)
    first = next((place for place, many in enumerate(amounts) if many), len(amounts))
    return [(many, name) for many, name in list(zip(amounts, names, strict=True))[first : first + 2] if many]


def calendar_day(at: datetime | date, now: datetime, zone: tzinfo = UTC) -> str:
    """12 March; with the year when it is another one."""
    local = at.astimezone(zone).date() if isinstance(at, datetime) else at
    year = "" if local.year == now.astimezone(zone).year else f" {local.year}"
    return f"{local.day} {local:%B}{year}"


def _seconds(length: timedelta) -> int:
    return max(0, int(length.total_seconds()))


def _days_between(earlier: datetime, later: datetime, zone: tzinfo) -> int:
    return (later.astimezone(zone).date() - earlier.astimezone(zone).date()).days
