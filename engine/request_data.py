"""Data that comes from elsewhere than a form: a branch's values, another system's answer, a correction."""

from collections.abc import Collection
from typing import Any

from engine.json_text import dumps
from engine.pointers import split
from engine.schemas import Error, Schema, validate


def misfits(schema: Schema, data: dict[str, Any], values: dict[str, Any], cleared: Collection[str] = ()) -> list[Error]:
    """What is wrong with these values and without what is cleared; what was missing or wrong elsewhere before is not
    their fault."""
    wrong = validate(schema, {name: value for name, value in (data | values).items() if name not in cleared})
    before = validate(schema, data) if wrong else []
    return [error for error in wrong if error not in before or set(split(error.pointer)[:1]) & values.keys()]


def size(value: Any) -> int:
    """Bytes of its JSON."""
    return len(dumps(value))
