"""Dates, times of day, and moments."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from engine.forms.controls import FORMAT, Control
from engine.forms.moments import moment
from engine.forms.schema import Schema

if TYPE_CHECKING:
    from engine.forms.nodes import Node

_WITHOUT_ZONE = re.compile(r"\d{4,}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?", re.ASCII)
_IN_UTC = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?)Z", re.ASCII)


class Calendar(Control):
    """`form`: the format of JSON Schema that it is for; `shape`, `parse`: of the texts that its input keeps."""

    form: str
    shape: str
    parse: Callable[[str], object]
    asks = frozenset({"string"})

    def usual(self, schema: Schema, items: Schema) -> int:
        return FORMAT if self.fits(schema, items) and schema.get("format") == self.form else 0

    def value(self, node: "Node", text: str) -> str:
        return text.strip()

    def survives(self, text: str) -> bool:
        if not re.fullmatch(self.shape, text, re.ASCII):
            return False
        try:
            self.parse(text)
        except ValueError:
            return False
        return True

    def display(self, node: "Node", value: Any, siblings: Any) -> tuple[str, str]:
        return (moment(value), self.name) if isinstance(value, str) else super().display(node, value, siblings)


class Date(Calendar):
    name = form = input_type = "date"
    names = ("alt-date",)
    shape = r"\d{4}-\d\d-\d\d"
    parse = date.fromisoformat


class Time(Calendar):
    name = form = input_type = "time"
    shape = r"\d\d:\d\d(:\d\d)?"
    parse = time.fromisoformat


class DateTime(Calendar):
    """A browser's input for a moment knows no zone: it is read as UTC, which its hint says."""

    name = "datetime"
    names = ("date-time", "alt-datetime")
    form = "date-time"
    input_type = "datetime-local"
    shape = r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?"
    parse = datetime.fromisoformat

    def text(self, node: "Node", value: Any) -> str:
        in_utc = isinstance(value, str) and not node.read_only and _IN_UTC.fullmatch(value)
        return in_utc[1] if in_utc else super().text(node, value)

    def value(self, node: "Node", text: str) -> str:
        text = text.strip()
        if not (match := _WITHOUT_ZONE.fullmatch(text)):
            return text
        return f"{text}Z" if match[1] else f"{text}:00Z"

    def is_same(self, one: Any, other: Any) -> bool:
        """10:15:00.000 comes back as 10:15."""
        if not isinstance(one, str) or not isinstance(other, str):
            return False
        try:
            return datetime.fromisoformat(one) == datetime.fromisoformat(other)
        except (ValueError, TypeError):
            return False

    def hint(self, node: "Node") -> str:
        return "In UTC."


CONTROLS: tuple[Control, ...] = (Date(), Time(), DateTime())
