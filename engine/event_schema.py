"""The published JSON Schema of the record's events, made of the classes that the events are."""

from functools import cache
from typing import Any

from msgspec import json

from engine.described import described
from engine.events import all_types
from engine.state import FORMAT


@cache
def event_schema() -> dict[str, Any]:
    """A tagged union: `type` says what `data` holds. Fields that a later release adds are allowed."""
    kinds = all_types()
    shapes, parts = json.schema_components(kinds.values(), ref_template="#/$defs/{name}")
    union = [_tagged(name, kind.LABEL, shape) for (name, kind), shape in zip(kinds.items(), shapes, strict=True)]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"An event of the record, format {FORMAT}",
        "description": "x-personal: hashed as a salted digest, the value as a whole or each of its members. "
        "What was erased of it is null.",
        "oneOf": union,
        "$defs": described(parts),
    }


def _tagged(name: str, label: str, shape: dict[str, Any]) -> dict[str, Any]:
    properties = {"type": {"const": name}, "data": shape}
    return {"title": label, "type": "object", "required": ["type", "data"], "properties": properties}
