"""Sample data for a preview: what each field might hold, from its default, its examples or its kind."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.forms import schema as form_schema
from engine.wording.values import plain_name

_DAY = date(2030, 3, 12).isoformat()
_FORMATS = {"date": _DAY, "date-time": f"{_DAY}T09:30:00Z", "email": "ann@example.com", "uri": "https://example.com"}
MAX_DEPTH = 5


def sample(properties: Mapping[str, Any]) -> dict[str, Any]:
    """By the properties of a JSON Schema, which may be a draft's and so of any shape."""
    return {name: _value(name, part, 0) for name, part in properties.items() if isinstance(part, dict)}


def _value(name: str, schema: dict[str, Any], depth: int) -> Any:
    examples = schema.get("examples")
    if "default" in schema or "const" in schema:
        return schema.get("default", schema.get("const"))
    if isinstance(examples, list) and examples:
        return examples[0]
    if choices := form_schema.choices(schema):
        return choices[0].value
    return _of_kind(name, schema, depth)


def _of_kind(name: str, schema: dict[str, Any], depth: int) -> Any:
    kind = form_schema.kind(schema)
    if kind in ("number", "integer"):
        least, usual = schema.get("minimum"), 1200 if kind == "number" else 3
        return max(least, usual) if form_schema.is_number(least) else usual
    if kind == "boolean":
        return True
    if kind == "object":
        inner = schema.get("properties")
        given = inner if isinstance(inner, dict) and depth < MAX_DEPTH else {}
        return {key: _value(key, part, depth + 1) for key, part in given.items() if isinstance(part, dict)}
    if kind == "array":
        items = schema.get("items")
        return [_value(name, items, depth + 1)] if isinstance(items, dict) and depth < MAX_DEPTH else []
    shape = schema.get("format")
    return _FORMATS.get(shape, "") if isinstance(shape, str) and shape in _FORMATS else _word(name, schema)


def _word(name: str, schema: dict[str, Any]) -> str:
    title = schema.get("title")
    return f"[{title if isinstance(title, str) else plain_name(name)}]"
