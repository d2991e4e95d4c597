"""Forms from JSON Schema and uiSchema: what to show, what was posted, what is wrong with it, how it reads.

Pure: a schema, data and a post come in as values. The HTML is in templates/widgets, one file per control.
"""

from collections.abc import Iterable
from typing import Any

from engine import schemas
from engine.forms.build import fields
from engine.forms.check import problems
from engine.forms.display import Shown, describe
from engine.forms.field import Field, FormError
from engine.forms.read import decoded
from engine.forms.rows import initial, shape
from engine.forms.schema import Schema
from engine.forms.uploads import UploadRef, files

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
