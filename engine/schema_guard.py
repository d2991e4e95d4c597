"""What a JSON Schema somebody made may look like, checked when it is saved: bounded, closed in itself, no traps."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import re2
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from engine.schemas import Error, pattern, place

MAX_DEPTH, MAX_SCHEMAS, MAX_CHOICES = 20, 500, 1000
FOREIGN = ("$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$vocabulary")
MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
SINGLE = (
    "items",
    "contains",
    "not",
    "if",
    "then",
    "else",
    "additionalProperties",
    "propertyNames",
    "unevaluatedProperties",
    "unevaluatedItems",
)
# Each of these may try all of its branches again inside a branch: their product is what validation costs.
MAX_BRANCHES = 200


def check_schema(schema: Any) -> list[Error]:
    """What is wrong with it, by the place in the schema. Empty when it can be used on anything people send."""
    try:
        return list(_problems(schema))
    except RecursionError:
        return [Error("", "depth", f"The schema is nested deeper than {MAX_DEPTH} levels.")]


def _problems(schema: Any) -> Iterator[Error]:
    if not isinstance(schema, dict):
        yield Error("", "type", "A schema is a JSON object.")
        return
    found = list(islice(_walk(schema, []), MAX_SCHEMAS + 1))
    if any(len(path) > MAX_DEPTH * 2 for path, _ in found):
        yield Error("", "depth", f"The schema is nested deeper than {MAX_DEPTH} levels.")
        return
    if len(found) > MAX_SCHEMAS:
        yield Error("", "size", f"The schema has more than {MAX_SCHEMAS} parts.")
        return
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as wrong:
        yield Error(
            place([str(part) for part in wrong.absolute_path]),
            "schema",
            f"This is no JSON Schema: {wrong.message[:200]}",
        )
        return
    if _branches(schema) > MAX_BRANCHES:
        yield Error("", "size", "The schema has too many choices inside choices.")
    for path, part in found:
        yield from _part_problems(schema, path, part)


def _walk(schema: Any, path: list[str]) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """Every schema inside a schema with its place; stops a little below the depth that is allowed."""
    if not isinstance(schema, dict) or len(path) > MAX_DEPTH * 2 + 2:
        return
    yield path, schema
    for word in MAPS:
        if isinstance(schema.get(word), dict):
            for name, part in schema[word].items():
                yield from _walk(part, [*path, word, str(name)])
    for word in LISTS:
        if isinstance(schema.get(word), list):
            for number, part in enumerate(schema[word]):
                yield from _walk(part, [*path, word, str(number)])
    for word in SINGLE:
        yield from _walk(schema.get(word), [*path, word])


def _branches(schema: Any) -> int:
    """How often validation may look at one value: branches multiply with the branches inside them."""
    if not isinstance(schema, dict):
        return 1
    inside = [part for word in LISTS[:3] for part in schema.get(word, []) if isinstance(schema.get(word), list)]
    below = [schema.get(word) for word in SINGLE] + [
        part for word in MAPS for part in (schema.get(word) or {}).values()
    ]
    return max(sum(_branches(part) for part in inside), *(_branches(part) for part in below), 1)


def _part_problems(root: dict[str, Any], path: list[str], part: dict[str, Any]) -> Iterator[Error]:
    here = place(path)
    for word in FOREIGN:
        if word in part:
            yield Error(f"{here}/{word}", word, f"“{word}” is not supported.")
    yield from _reference_problems(root, here, part)
    patterns = [part["pattern"]] if isinstance(part.get("pattern"), str) else []
    for text in [*patterns, *part.get("patternProperties", {})]:
        try:
            pattern(text)
        except re2.error as wrong:
            yield Error(f"{here}/pattern", "pattern", f"The pattern “{text[:60]}” cannot be used: {_said(wrong)}")
    if part.get("uniqueItems") and "maxItems" not in part:
        yield Error(f"{here}/uniqueItems", "uniqueItems", "A list of unique items needs “maxItems”.")
    if len(part.get("enum", [])) > MAX_CHOICES:
        yield Error(f"{here}/enum", "enum", f"More than {MAX_CHOICES} choices.")


def _said(wrong: Exception) -> str:
    first = wrong.args[0] if wrong.args else ""
    return (first.decode(errors="replace") if isinstance(first, bytes) else str(first))[:100]


def _reference_problems(root: dict[str, Any], here: str, part: dict[str, Any]) -> Iterator[Error]:
    """References stay inside the schema and lead somewhere that is not only another reference back here."""
    seen: set[str] = set()
    target: Any = part
    while isinstance(target, dict) and isinstance(target.get("$ref"), str):
        reference = target["$ref"]
        if not reference.startswith(("#/$defs/", "#/definitions/")):
            yield Error(f"{here}/$ref", "$ref", f"“{reference[:80]}” is not a reference to #/$defs/….")
            return
        if reference in seen:
            yield Error(f"{here}/$ref", "$ref", f"“{reference[:80]}” refers to itself.")
            return
        seen.add(reference)
        _, word, *names = reference.split("/")
        target = root.get(word, {}).get("/".join(names)) if len(names) == 1 else None
        if target is None:
            yield Error(f"{here}/$ref", "$ref", f"There is no “{reference[:80]}”.")
            return
