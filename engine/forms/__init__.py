"""Forms from JSON Schema and uiSchema: what to show, what was posted, what is wrong with it, how it reads.

Pure: a schema, data and a post come in as values. The HTML is in templates/widgets, one file per control.
"""

from collections.abc import Iterable
from typing import Any

from engine import schemas
from engine.forms.attachments import files, takes_files
from engine.forms.build import fields
from engine.forms.check import problems
from engine.forms.display import Shown, describe
from engine.forms.drafts import modern
from engine.forms.field import Field, FormError
from engine.forms.form import UiSchema, begun
from engine.forms.read import decoded
from engine.forms.rows import initial, shape
from engine.forms.schema import Schema
from engine.forms.uploads import UploadRef
from engine.forms.writable import TRUSTED, admitted, covered, locked_part

__all__ = [
    "TRUSTED",
    "Field",
    "FormError",
    "Shown",
    "UiSchema",
    "UploadRef",
    "accepted",
    "admitted",
    "covered",
    "decoded",
    "describe",
    "fields",
    "files",
    "initial",
    "locked_part",
    "modern",
    "parse",
    "problems",
    "shape",
    "takes_files",
    "validate",
]


def parse(
    schema: Schema, ui_schema: dict[str, Any] | None, posted: Iterable[tuple[str, str | UploadRef]], stored: Any
) -> tuple[Any, list[FormError]]:
    """The filled form as data, and everything that is wrong with it: one error for each place.

    `stored`: see `decoded`.
    """
    data, unreadable = decoded(schema, ui_schema, posted, stored)
    data, refused = accepted(schema, ui_schema, data, stored)
    return data, _each_place_once([*unreadable, *refused])


def accepted(schema: Schema, ui_schema: dict[str, Any] | None, given: Any, stored: Any) -> tuple[Any, list[FormError]]:
    """The data as they may be kept, and what must be mended first. `stored`: the state the form was made from."""
    ui_schema = {} if ui_schema is None else ui_schema
    data, refused = admitted(schema, ui_schema, given, stored)
    wrong = schemas.checked(begun(schema, ui_schema).conditions.judge(schema), data)
    return data, _each_place_once([*refused, *_errors(wrong)])


def validate(schema: Schema, data: Any) -> list[FormError]:
    return _errors(schemas.validate(schema, data))


def _errors(found: list[schemas.Error]) -> list[FormError]:
    return [FormError(*error) for error in found]


def _each_place_once(errors: list[FormError]) -> list[FormError]:
    found: dict[str, FormError] = {}
    for error in errors:
        found.setdefault(error.pointer, error)
    return list(found.values())[: schemas.MAX_ERRORS]
