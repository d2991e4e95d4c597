"""JSON Schema's keywords whose usual reading is slow or inexact: RE2, exact decimals, linear comparisons."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

import re2
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from engine.schema_dependents import dependent_required, dependent_schemas

Schema = dict[str, Any]
# What these take grows faster than the text: seconds for some thousand letters.
SLOW_FORMATS = {"regex", "iri", "iri-reference"}
FORMATS = FormatChecker(formats=sorted(FormatChecker.checkers.keys() - SLOW_FORMATS))
# A time of day as a browser sends it; JSON Schema's own needs a time zone, which nobody types.
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
FORMATS.checks("time")(lambda value: not isinstance(value, str) or bool(CLOCK.fullmatch(value)))


@lru_cache(maxsize=1000)
def pattern(text: str) -> Any:
    """Compiled by RE2, which takes linear time. Raises re2.error for what it does not know, such as look-ahead."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(text, options)


def only_constants(options: Any) -> bool:
    """Choices with titles, which are looked up and not tried one after the other."""
    return isinstance(options, list) and all(isinstance(one, dict) and one.keys() <= _CHOICE for one in options)


_CHOICE = {"const", "title", "description"}


def _pattern(_: Any, wanted: str, instance: Any, __: Schema) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not pattern(wanted).search(instance):
        yield ValidationError("it does not match")


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
    try:
        rest = Decimal(str(instance)) % Decimal(str(wanted))
    except (ArithmeticError, ValueError):
        rest = Decimal(1)
    if rest:
        yield ValidationError("it is not a multiple")


def _enum(_: Any, wanted: list[Any], instance: Any, __: Schema) -> Iterator[ValidationError]:
    if not _among(wanted, instance):
        yield ValidationError("it is no choice")


def _among(values: list[Any], instance: Any) -> bool:
    """Python's own comparison finds it fast; JSON's then tells 1 from true."""
    return instance in values and _key(instance) in map(_key, values)


def _unique_items(_: Any, wanted: Any, instance: Any, __: Schema) -> Iterator[ValidationError]:
    if wanted and isinstance(instance, list) and len({_key(item) for item in instance}) < len(instance):
        yield ValidationError("it repeats an entry")


def _key(value: Any) -> Any:
    """Hashable, and equal for what JSON calls equal."""
    if isinstance(value, dict):
        return "object", frozenset((name, _key(item)) for name, item in value.items())
    if isinstance(value, list):
        return "list", tuple(map(_key, value))
    return isinstance(value, bool), value


def _one_of(own: Any, wanted: list[Any], instance: Any, schema: Schema) -> Iterator[ValidationError]:
    if not only_constants(wanted):
        yield from Draft202012Validator.VALIDATORS["oneOf"](own, wanted, instance, schema)
    elif sum(_is_choice(option, instance) for option in wanted) != 1:
        yield ValidationError("it is no choice")


def _any_of(own: Any, wanted: list[Any], instance: Any, schema: Schema) -> Iterator[ValidationError]:
    if not only_constants(wanted):
        yield from Draft202012Validator.VALIDATORS["anyOf"](own, wanted, instance, schema)
    elif not any(_is_choice(option, instance) for option in wanted):
        yield ValidationError("it is no choice")


def _is_choice(option: Schema, instance: Any) -> bool:
    return "const" not in option or (option["const"] == instance and _key(option["const"]) == _key(instance))


Validator = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "multipleOf": _multiple_of,
        "enum": _enum,
        "uniqueItems": _unique_items,
        "oneOf": _one_of,
        "anyOf": _any_of,
        "dependentRequired": dependent_required,
        "dependentSchemas": dependent_schemas,
    },
)
