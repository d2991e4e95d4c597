"""The published JSON Schema of a definition: its frame is schema.json, each step type adds its settings."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from engine.registry import discover


@cache
def document_schema() -> dict[str, Any]:
    frame: dict[str, Any] = json.loads((Path(__file__).parent / "schema.json").read_text())
    types = discover("engine.steps")
    step = frame["$defs"]["step"]
    step["properties"]["type"]["enum"] = list(types)
    step["allOf"] = [
        {
            "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
            "then": {"$ref": f"#/$defs/{name}"},
        }
        for name in types
    ]
    frame["$defs"] |= {name: _settings(module.SCHEMA, step["properties"]) for name, module in types.items()}
    return frame


def _settings(schema: dict[str, Any], common: dict[str, Any]) -> dict[str, Any]:
    """A type's settings closed against misspelt ones; what every step has is allowed beside them."""
    allowed = dict.fromkeys(common, True)
    return {**schema, "properties": {**allowed, **schema.get("properties", {})}, "additionalProperties": False}
