"""JSON Schema (2020-12) as we use it: no fetching, patterns on RE2, exact decimals, errors in plain words."""

from collections.abc import Callable
from decimal import Decimal
from functools import reduce
from typing import Any, NamedTuple

import re2
from jsonschema.exceptions import UnknownType, ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable

from engine import pointers
from engine.schema_keywords import FORMATS, Validator

Schema = dict[str, Any]
MAX_ERRORS = 100
# With the guard's bound on branches they bound what an answer costs, whatever the schema.
MAX_VALUES, MAX_DEPTH = 25_000, 100
FORMAT_WORDS = {
    "date": "a date, such as 2026-11-21",
    "date-time": "a date and time, such as 2026-11-21T09:30:00Z",
    "time": "a time, such as 09:30",
    "email": "an e-mail address, such as name@example.com",
    "uri": "a web address, such as https://example.com",
    "uuid": "an identifier (UUID)",
}
TYPE_WORDS = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "yes or no",
    "array": "a list",
    "object": "a group of fields",
    "null": "empty",
}


class Error(NamedTuple):
    pointer: str
    keyword: str
    message: str


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
        return [Error("", "depth", "This is nested too deeply.")]
    except Unresolvable as wrong:
        return [Error("", "$ref", f"The form refers to “{wrong.ref}”, which is not part of it.")]
    except (UnknownType, AttributeError, TypeError, ValueError, ArithmeticError, re2.error):
        return [Error("", "schema", "The form is not written so that anything can be checked with it.")]
    return list(dict.fromkeys(found))


def _too_much(data: Any) -> Error | None:
    """More values, or deeper ones, than any form asks for."""
    count, level = 0, [data]
    for _ in range(MAX_DEPTH):
        count += len(level)
        if count > MAX_VALUES:
            return Error("", "size", f"This holds more than {MAX_VALUES:,} values.")
        groups = [part.values() if isinstance(part, dict) else part for part in level if isinstance(part, dict | list)]
        level = [item for group in groups for item in group]
        if not level:
            return None
    return Error("", "depth", "This is nested too deeply.")


def validator(schema: Schema) -> Any:
    return Validator(schema, registry=Registry(), format_checker=FORMATS)


def place(path: list[str]) -> str:
    return reduce(pointers.join, path, "")


def _told(error: ValidationError) -> Error:
    path = [str(part) for part in error.absolute_path]
    keyword = str(error.validator)
    if keyword == "required":
        path.append(_missing(error))
    if keyword == "additionalProperties":
        path.append(_extra(error))
    return Error(place(path), keyword, _words(keyword, error))


def _missing(error: ValidationError) -> str:
    """The validator tells one missing name at a time, and only in its sentence."""
    wanted: Any = error.validator_value
    return next(str(name) for name in wanted if error.message.startswith(f"{name!r} "))


def _extra(error: ValidationError) -> str:
    known = (error.schema or {}).get("properties", {}) if isinstance(error.schema, dict) else {}
    instance: Any = error.instance
    return next((str(name) for name in instance if name not in known), "")


def _words(keyword: str, error: ValidationError) -> str:
    words = WORDS.get(keyword)
    return words(error.validator_value) if words else "This does not fit here."


def _choices(values: list[Any]) -> str:
    return f"Choose one of: {', '.join(str(item)[:200] for item in values[:20])}."


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int | Decimal) else str(value)


def _type_words(wanted: Any) -> str:
    names = wanted if isinstance(wanted, list) else [wanted]
    return " or ".join(TYPE_WORDS.get(str(name), str(name)) for name in names)


WORDS: dict[str, Callable[[Any], str]] = {
    "required": lambda _: "This is needed.",
    "dependentRequired": lambda _: "This is needed.",
    "additionalProperties": lambda _: "There is no such field here.",
    "minLength": lambda least: "This is needed." if least == 1 else f"At least {least} characters.",
    "maxLength": lambda most: f"At most {most} characters.",
    "minimum": lambda least: f"At least {_number(least)}.",
    "maximum": lambda most: f"At most {_number(most)}.",
    "exclusiveMinimum": lambda least: f"More than {_number(least)}.",
    "exclusiveMaximum": lambda most: f"Less than {_number(most)}.",
    "multipleOf": lambda step: f"In steps of {_number(step)}.",
    "minItems": lambda least: f"At least {least} of them.",
    "maxItems": lambda most: f"At most {most} of them.",
    "uniqueItems": lambda _: "Each of them only once.",
    "pattern": lambda _: "This does not have the form that is asked for.",
    "enum": _choices,
    "const": lambda wanted: "This must be ticked." if wanted is True else f"This must be {str(wanted)[:200]}.",
    "type": lambda wanted: f"This must be {_type_words(wanted)}.",
    "format": lambda wanted: f"This must be {FORMAT_WORDS.get(str(wanted), f'of the form “{wanted}”')}.",
    "oneOf": lambda _: "Choose one of the given answers.",
    "anyOf": lambda _: "This is none of the given answers.",
    "minProperties": lambda least: f"At least {least} fields.",
    "maxProperties": lambda most: f"At most {most} fields.",
}
