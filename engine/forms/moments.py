"""Dates and moments in words."""

import re
from datetime import date, datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CLOCK = re.compile(r"\d\d:\d\d(:\d\d)?", re.ASCII)


def moment(text: str) -> str:
    """A date or a moment as it was written: no zone is added that nobody named."""
    if _CLOCK.match(text):
        return text
    try:
        if len(text) == len("2026-11-21"):
            return _day(date.fromisoformat(text))
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return in_words(at)


def in_words(at: datetime) -> str:
    return f"{_day(at)}, {at:%H:%M} {at.tzname() or ''}".rstrip()


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
