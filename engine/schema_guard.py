"""What a JSON Schema somebody made may look like, checked when it is saved: bounded, closed in itself, no traps."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import re2
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError

from engine.schema_cost import LISTS, MAPS, SINGLE, cost_problems, target
from engine.schema_keywords import SLOW_FORMATS, pattern
from engine.schemas import Error, place

MAX_DEPTH, MAX_SCHEMAS, MAX_CHOICES = 20, 500, 1000
MAX_ITEMS, MAX_PATTERN = 1000, 500
# Words of older drafts, which nothing would check, and words whose checking can't be bounded.
FOREIGN = {
    **dict.fromkeys(("$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$vocabulary"), ""),
    "dependencies": " Write “dependentRequired” or “dependentSchemas”.",
    "additionalItems": " Write “items” beside “prefixItems”.",
    "unevaluatedProperties": " Write “additionalProperties”.",
    "unevaluatedItems": " Write “items”.",
}


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
        Draft202012Validator.check_schema(schema, format_checker=FormatChecker(formats=()))
    except SchemaError as wrong:
        yield Error(
            place([str(part) for part in wrong.absolute_path]),
            "schema",
            f"This is no JSON Schema: {wrong.message[:200]}",
        )
        return
    parts = [problem for path, part in found for problem in _part_problems(schema, path, part)]
    yield from parts or cost_problems(schema)


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


def _part_problems(root: dict[str, Any], path: list[str], part: dict[str, Any]) -> Iterator[Error]:
    here = place(path)
    for word, instead in FOREIGN.items():
        if word in part:
            yield Error(f"{here}/{word}", word, f"“{word}” is not supported.{instead}")
    yield from _reference_problems(root, here, part)
    yield from _size_problems(here, part)
    for name, field in part.get("properties", {}).items():
        if isinstance(field, bool):
            text = f"“{name}” is only {str(field).lower()}. Say what it is, or write {{}} where it can be anything."
            yield Error(f"{here}/properties/{name}", "properties", text)
    if part.get("format") in SLOW_FORMATS:
        yield Error(f"{here}/format", "format", f"Texts of the form “{part['format']}” cannot be checked here.")
    patterns = [part["pattern"]] if isinstance(part.get("pattern"), str) else []
    for text in [*patterns, *part.get("patternProperties", {})]:
        if len(text) > MAX_PATTERN:
            yield Error(f"{here}/pattern", "pattern", f"A pattern has at most {MAX_PATTERN} characters.")
            continue
        try:
            pattern(text)
        except re2.error as wrong:
            yield Error(f"{here}/pattern", "pattern", f"The pattern “{text[:60]}” cannot be used: {_said(wrong)}")


def _size_problems(here: str, part: dict[str, Any]) -> Iterator[Error]:
    if part.get("uniqueItems") and "maxItems" not in part:
        yield Error(f"{here}/uniqueItems", "uniqueItems", "A list of unique items needs “maxItems”.")
    for word in ("maxItems", "minItems"):
        if part.get(word, 0) > MAX_ITEMS:
            yield Error(f"{here}/{word}", word, f"A list has at most {MAX_ITEMS:,} entries.")
    for word in ("enum", "anyOf", "oneOf"):
        if len(part.get(word, [])) > MAX_CHOICES:
            yield Error(f"{here}/{word}", word, f"More than {MAX_CHOICES:,} choices.")


def _said(wrong: Exception) -> str:
    first = wrong.args[0] if wrong.args else ""
    return (first.decode(errors="replace") if isinstance(first, bytes) else str(first))[:100]


def _reference_problems(root: dict[str, Any], here: str, part: dict[str, Any]) -> Iterator[Error]:
    """References stay inside the schema."""
    reference = part.get("$ref")
    if reference is None:
        return
    if not reference.startswith(("#/$defs/", "#/definitions/")):
        yield Error(f"{here}/$ref", "$ref", f"“{reference[:80]}” is not a reference to #/$defs/….")
    elif target(root, reference) is None:
        yield Error(f"{here}/$ref", "$ref", f"There is no “{reference[:80]}”.")
