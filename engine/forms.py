"""Forms from JSON Schema and uiSchema: what to show, what was posted, what is wrong with it, how it reads.

Pure: a schema, data and a post come in as values. The HTML is in templates/widgets, one file per control.
"""

from collections.abc import Iterable
from typing import Any

from engine import schemas
from engine.form_build import fields
from engine.form_check import problems
from engine.form_fields import Field, FormError
from engine.form_files import UploadRef, files
from engine.form_parse import decoded
from engine.form_schema import Schema
from engine.form_shape import initial, shape
from engine.form_shown import Shown, describe

__all__ = [
    "Field",
    "FormError",
    "Shown",
    "UploadRef",
    "decoded",
    "describe",
    "fields",
    "files",
    "initial",
    "parse",
    "problems",
    "shape",
    "validate",
]


def parse(
    schema: Schema,
    ui_schema: dict[str, Any] | None,
    posted: Iterable[tuple[str, str | UploadRef]],
    stored: Any = None,
) -> tuple[Any, list[FormError]]:
    """The filled form as data, and everything that is wrong with it: one error for each place.

    `stored`: see `decoded`.
    """
    data, unreadable = decoded(schema, ui_schema, posted, stored)
    told = {error.pointer for error in unreadable}
    return data, unreadable + [error for error in validate(schema, data) if error.pointer not in told]


def validate(schema: Schema, data: Any) -> list[FormError]:
    return [FormError(*error) for error in schemas.validate(schema, data)]
