"""Difference between two submissions of a request, field by field: what it was, what it is. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from engine.wording.names import Names


class Change(NamedTuple):
    """As people read them; empty where there was or is nothing."""

    label: str
    before: str
    after: str


def changes(before: Mapping[str, Any], after: Mapping[str, Any], names: Names) -> list[Change]:
    """Fields of the forms alone, in their order: what steps kept for themselves is nobody's answer."""
    return [
        Change(names.field(key), _text(key, before, names), _text(key, after, names))
        for key in names.nodes
        if before.get(key) != after.get(key)
    ]


def _text(key: str, data: Mapping[str, Any], names: Names) -> str:
    given = data.get(key)
    return "" if given in (None, "", []) else names.value(key, given, data)
