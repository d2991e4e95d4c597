"""What a JSON Schema somebody made may look like, checked when it is saved: bounded, closed in itself, no traps."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import re2
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError

from engine.reasons import reason
from engine.schema_cost import LISTS, MAPS, SINGLE, cost_problems, target
from engine.schema_keywords import SLOW_FORMATS, pattern
from engine.schemas import Error, place

MAX_DEPTH, MAX_SCHEMAS, MAX_CHOICES = 20, 500, 1000
MAX_ITEMS, MAX_PATTERN = 1000, 500
# Words of older drafts, which nothing would check, and words whose checking can't be bounded.
FOREIGN = ("$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$vocabulary")
INSTEAD = {
    "dependencies": ["dependentRequired", "dependentSchemas"],
    "additionalItems": ["items", "prefixItems"],
    "unevaluatedProperties": ["additionalProperties"],
    "unevaluatedItems": ["items"],
}


def check_schema(schema: Any) -> list[Error]:
    """What is wrong with it, by the place in the schema. Empty when it can be used on anything people send."""
    try:
        return list(_problems(schema))
    except RecursionError:
        return [Error("", "depth", reason("schema_depth", most=MAX_DEPTH))]


def _problems(schema: Any) -> Iterator[Error]:
    if not isinstance(schema, dict):
        yield Error("", "type", reason("schema_object"))
        return
    found = list(islice(_walk(schema, []), MAX_SCHEMAS + 1))
    if any(len(path) > MAX_DEPTH * 2 for path, _ in found):
        yield Error("", "depth", reason("schema_depth", most=MAX_DEPTH))
        return
    if len(found) > MAX_SCHEMAS:
        yield Error("", "size", reason("schema_parts", most=MAX_SCHEMAS))
        return
    try:
        Draft202012Validator.check_schema(schema, format_checker=FormatChecker(formats=()))
    except SchemaError as wrong:
        yield Error(
            place([str(part) for part in wrong.absolute_path]),
            "schema",
            reason("no_schema", error=wrong.message[:200]),
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
    yield from _foreign_words(here, part)
    yield from _reference_problems(root, here, part)
    yield from _size_problems(here, part)
    for name, field in part.get("properties", {}).items():
        if isinstance(field, bool):
            why = reason("field_true", field=name) if field else reason("field_false", field=name)
            yield Error(f"{here}/properties/{name}", "properties", why)
    if part.get("format") in SLOW_FORMATS:
        yield Error(f"{here}/format", "format", reason("format_slow", text=part["format"]))
    patterns = [part["pattern"]] if isinstance(part.get("pattern"), str) else []
    for text in [*patterns, *part.get("patternProperties", {})]:
        if len(text) > MAX_PATTERN:
            yield Error(f"{here}/pattern", "pattern", reason("pattern_long", most=MAX_PATTERN))
            continue
        try:
            pattern(text)
        except re2.error as wrong:
            yield Error(f"{here}/pattern", "pattern", reason("pattern_unusable", text=text[:60], error=_said(wrong)))


def _foreign_words(here: str, part: dict[str, Any]) -> Iterator[Error]:
    for word in FOREIGN:
        if word in part:
            yield Error(f"{here}/{word}", word, reason("keyword_foreign", word=word))
    for word, instead in INSTEAD.items():
        if word in part:
            yield Error(f"{here}/{word}", word, reason("keyword_instead", word=word, instead=instead))


def _size_problems(here: str, part: dict[str, Any]) -> Iterator[Error]:
    if part.get("uniqueItems") and "maxItems" not in part:
        yield Error(f"{here}/uniqueItems", "uniqueItems", reason("unique_unbounded"))
    for word in ("maxItems", "minItems"):
        if part.get(word, 0) > MAX_ITEMS:
            yield Error(f"{here}/{word}", word, reason("list_long", most=MAX_ITEMS))
    for word in ("enum", "anyOf", "oneOf"):
        if len(part.get(word, [])) > MAX_CHOICES:
            yield Error(f"{here}/{word}", word, reason("too_many_choices", most=MAX_CHOICES))


def _said(wrong: Exception) -> str:
    first = wrong.args[0] if wrong.args else ""
    return (first.decode(errors="replace") if isinstance(first, bytes) else str(first))[:100]


def _reference_problems(root: dict[str, Any], here: str, part: dict[str, Any]) -> Iterator[Error]:
    """References stay inside the schema."""
    reference = part.get("$ref")
    if reference is None:
        return
    if not reference.startswith(("#/$defs/", "#/definitions/")):
        yield Error(f"{here}/$ref", "$ref", reason("reference_outside", text=reference[:80]))
    elif target(root, reference) is None:
        yield Error(f"{here}/$ref", "$ref", reason("reference_nowhere", text=reference[:80]))
