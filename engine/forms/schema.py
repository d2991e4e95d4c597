"""What a JSON Schema says at one place, with its references and combinations folded into one dictionary."""

from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import unquote

import msgspec
from msgspec import UNSET

from engine import json_text, numbers
from engine.pointers import look, split

Schema = dict[str, Any]

MAX_HOPS = 20
# A place with one of these is asked for as JSON, until there are controls for them.
_UNDRAWN = ("anyOf", "oneOf", "not", "$dynamicRef")
_MORE = ("patternProperties", "if", "dependentSchemas", "dependencies", *_UNDRAWN)

_encoder = msgspec.json.Encoder(decimal_format="number", enc_hook=str)
_decoder = msgspec.json.Decoder(float_hook=lambda text: numbers.plain(Decimal(text)))


class Choice(NamedTuple):
    value: Any
    label: str


def resolve(schema: Any, root: Schema) -> tuple[Schema, frozenset[str]]:
    """The schema without `$ref`, `allOf` and "or null" unions, and the references that were followed."""
    followed: set[str] = set()
    folded = _folded(schema, root, followed, MAX_HOPS)
    if folded.get("type") == "null":
        folded["const"] = None
    if isinstance(folded.get("items"), list):
        folded |= {"prefixItems": folded["items"], "items": folded.get("additionalItems", True)}
    return folded, frozenset(followed)


def types(schema: Schema) -> list[str]:
    """Names of the types a value may have; guessed from the keywords where the schema is silent."""
    named = schema.get("type")
    if isinstance(named, str):
        return [named]
    if isinstance(named, list):
        return [str(name) for name in named]
    if "properties" in schema:
        return ["object"]
    return ["array"] if "items" in schema or "prefixItems" in schema else []


def kind(schema: Schema) -> str:
    """The one type that a control can be made for, or "any"."""
    if any(word in schema for word in _UNDRAWN) and "properties" not in schema and choices(schema) is None:
        return "any"
    names = [name for name in types(schema) if name != "null"]
    if names and set(names) <= {"number", "integer"}:
        return "number" if "number" in names else "integer"
    return names[0] if len(names) == 1 else "any"


def nullable(schema: Schema) -> bool:
    return "null" in types(schema)


def open_ended(schema: Schema) -> bool:
    """Whether an object may hold more than its named properties, in a way that somebody wrote down."""
    return bool(schema.get("additionalProperties")) or any(word in schema for word in _MORE)


def choices(schema: Schema, names: Any = None) -> list[Choice] | None:
    """The values to choose from, or None where anything may be entered. `names`: labels by position."""
    if isinstance(schema.get("enum"), list):
        labels = names if isinstance(names, list) else schema.get("enumNames") or []
        return [
            Choice(value, str(labels[at]) if at < len(labels) else label(value))
            for at, value in enumerate(schema["enum"])
        ]
    options = schema.get("oneOf") or schema.get("anyOf")
    if isinstance(options, list) and options and all(map(_is_constant, options)):
        return [Choice(option["const"], str(option.get("title") or label(option["const"]))) for option in options]
    return None


def label(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if value is None:
        return "None"
    return value if isinstance(value, str) else to_json(value)


def same(one: Any, other: Any) -> bool:
    """Equality as JSON means it: 1 and 1.0 are the same, 1 and true are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def digest(value: Any) -> str:
    """A short name for a value, the same for equal ones."""
    return sha256(json_text.canonical(_comparable(value))).hexdigest()[:16]


def _comparable(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _comparable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return Decimal(str(value)).normalize()
    return str(value) if isinstance(value, str) else value


def to_json(value: Any, indent: int = -1) -> str:
    """`indent` -1: on one line."""
    return msgspec.json.format(_encoder.encode(value), indent=indent).decode()


def from_json(text: str) -> Any:
    """Raises msgspec.DecodeError, numbers.Unreadable or RecursionError."""
    return _decoder.decode(text)


def _folded(schema: Any, root: Schema, followed: set[str], hops: int) -> Schema:
    """Always a dictionary of its own."""
    if not isinstance(schema, dict) or hops == 0:
        return {}
    parts = [_folded(part, root, followed, hops - 1) for part in schema.get("allOf") or ()]
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference not in followed:
        followed.add(reference)
        parts.insert(0, _folded(_target(reference, root), root, followed, hops - 1))
    own = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
    return _without_null_option(_merged([*parts, own]), root, followed, hops)


def _target(reference: str, root: Schema) -> Any:
    """Only places of the same document: nothing is ever fetched."""
    return look(root, split(unquote(reference[1:]))) if reference.startswith("#") else UNSET


def _merged(parts: list[Schema]) -> Schema:
    merged: Schema = {}
    for part in parts:
        for key, value in part.items():
            if key in ("properties", "$defs", "definitions") and isinstance(merged.get(key), dict):
                merged[key] = {**merged[key], **value}
            elif key == "required" and isinstance(merged.get(key), list):
                merged[key] = [*merged[key], *value]
            else:
                merged[key] = value
    return merged


def _without_null_option(schema: Schema, root: Schema, followed: set[str], hops: int) -> Schema:
    """One schema "or null" is that schema with a second type."""
    for word in ("anyOf", "oneOf"):
        options = schema.get(word)
        if not isinstance(options, list) or {"type": "null"} not in options or len(options) != 2:
            continue
        only = _folded(next(one for one in options if one != {"type": "null"}), root, followed, hops - 1)
        if "enum" in only or "const" in only or not types(only):
            continue
        rest = {key: value for key, value in schema.items() if key != word}
        return {**only, **rest, "type": [*types(only), "null"]}
    return schema


def _is_constant(option: Any) -> bool:
    return isinstance(option, dict) and "const" in option
