"""JSON Schema (2020-12) as we use it: no fetching, patterns on RE2, exact decimals, errors in plain words."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache, reduce
from typing import Any, NamedTuple

import re2
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable

from engine import pointers

Schema = dict[str, Any]
MAX_ERRORS = 100
FORMATS = FormatChecker()
# A time of day as a browser sends it; JSON Schema's own needs a time zone, which nobody types.
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
FORMATS.checks("time")(lambda value: not isinstance(value, str) or bool(CLOCK.fullmatch(value)))
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
    try:
        found = [_told(error) for error, _ in zip(validator(schema).iter_errors(data), range(MAX_ERRORS), strict=False)]
    except RecursionError:
        return [Error("", "depth", "This is nested too deeply.")]
    except Unresolvable as wrong:
        return [Error("", "$ref", f"The form refers to “{wrong.ref}”, which is not part of it.")]
    return list(dict.fromkeys(found))


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
    wanted: Any = error.validator_value
    words = {
        "required": "This is needed.",
        "additionalProperties": "There is no such field here.",
        "minLength": "This is needed." if wanted == 1 else f"At least {wanted} characters.",
        "maxLength": f"At most {wanted} characters.",
        "minimum": f"At least {_number(wanted)}.",
        "maximum": f"At most {_number(wanted)}.",
        "exclusiveMinimum": f"More than {_number(wanted)}.",
        "exclusiveMaximum": f"Less than {_number(wanted)}.",
        "multipleOf": f"In steps of {_number(wanted)}.",
        "minItems": f"At least {wanted} of them.",
        "maxItems": f"At most {wanted} of them.",
        "uniqueItems": "Each of them only once.",
        "pattern": "This does not have the form that is asked for.",
        "enum": f"Choose one of: {', '.join(str(item) for item in wanted[:20])}." if keyword == "enum" else "",
        "const": "This must be ticked." if wanted is True else f"This must be {wanted}.",
        "type": f"This must be {_type_words(wanted)}.",
        "format": f"This must be {FORMAT_WORDS.get(str(wanted), f'of the form “{wanted}”')}.",
        "oneOf": "Choose one of the given answers.",
        "anyOf": "This is none of the given answers.",
        "minProperties": f"At least {wanted} fields.",
        "maxProperties": f"At most {wanted} fields.",
    }
    return words.get(keyword) or "This does not fit here."


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int | Decimal) else str(value)


def _type_words(wanted: Any) -> str:
    names = wanted if isinstance(wanted, list) else [wanted]
    return " or ".join(TYPE_WORDS.get(str(name), str(name)) for name in names)


@lru_cache(maxsize=1000)
def pattern(text: str) -> Any:
    """Compiled by RE2, which takes linear time. Raises re2.error for what it does not know, such as look-ahead."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(text, options)


def _pattern(_: Any, wanted: str, instance: Any, __: Schema) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not pattern(wanted).search(instance):
        yield ValidationError(f"{instance[:40]!r} does not match")


def _pattern_properties(own: Any, wanted: Schema, instance: Any, _: Schema) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    for text, schema in wanted.items():
        for name, value in instance.items():
            if pattern(text).search(name):
                yield from own.descend(value, schema, path=name, schema_path=text)


def _multiple_of(_: Any, wanted: Any, instance: Any, __: Schema) -> Iterator[ValidationError]:
    if isinstance(instance, bool) or not isinstance(instance, int | float | Decimal):
        return
    if Decimal(str(instance)) % Decimal(str(wanted)):
        yield ValidationError(f"{instance} is not a multiple of {wanted}")


Validator = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {"pattern": _pattern, "patternProperties": _pattern_properties, "multipleOf": _multiple_of},
)
