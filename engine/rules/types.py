"""Static types of rules: what a field of the data is to a rule, and how its value is read, exactly or not at all."""

from collections.abc import Callable
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any

from engine.forms import schema as form_schema
from engine.forms.settled import Conditions

NUMBER, TEXT, YES_NO, MOMENT, SPAN = "number", "text", "yes or no", "moment", "length of time"
LIST = "list of "
MAX_LIST = 1000
PLAIN = {"number": NUMBER, "integer": NUMBER, "string": TEXT, "boolean": YES_NO}
MOMENTS = ("date", "date-time")
# What a list in a rule may hold.
KINDS = (NUMBER, TEXT, YES_NO, MOMENT)


def kind(schema: Any, root: dict[str, Any]) -> str | None:
    """None for what no rule can be sure of: no type, several types, groups of fields, lists of those."""
    resolved = form_schema.resolve(schema, root)[0]
    if "type" not in resolved:
        return _kind_of_choices(resolved)
    names = [name for name in form_schema.types(resolved) if name != "null"]
    if names == ["array"]:
        item = kind(resolved.get("items"), root)
        return LIST + item if item and not item.startswith(LIST) and "prefixItems" not in resolved else None
    kinds = {PLAIN.get(name) for name in names}
    if kinds == {TEXT} and resolved.get("format") in MOMENTS:
        return MOMENT
    return kinds.pop() if len(kinds) == 1 else None


def _kind_of_choices(schema: dict[str, Any]) -> str | None:
    values = [schema["const"]] if "const" in schema else [one.value for one in form_schema.choices(schema) or []]
    kinds = {_kind_of(value) for value in values if value is not None}
    return kinds.pop() if len(kinds) == 1 else None


def _kind_of(value: Any) -> str | None:
    if isinstance(value, bool):
        return YES_NO
    if isinstance(value, str):
        return TEXT
    return NUMBER if isinstance(value, int | Decimal | float) else None


def inside(schema: Any, name: str, root: dict[str, Any]) -> Any:
    """The schema of a field in a group of fields, None where it has no such field under any condition."""
    return Conditions(root).claimed(form_schema.resolve(schema, root)[0]).get(name)


def is_group(schema: Any, root: dict[str, Any]) -> bool:
    return bool(Conditions(root).claimed(form_schema.resolve(schema, root)[0]))


def reader(of: str, zone: tzinfo) -> Callable[[Any], Any]:
    """Turns a value of the data into one that can be compared. It raises ValueError, TypeError or OverflowError."""
    if of.startswith(LIST):
        return _list_reader(reader(of.removeprefix(LIST), zone))
    if of == MOMENT:
        return lambda value: _moment(value, zone)
    return {NUMBER: _number, TEXT: _text, YES_NO: _yes_no}[of]


def midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _list_reader(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read_list(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) > MAX_LIST:
            raise TypeError
        return tuple(read(item) for item in value)

    return read_list


def _number(value: Any) -> Any:
    if type(value) is int or (isinstance(value, Decimal) and value.is_finite()):
        return value
    raise TypeError


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise TypeError


def _yes_no(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise TypeError


def _moment(value: Any, zone: tzinfo) -> datetime:
    if len(value) == len("2026-11-21"):
        return midnight(date.fromisoformat(value), zone)
    found = datetime.fromisoformat(value)
    return found.astimezone(zone) if found.tzinfo else found.replace(tzinfo=zone)
