"""A rule's vocabulary: what can be asked of a value, the exact arithmetic, and how each of it reads."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from functools import reduce
from typing import Any

from engine.forms import schema as form_schema
from engine.forms.moments import moment
from engine.rules import types as rule_types
from engine.rules.types import LIST, MOMENT, NUMBER, SPAN, TEXT, YES_NO

_TRAPS = [InvalidOperation, DivisionByZero, Overflow]
# Sums and products come out exactly or not at all; a quotient is as exact as 38 digits are.
EXACT = Context(prec=60, Emax=999, Emin=-999, traps=[*_TRAPS, Inexact])
RATIO = Context(prec=38, Emax=999, Emin=-999, traps=_TRAPS)

YEAR = "the year of "
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# By what is asked of which kind: what comes out, how, and in words.
ATTRIBUTES: dict[tuple[str, str], tuple[str, Callable[[Any], Any], str]] = {
    (TEXT, "length"): (NUMBER, len, "the length of {}"),
    (LIST, "length"): (NUMBER, len, "the number of {}"),
    (TEXT, "as_lower"): (TEXT, str.lower, "{} in small letters"),
    (TEXT, "as_upper"): (TEXT, str.upper, "{} in capitals"),
    (MOMENT, "year"): (NUMBER, lambda at: at.year, YEAR + "{}"),
    (MOMENT, "month"): (NUMBER, lambda at: at.month, "the month of {}"),
    (MOMENT, "day"): (NUMBER, lambda at: at.day, "the day of the month of {}"),
    (MOMENT, "hour"): (NUMBER, lambda at: at.hour, "the hour of {}"),
    (MOMENT, "minute"): (NUMBER, lambda at: at.minute, "the minute of {}"),
    (MOMENT, "weekday"): (TEXT, lambda at: _DAYS[at.weekday()], "the weekday of {}"),
    (SPAN, "days"): (NUMBER, lambda span: span.days, "the days in {}"),
}
FUNCTIONS: dict[str, tuple[str, str, Callable[[Any], Any], str]] = {
    "abs": (NUMBER, NUMBER, EXACT.abs, "{} without its sign"),
    "sum": (LIST + NUMBER, NUMBER, lambda values: reduce(EXACT.add, values, Decimal(0)), "the sum of {}"),
    "min": (LIST + NUMBER, NUMBER, min, "the least of {}"),
    "max": (LIST + NUMBER, NUMBER, max, "the most of {}"),
    "any": (LIST + YES_NO, YES_NO, any, "any of {} is yes"),
    "all": (LIST + YES_NO, YES_NO, all, "all of {} are yes"),
}
_COMPARED = {
    "EQ": "is",
    "NE": "is not",
    "LT": "is below",
    "LE": "is at most",
    "GT": "is above",
    "GE": "is at least",
}
_IN_TIME = {"LT": "is before", "LE": "is not after", "GT": "is after", "GE": "is not before"}
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def comparison(kind: str, of: str) -> str:
    return _IN_TIME.get(kind, _COMPARED[kind]) if of == MOMENT else _COMPARED[kind]


def quoted(text: str) -> str:
    return f"“{''.join(letter if letter.isprintable() else ' ' for letter in text)}”"


def literal(value: Any) -> str:
    """A value written out in a rule, as people would say it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return moment(value.date().isoformat() if value.time() == value.min.time() else value.isoformat())
    if isinstance(value, timedelta):
        return _length(value)
    return quoted(value) if isinstance(value, str) else f"{value:,f}"


def _length(span: timedelta) -> str:
    parts, left = [], abs(int(span.total_seconds()))
    for unit, size in _UNITS:
        many, left = divmod(left, size)
        if many:
            parts.append(f"{many:,} {unit}{'' if many == 1 else 's'}")
    return " ".join(parts) or "0 seconds"


def title(path: str, schema: dict[str, Any]) -> str:
    """Of a field by its path, and of the group it is in: "Country of Address"."""
    titles: list[str] = []
    part: Any = schema
    for name in path.split("."):
        part = rule_types.inside(part, name, schema)
        told = form_schema.resolve(part, schema)[0].get("title")
        titles.insert(0, str(told).rstrip("?") if told else name.replace("_", " "))
    return " of ".join(titles)
