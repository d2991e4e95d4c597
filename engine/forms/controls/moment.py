"""Dates, times of day, and moments."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.forms.controls import Control
from engine.forms.moments import in_words, moment
from engine.forms.offer import ZONE, Offer

if TYPE_CHECKING:
    from engine.forms.nodes import Node

_WITHOUT_ZONE = re.compile(r"\d{4,}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?", re.ASCII)
_IN_UTC = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?)Z", re.ASCII)


class Calendar(Control):
    """`form`: the format of JSON Schema that it is for; `shape`, `parse`: of the texts that its input keeps."""

    shape: str
    parse: Callable[[str], object]
    asks = frozenset({"string"})

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
    offer = Offer("Date", "calendar", 50, {"type": "string", "format": "date"})
    names = ("alt-date",)
    shape = r"\d{4}-\d\d-\d\d"
    parse = date.fromisoformat


class Time(Calendar):
    name = form = input_type = "time"
    offer = Offer("Time of day", "clock", 52, {"type": "string", "format": "time"})
    shape = r"\d\d:\d\d(:\d\d)?"
    parse = time.fromisoformat


class DateTime(Calendar):
    """A browser's input for a moment knows no zone: it is in the one of the form, which its hint names; kept in UTC."""

    name = "datetime"
    offer = Offer(
        "Date and time", "alarm-clock", 51, {"type": "string", "format": "date-time"}, settings={"ui:zone": ZONE}
    )
    names = ("date-time", "alt-datetime")
    form = "date-time"
    input_type = "datetime-local"
    shape = r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?"
    parse = datetime.fromisoformat

    def text(self, node: "Node", value: Any) -> str:
        """An hour that a change of clocks repeats is written in UTC, since only that says which of the two it is."""
        in_utc = isinstance(value, str) and not node.read_only and _IN_UTC.fullmatch(value)
        if not in_utc:
            return super().text(node, value)
        local = _moved(in_utc[1], UTC, _zone(node))
        return local if _moved(local, _zone(node), UTC) == in_utc[1] else super().text(node, value)

    def value(self, node: "Node", text: str) -> str:
        text = text.strip()
        if not (match := _WITHOUT_ZONE.fullmatch(text)):
            return text
        return f"{_moved(text if match[1] else f'{text}:00', _zone(node), UTC)}Z"

    def is_same(self, one: Any, other: Any) -> bool:
        """10:15:00.000 comes back as 10:15."""
        if not isinstance(one, str) or not isinstance(other, str):
            return False
        try:
            return datetime.fromisoformat(one) == datetime.fromisoformat(other)
        except (ValueError, TypeError):
            return False

    def hint(self, node: "Node") -> str:
        zone = str(_zone(node))
        return "In UTC." if zone == "UTC" else f"In {zone.rpartition('/')[2].replace('_', ' ')} time."

    def display(self, node: "Node", value: Any, siblings: Any) -> tuple[str, str]:
        try:
            at = datetime.fromisoformat(value)
            return in_words(at.astimezone(_zone(node)) if at.tzinfo else at), self.name
        except (TypeError, ValueError, OverflowError):
            return super().display(node, value, siblings)


def _zone(node: "Node") -> tzinfo:
    name = node.options.get("zone")
    try:
        return ZoneInfo(str(name)) if name and name != "UTC" else UTC
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return UTC


def _moved(text: str, here: tzinfo, there: tzinfo) -> str:
    """A local time of one zone as the other has it, with the digits of its seconds as they are."""
    if here is there:
        return text
    try:
        at = datetime.fromisoformat(text[:19]).replace(tzinfo=here).astimezone(there)
    except (ValueError, OverflowError):
        return text
    return f"{at:%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + text[19:]


CONTROLS: tuple[Control, ...] = (Date(), Time(), DateTime())
