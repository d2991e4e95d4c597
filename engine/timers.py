"""Durations and the timeout policy: when people are reminded, when the time is up, what happens then."""

import re
from calendar import monthrange
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from msgspec import Struct

from engine.reasons import Coded, Reason, reason
from engine.stops import Stop

DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
DEFAULT: dict[str, Any] = {"after": "P3D", "then": "escalate", "finally": "reject"}
LONGEST = timedelta(days=31 * 12 * 10)
# Larger numbers are too long in any unit, and timedelta takes no numbers of any size.
MAX_COUNT = 400_000_000
ACTIONS = ("approve", "reject", "escalate", "timed_out")


class Duration(Struct, frozen=True):
    months: int
    rest: timedelta

    @property
    def longest(self) -> timedelta:
        """With months as long as they get."""
        return self.rest + timedelta(days=31) * self.months

    def after(self, moment: datetime) -> datetime:
        """A month later is the same day of the next month, or its last day where there is no such day."""
        if not self.months:
            return moment + self.rest
        month = moment.month - 1 + self.months
        year, month = moment.year + month // 12, month % 12 + 1
        day = min(moment.day, monthrange(year, month)[1])
        return moment.replace(year=year, month=month, day=day) + self.rest


class DurationError(Coded, ValueError):
    """No duration, or one that is too long."""


@lru_cache(maxsize=1000)
def parse_duration(text: str) -> Duration:
    """ISO 8601 (P3D, PT36H, P1M), ten years at most. Raises DurationError."""
    match = DURATION.fullmatch(text.strip()) if text.strip() not in ("P", "PT") else None
    if match is None or len(text) > 40:
        raise DurationError("no_duration", text=text[:40])
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in match.groups()[:6])
    if max(years * 12 + months, weeks, days, hours, minutes, float(match[7] or 0)) > MAX_COUNT:
        raise DurationError("duration_too_long", text=text[:40])
    rest = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=float(match[7] or 0))
    made = Duration(years * 12 + months, rest)
    if made.longest > LONGEST:
        raise DurationError("duration_too_long", text=text[:40])
    return made


def at_least(text: str, least: str) -> bool:
    """Whether a duration is no shorter than another. Says yes to what is no duration, which is told elsewhere."""
    try:
        return parse_duration(text).longest >= parse_duration(least).longest
    except DurationError:
        return True


class Plan(Struct, frozen=True):
    """due and reminders as moments in time, reminders sorted and before due."""

    due: datetime
    reminders: list[datetime]


def setting(value: Any, data: dict[str, Any]) -> Any:
    """A setting's value; {"field": name} reads it from the request's data."""
    return data.get(value["field"]) if isinstance(value, dict) and "field" in value else value


def plan(policy: dict[str, Any] | None, now: datetime, data: dict[str, Any], *, escalated: bool = False) -> Plan | None:
    """None where the definition sets no time limit (timeout: {"after": null}).

    An escalation has its own limit: as long as the first one unless the policy says otherwise.
    """
    rule = policy or DEFAULT
    after = rule.get("after", DEFAULT["after"])
    if escalated:
        after = rule.get("within") or after
    if after is None:
        return None
    due = limit_end(after, now, data)
    reminders = [moment for text in rule.get("remind", ()) if (moment := limit_end(text, now, data)) < due]
    return Plan(due, sorted(reminders))


def limit_end(limit: Any, now: datetime, data: dict[str, Any]) -> datetime:
    """limit: a duration, or the field that holds one. Raises Stop where there is none, or its end is no moment."""
    written = setting(limit, data)
    field = limit["field"] if isinstance(limit, dict) else ""
    if written in (None, ""):
        raise Stop("no_limit", field=field)
    try:
        return parse_duration(str(written)).after(now)
    except DurationError as wrong:
        raise _unusable(field, wrong.reason) from wrong
    except (ValueError, OverflowError) as wrong:
        raise _unusable(field, reason("endless")) from wrong


def _unusable(field: str, why: Reason) -> Stop:
    return Stop("limit_in_field", field=field, why=why) if field else Stop("limit_unusable", why=why)


def action(policy: dict[str, Any] | None, data: dict[str, Any], escalations: int) -> str:
    """What happens now that the time is up: one of ACTIONS; "stop" where the field that says it does not."""
    rule = policy or DEFAULT
    then = _action(rule.get("then", "reject"), data)
    return last_action(policy, data) if then == "escalate" and escalations >= int(rule.get("times", 1)) else then


def last_action(policy: dict[str, Any] | None, data: dict[str, Any]) -> str:
    """What happens where nobody is left to escalate to."""
    then = _action((policy or DEFAULT).get("finally", "reject"), data)
    return "reject" if then == "escalate" else then


def _action(given: Any, data: dict[str, Any]) -> str:
    then = setting(given, data)
    return then if isinstance(then, str) and then in ACTIONS else "stop"
