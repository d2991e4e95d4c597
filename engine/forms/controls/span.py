"""Spans of time: typed as a number and a unit, or in words ("1 day 12 hours"), and kept as ISO 8601."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from engine.forms.controls import Control
from engine.forms.field import Option
from engine.forms.schema import Schema
from engine.forms.values import Typed, Unreadable
from engine.reasons import reason
from engine.timers import DURATION, DurationError, parse_duration

if TYPE_CHECKING:
    from engine.forms.nodes import Node
    from engine.forms.read import Reader

# In the order of ISO 8601; those after the day stand behind a T.
UNITS = {"year": "Y", "month": "M", "week": "W", "day": "D", "hour": "H", "minute": "M", "second": "S"}
_OFFERED = ("minute", "hour", "day", "week", "month", "year")
_SHORT = {"min": "minute", "mins": "minute", "h": "hour", "d": "day", "sec": "second", "secs": "second", "w": "week"}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)[\s,]*(?:and\s+)?")
UNLIMITED, FIELD = "unlimited", "field:"


class Span(Control):
    """`unit:PLACE` is the select beside the number."""

    name = form = "time-span"
    asks = frozenset({"string"})

    def text(self, node: "Node", value: Any) -> str:
        return drawn(value)[0]

    def options(self, node: "Node", value: Any) -> Iterator[Option]:
        yield from _units(drawn(value)[1])

    def read(self, node: "Node", reader: "Reader", held: Any) -> Any:
        text, unit = reader.text(node).strip(), "".join(reader.beside(node, "unit")[-1:])
        if (text, unit) == drawn(held):
            return held
        if not text:
            return reader.nothing(node)
        try:
            return written(text, unit)
        except Unreadable as problem:
            return reader.refused(node, text, problem)


class Limit(Control):
    """A span, what a field of the request says, or no limit: the last two are chosen among the units."""

    name = form = "time-limit"
    whole = True

    def fits(self, schema: Schema, items: Schema) -> bool:
        return True

    def template(self, node: "Node", text: str) -> str:
        return "readonly" if node.read_only else "time-span"

    def text(self, node: "Node", value: Any) -> str:
        return drawn(value)[0]

    def options(self, node: "Node", value: Any) -> Iterator[Option]:
        chosen = _of_limit(value)[1]
        yield from _units(chosen)
        if {"type": "null"} in node.whole.get("anyOf", ()):
            yield Option(UNLIMITED, "No time limit", chosen == UNLIMITED, False)
        yield from fields_offered(node, chosen, "as long as “{}” says")

    def read(self, node: "Node", reader: "Reader", held: Any) -> Any:
        text, unit = reader.text(node).strip(), "".join(reader.beside(node, "unit")[-1:])
        if (text, unit) == _of_limit(held):
            return held
        if unit == UNLIMITED:
            return None
        if unit.startswith(FIELD):
            return {"field": unit.removeprefix(FIELD)}
        if not text:
            return UNSET
        try:
            return written(text, unit)
        except Unreadable as problem:
            return reader.refused(node, text, problem)


def fields_offered(node: "Node", chosen: str, words: str) -> Iterator[Option]:
    """Texts of the request as `field:NAME`. words: hold {} for what the field is called."""
    there = node.form.around.texts
    named = chosen.removeprefix(FIELD)
    if chosen.startswith(FIELD) and named not in there:
        there = {**there, named: node.form.around.fields.get(named, named)}
    for key, name in there.items():
        yield Option(f"{FIELD}{key}", words.format(name), chosen == f"{FIELD}{key}", False)


def field_named(value: Any) -> str:
    """The option of {"field": name}; empty for anything else."""
    named = value.get("field") if isinstance(value, dict) else None
    return f"{FIELD}{named}" if isinstance(named, str) else ""


def _of_limit(value: Any) -> tuple[str, str]:
    return ("", UNLIMITED) if value is None else ("", field_named(value)) if isinstance(value, dict) else drawn(value)


def _units(chosen: str) -> Iterator[Option]:
    if chosen == "":
        yield Option("", "in all", True, False)
    yield from (Option(unit, f"{unit}s", unit == chosen, False) for unit in _OFFERED)


def drawn(value: Any) -> tuple[str, str]:
    """What stands in the two controls; of several units all in the first one, in words."""
    if not isinstance(value, str) or not value:
        return "", "day"
    parts = _parts(value)
    if len(parts) == 1 and parts[0][1] in _OFFERED:
        return parts[0]
    return (" ".join(f"{number} {unit if number == '1' else unit + 's'}" for number, unit in parts) or value), ""


def _parts(text: str) -> list[tuple[str, str]]:
    """Numbers and units of a span in ISO 8601; none where it is no such span."""
    match = None if isinstance(text, Typed) else DURATION.fullmatch(text.strip())
    found = zip(match.groups(), UNITS, strict=True) if match else ()
    return [(number, unit) for number, unit in found if number is not None]


def written(text: str, unit: str) -> str:
    """In ISO 8601. text: a number of these units, or all of it in words. Raises Unreadable."""
    words = f"{text} {unit or 'day'}" if re.fullmatch(r"\d+(\.\d+)?", text) else text.lower()
    found = {_unit(name): number for number, name in _PART.findall(words)}
    left = _PART.sub("", words).strip()
    if left or not found or not found.keys() <= UNITS.keys() or not _whole(found):
        raise Unreadable("span", reason("span_unread", text=text[:40]))
    days = "".join(f"{found[name]}{UNITS[name]}" for name in ("year", "month", "week", "day") if name in found)
    times = "".join(f"{found[name]}{UNITS[name]}" for name in ("hour", "minute", "second") if name in found)
    iso = f"P{days}T{times}" if times else f"P{days}"
    try:
        parse_duration(iso)
    except DurationError as wrong:
        raise Unreadable("span", wrong.reason) from wrong
    return iso


def _unit(name: str) -> str:
    return _SHORT.get(name, name.removesuffix("s"))


def _whole(found: dict[str, str]) -> bool:
    """Only of seconds there are parts."""
    return all(number.isdecimal() or unit == "second" for unit, number in found.items())


CONTROLS: tuple[Control, ...] = (Span(), Limit())
