"""What a JSON Schema says at one place, with its references and combinations folded into one dictionary."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple, TypeGuard
from urllib.parse import unquote

import msgspec
from msgspec import UNSET

from engine import json_text, numbers
from engine.pointers import look, split

Schema = dict[str, Any]

MAX_HOPS = 20
# A place with one of these is asked for as JSON, until there are controls for them.
_UNDRAWN = ("anyOf", "oneOf", "not", "$dynamicRef")
_MORE = ("patternProperties", "dependencies", "not", "$dynamicRef")
# Under this word a resolved schema has its conditions: those of all its parts, beside one another.
WHEN = "$when"
_CONDITIONS = ("if", "then", "else", "dependentSchemas", "dependentRequired")
# More than one choice of variants at one place, of which a form can show one.
CLASH = "$clash"

_INSIDE = ("properties", "patternProperties", "$defs", "definitions")
_BOUNDS: dict[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
}

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
    if any(word in schema for word in _UNDRAWN) and "properties" not in schema and not has_choices(schema):
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


def has_choices(schema: Schema) -> bool:
    """Whether there are values to choose from, so that nothing else may be entered."""
    return isinstance(schema.get("enum"), list) or bool(_constants(schema))


def choices(schema: Schema, names: Any = None) -> list[Choice]:
    """The values to choose from; none where anything may be entered. `names`: labels by position."""
    if isinstance(schema.get("enum"), list):
        given = names if isinstance(names, list) else schema.get("enumNames")
        labels = given if isinstance(given, list) else []
        return [
            Choice(value, str(labels[at]) if at < len(labels) else label(value))
            for at, value in enumerate(schema["enum"])
        ]
    return [Choice(one["const"], str(one.get("title") or label(one["const"]))) for one in _constants(schema)]


def _constants(schema: Schema) -> list[Schema]:
    options = schema.get("oneOf") or schema.get("anyOf")
    options = options if isinstance(options, list) else []
    return options if all(isinstance(one, dict) and "const" in one for one in options) else []


def label(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if value is None:
        return "None"
    return value if isinstance(value, str) else to_json(value)


def is_number(value: Any) -> TypeGuard[int | Decimal]:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def size(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else otherwise


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
    own = {key: value for key, value in schema.items() if key not in ("$ref", "allOf", *_CONDITIONS)}
    if conditions := [*own.pop(WHEN, ()), *_conditions(schema)]:
        own[WHEN] = conditions
    return _without_null_option(_merged([*parts, own]), root, followed, hops)


def _conditions(schema: Schema) -> Iterator[Schema]:
    """Each with `if`, `then` and `else`, or with `then` for when a property is `given`."""
    if "if" in schema:
        yield {word: schema[word] for word in ("if", "then", "else") if word in schema}
    for word in ("dependentSchemas", "dependentRequired"):
        parts = schema.get(word)
        for name, part in parts.items() if isinstance(parts, dict) else ():
            yield {"given": name, "then": {"required": part} if word == "dependentRequired" else part}


def _target(reference: str, root: Schema) -> Any:
    """Only places of the same document: nothing is ever fetched."""
    return look(root, split(unquote(reference[1:]))) if reference.startswith("#") else UNSET


def _merged(parts: list[Schema]) -> Schema:
    """One schema that asks for what all of them ask for, as far as a control can show it."""
    merged: Schema = {}
    for part in parts:
        if any(word in part and word in merged for word in ("anyOf", "oneOf")):
            merged[CLASH] = True
        for word, value in part.items():
            merged[word] = _both(word, merged[word], value) if word in merged else value
    return merged


def _both(word: str, one: Any, other: Any) -> Any:
    """Of words that only tell something, such as a title, the later one counts."""
    if word in _INSIDE and isinstance(one, dict) and isinstance(other, dict):
        common = {name: {"allOf": [one[name], other[name]]} for name in one.keys() & other.keys()}
        return {**one, **other, **common}
    if word in ("items", "additionalProperties"):
        return False if one is False or other is False else {"allOf": [one, other]} if other is not True else one
    if word == "type":
        return _common_types(one, other)
    if isinstance(one, list) and isinstance(other, list) and word in ("required", "enum", "prefixItems"):
        return _lists(word, one, other)
    if word == WHEN:
        return [*one, *other]
    if word in _BOUNDS and is_number(one) and is_number(other):
        return _BOUNDS[word](one, other)
    return one or other if word in ("readOnly", "uniqueItems") else other


def _lists(word: str, one: list[Any], other: list[Any]) -> list[Any]:
    if word == "enum":
        return [value for value in one if any(same(value, wanted) for wanted in other)]
    if word == "required":
        return [*one, *other]
    both = [{"allOf": list(pair)} for pair in zip(one, other, strict=False)]
    return [*both, *max(one, other, key=len)[len(both) :]]


def _common_types(one: Any, other: Any) -> Any:
    """A whole number is a number, too."""
    first, second = (value if isinstance(value, list) else [value] for value in (one, other))
    common = [name for name in first if name in second or (name == "integer" and "number" in second)]
    common += [name for name in second if name == "integer" and "number" in first and name not in common]
    return common[0] if len(common) == 1 else common or other


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
