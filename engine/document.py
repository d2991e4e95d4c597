"""The published JSON Schema of a definition: its frame is schema.json, each step type adds its settings."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from engine.steps import step_types
from engine.who import who_schema


@cache
def document_schema(channels: tuple[str, ...] = ()) -> dict[str, Any]:
    """channels: those that there are; without any, every word may be one."""
    frame: dict[str, Any] = json.loads((Path(__file__).parent / "schema.json").read_text())
    types = step_types()
    step = frame["$defs"]["step"]
    step["properties"]["type"]["enum"] = list(types)
    step["allOf"] = [
        {
            "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
            "then": {"$ref": f"#/$defs/{name}_step"},
        }
        for name in types
    ]
    frame["$defs"] |= {f"{name}_step": _settings(kind.SCHEMA, step["properties"]) for name, kind in types.items()}
    frame["$defs"] |= shared()
    if channels:
        frame["properties"]["channels"]["items"] = {"enum": list(channels)}
    return frame


def settings_schema(kind: str) -> dict[str, Any]:
    """The settings of one step type by themselves, with what they refer to."""
    return {**step_types()[kind].SCHEMA, "$defs": shared()}


@cache
def shared() -> dict[str, Any]:
    """What the schemas of settings refer to as #/$defs/…"""
    return {"who": who_schema()}


def _settings(schema: dict[str, Any], common: dict[str, Any]) -> dict[str, Any]:
    """A type's settings closed against misspelt ones; what every step has is allowed beside them."""
    allowed = dict.fromkeys(common, True)
    return {**schema, "properties": {**allowed, **schema.get("properties", {})}, "additionalProperties": False}
