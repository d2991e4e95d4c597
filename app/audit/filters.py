"""The question put to the record, and its two other shapes: in an address or a row, and in words."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import MAXYEAR, date, timedelta
from typing import Any
from uuid import UUID

from app.errors import Invalid
from engine.reasons import reason

AREAS = {"requests": "Requests", "log": "Log-ins and administration"}


def _area(text: str) -> str:
    if text not in AREAS:
        raise ValueError(text)
    return text


def _day(text: str) -> date:
    """One that has a day after it."""
    found = date.fromisoformat(text)
    if found.year == MAXYEAR:
        raise ValueError(text)
    return found


READERS: dict[str, Callable[[str], Any]] = {
    "area": _area,
    "since": _day,
    "until": _day,
    "person": UUID,
    "instance": UUID,
}
TROUBLE = {
    "area": "choose_area",
    "person": "choose_person",
    "instance": "choose_request",
    "since": "no_day",
    "until": "no_day",
}


@dataclass(frozen=True)
class Filters:
    """since and until are days, both included. request: PUR-12 or 12. definition: its key.

    area: requests, or log for what happened outside of them.
    """

    since: date | None = None
    until: date | None = None
    person: UUID | None = None
    type: str | None = None
    instance: UUID | None = None
    request: str | None = None
    definition: str | None = None
    outcome: str | None = None
    text: str | None = None
    area: str | None = None


def filters_of(params: Mapping[str, Any]) -> Filters:
    """Empty ones count as not given. Raises Invalid naming the field."""
    given = {field.name: params[field.name] for field in fields(Filters) if params.get(field.name)}
    for name in given.keys() & READERS.keys():
        try:
            given[name] = READERS[name](str(given[name]))
        except ValueError as odd:
            raise Invalid.because(f"/{name}", reason(TROUBLE[name])) from odd
    found = Filters(**given)
    if found.since and found.until and found.since > found.until:
        raise Invalid.because("/until", reason("period"))
    return found


def params_of(filters: Filters) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(filters).items() if value is not None}


def period_name(filters: Filters) -> str:
    """November 2026, 3 to 9 November 2026, Since 3 November 2026."""
    since, until = filters.since, filters.until
    if since and until:
        return _month(since, until) or f"{_start(since, until)} to {_words(until)}"
    if since or until:
        return f"Since {_words(since)}" if since else f"Until {_words(until)}"
    return "Everything"


def _month(since: date, until: date) -> str | None:
    whole = since.day == 1 and (until + timedelta(days=1)).day == 1
    return f"{since:%B %Y}" if whole and (since.year, since.month) == (until.year, until.month) else None


def _start(since: date, until: date) -> str:
    """Without what it shares with the end."""
    if since.year != until.year:
        return _words(since)
    return str(since.day) if since.month == until.month else f"{since.day} {since:%B}"


def _words(when: date | None) -> str:
    return f"{when.day} {when:%B %Y}" if when else ""
