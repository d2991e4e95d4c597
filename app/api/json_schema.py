"""JSON Schema (2020-12) made from the Structs that calls take and answer with."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.json import schema_components

from engine.described import described
from engine.schemas import validator

Schema = dict[str, Any]

PLACE = "#/components/schemas/"
EXACT = {"type": "string", "format": "decimal"}


def components(shapes: Iterable[type[Struct]]) -> tuple[dict[type[Struct], Schema], dict[str, Schema]]:
    """A reference to each, and all that those lead to by name, as an OpenAPI document holds them."""
    known = list(dict.fromkeys(shapes))
    references, made = schema_components(known, ref_template=PLACE + "{name}")
    return dict(zip(known, references, strict=True)), {name: _plain(described(schema)) for name, schema in made.items()}


def _plain(schema: Any) -> Any:
    """As our validator and our readers like it: alternatives without need in one, exact numbers as numbers."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: value if name == "examples" else _plain(value) for name, value in schema.items()}
    if made.items() >= EXACT.items():
        del made["format"]
        made["type"] = "number"
    if len(made.get("enum", ())) == 1:
        made["const"] = made.pop("enum")[0]
    alternatives = made.get("anyOf", [])
    if alternatives and not any("$ref" in one for one in alternatives):
        del made["anyOf"]
        made = _together(alternatives) | made
    return made


def _together(alternatives: list[Schema]) -> Schema:
    """Scalars of different types, whose keywords do not meet: {"type": ["string", "null"], "maxLength": 40}."""
    made: Schema = {}
    for one in alternatives:
        made |= one
    if "enum" in made:
        return {name: value for name, value in made.items() if name != "type"} | {"enum": [*made["enum"], None]}
    return made | {"type": [one["type"] for one in alternatives]}


def inlined(schema: Any, known: dict[str, Schema]) -> Any:
    """A copy without references. What stands beside one is added to what it leads to."""
    if isinstance(schema, list):
        return [inlined(item, known) for item in schema]
    if not isinstance(schema, dict):
        return schema
    beside = {name: inlined(value, known) for name, value in schema.items() if name != "$ref"}
    if not schema.get("$ref", "").startswith(PLACE):
        return beside | ({"$ref": schema["$ref"]} if "$ref" in schema else {})
    return inlined(known[schema["$ref"].removeprefix(PLACE)], known) | beside


@cache
def schema_of(shape: type[Struct]) -> Schema:
    """In one piece."""
    references, known = components([shape])
    made: Schema = inlined(references[shape], known)
    return made


@cache
def validator_of(shape: type[Struct]) -> Any:
    return validator(_told_apart(schema_of(shape)))


def _told_apart(schema: Any) -> Any:
    """Alternatives with a tag as a rule for each tag: what is wrong is then named inside of the one that is meant."""
    if isinstance(schema, list):
        return [_told_apart(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: _told_apart(value) for name, value in schema.items()}
    if "discriminator" not in inner:
        return inner
    tag = inner.pop("discriminator")["propertyName"]
    found = {one["properties"][tag]["const"]: one for one in inner.pop("anyOf")}
    of_tag = {name: {"required": [tag], "properties": {tag: {"const": name}}} for name in found}
    rules = [{"if": of_tag[name], "then": one} for name, one in found.items()]
    return inner | {"type": "object", "required": [tag], "properties": {tag: {"enum": list(found)}}, "allOf": rules}
