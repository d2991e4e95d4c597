"""JSON Schema (2020-12) as we use it: no fetching, patterns on RE2, exact decimals, errors in plain words."""

from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

import re2
from jsonschema.exceptions import UnknownType, ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable

from engine import pointers
from engine.reasons import Reason, reason
from engine.schema_keywords import FORMATS, Validator

Schema = dict[str, Any]
MAX_ERRORS = 100
# With the guard's bound on branches they bound what an answer costs, whatever the schema.
MAX_VALUES, MAX_DEPTH = 25_000, 100
UNCHECKABLE = (UnknownType, AttributeError, TypeError, ValueError, ArithmeticError, re2.error)


class Error(NamedTuple):
    """keyword: the broken rule, as JSON Schema names it."""

    pointer: str
    keyword: str
    reason: Reason


def validate(schema: Schema, data: Any) -> list[Error]:
    """Every error, each once; for a missing field the pointer is that field's. Raises nothing for odd schemas."""
    return checked(validator(schema), data)


def checked(by: Any, data: Any) -> list[Error]:
    """Likewise by a `validator` that is used again and again."""
    if too_much := _too_much(data):
        return [too_much]
    try:
        found = [_told(error) for error, _ in zip(by.iter_errors(data), range(MAX_ERRORS), strict=False)]
    except RecursionError:
        return [Error("", "depth", reason("too_deep"))]
    except Unresolvable as wrong:
        return [Error("", "$ref", reason("form_reference", text=wrong.ref))]
    except UNCHECKABLE:
        return [Error("", "schema", reason("form_broken"))]
    return [error for number, error in enumerate(found) if error not in found[:number]]


def _too_much(data: Any) -> Error | None:
    """More values, or deeper ones, than any form asks for."""
    count, level = 0, [data]
    for _ in range(MAX_DEPTH):
        count += len(level)
        if count > MAX_VALUES:
            return Error("", "size", reason("too_many_values", most=MAX_VALUES))
        groups = [part.values() if isinstance(part, dict) else part for part in level if isinstance(part, dict | list)]
        level = [item for group in groups for item in group]
        if not level:
            return None
    return Error("", "depth", reason("too_deep"))


def validator(schema: Schema) -> Any:
    return Validator(schema, registry=Registry(), format_checker=FORMATS)


def holds(judge: Any, value: Any) -> bool:
    """Whether a value fits, by a validator; what can't be decided does not. Raises nothing for odd schemas."""
    try:
        return bool(judge.is_valid(value))
    except (RecursionError, Unresolvable, *UNCHECKABLE):
        return False


def place(path: list[str]) -> str:
    return reduce(pointers.join, path, "")


def _told(error: ValidationError) -> Error:
    path = [str(part) for part in error.absolute_path]
    keyword = str(error.validator)
    if keyword == "required":
        path.append(_missing(error))
    if keyword == "additionalProperties":
        path.append(_extra(error))
    return Error(place(path), keyword, _reason(keyword, error.validator_value))


def _missing(error: ValidationError) -> str:
    """The validator tells one missing name at a time, and only in its sentence."""
    wanted: Any = error.validator_value
    return next(str(name) for name in wanted if error.message.startswith(f"{name!r} "))


def _extra(error: ValidationError) -> str:
    known = (error.schema or {}).get("properties", {}) if isinstance(error.schema, dict) else {}
    instance: Any = error.instance
    return next((str(name) for name in instance if name not in known), "")


def _reason(keyword: str, wanted: Any) -> Reason:
    made = REASONS.get(keyword)
    return made(wanted) if made else reason("unfit")


def _type(wanted: Any) -> Reason:
    return reason("type", types=wanted if isinstance(wanted, list) else [wanted])


REASONS: dict[str, Callable[[Any], Reason]] = {
    "required": lambda _: reason("needed"),
    "dependentRequired": lambda _: reason("needed"),
    "additionalProperties": lambda _: reason("no_field"),
    "minLength": lambda least: reason("needed") if least == 1 else reason("characters_least", least=least),
    "maxLength": lambda most: reason("characters_most", most=most),
    "minimum": lambda least: reason("least", least=least),
    "maximum": lambda most: reason("most", most=most),
    "exclusiveMinimum": lambda least: reason("more_than", least=least),
    "exclusiveMaximum": lambda most: reason("less_than", most=most),
    "multipleOf": lambda step: reason("in_steps", size=step),
    "minItems": lambda least: reason("entries_least", least=least),
    "maxItems": lambda most: reason("entries_most", most=most),
    "uniqueItems": lambda _: reason("once"),
    "pattern": lambda _: reason("pattern"),
    "enum": lambda offered: reason("one_of", offered=[str(item)[:200] for item in offered[:20]]),
    "const": lambda wanted: reason("ticked") if wanted is True else reason("constant", wanted=str(wanted)[:200]),
    "type": _type,
    "format": lambda wanted: reason("format", format=wanted),
    "oneOf": lambda _: reason("one_answer"),
    "anyOf": lambda _: reason("no_answer"),
    "minProperties": lambda least: reason("fields_least", least=least),
    "maxProperties": lambda most: reason("fields_most", most=most),
}
