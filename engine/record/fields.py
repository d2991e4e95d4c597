"""Data classification: which values of an event are personal. They are hashed as salted digests (disclosure.py).

A field that is declared nowhere counts as personal, so that what somebody forgot is protected and not exposed.
"""

from collections.abc import Container, Mapping
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

from msgspec import Struct, structs

from engine.events import all_types


class Kind(Enum):
    """EACH: an object whose members are values of their own, such as what somebody filled in."""

    PLAIN = "plain"
    PERSONAL = "whole"
    EACH = "each"


Fields = Mapping[str, "Kind | Fields"]


def fields_of(kind: str) -> Fields | None:
    """None for a type that nobody knows."""
    return _declared().get(kind)


@cache
def _declared() -> dict[str, Fields]:
    return {name: _members(event) for name, event in all_types().items()}


def _members(struct: type[Struct]) -> Fields:
    return {field.encode_name: _kind(field.type) for field in structs.fields(struct)}


def _kind(type_: Any) -> "Kind | Fields":
    """As the field's mark says; an object that is a Struct of its own has fields of its own."""
    marks = [mark.extra["personal"] for mark in getattr(type_, "__metadata__", ()) if mark.extra]
    if marks:
        return _marked(marks[0])
    inside = [part for part in get_args(type_) if isinstance(part, type) and issubclass(part, Struct)]
    optional = get_origin(type_) in (UnionType, Union)
    return _members(inside[0]) if inside and optional else Kind.PLAIN


def _marked(mark: "str | Mapping[str, str]") -> "Kind | Fields":
    """A reason's code is plain."""
    return (
        Kind(mark) if isinstance(mark, str) else {"code": Kind.PLAIN} | {name: Kind(how) for name, how in mark.items()}
    )


# Columns of the event besides its data. The name is a person's where the actor has an id.
COLUMNS = ("actor_name", "address", "agent")


def split(event: Mapping[str, Any], erased: Container[str] = ()) -> tuple[dict[str, Any], dict[str, Any]]:
    """The data without its personal values, and those values by JSON pointer into the event.

    Empty values tell nothing and stay where they are. erased: pointers whose values are gone; one that
    was put back there is a value again, and does not give the digest that was kept.
    """
    values: dict[str, Any] = {}
    for column in COLUMNS:
        value = event[column]
        if value and (column != "actor_name" or event["actor_id"]):
            values[f"/{column}"] = value
    plain = _plain(fields_of(event["type"]) or {}, event["data"], "/data", values, erased)
    return plain, values


def _plain(
    fields: Fields, data: Mapping[str, Any], at: str, values: dict[str, Any], erased: Container[str]
) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, value in data.items():
        kind = fields.get(name, Kind.PERSONAL)
        if kind is Kind.PLAIN:
            plain[name] = value
            continue
        pointer = f"{at}/{name.replace('~', '~0').replace('/', '~1')}"
        if value is None and pointer in erased:
            continue
        if isinstance(value, dict) and kind is not Kind.PERSONAL:
            inner = {} if kind is Kind.EACH else kind
            plain[name] = _plain(inner, value, pointer, values, erased)
        elif value is None or value in ("", [], {}):
            plain[name] = value
        else:
            values[pointer] = value
    return plain
