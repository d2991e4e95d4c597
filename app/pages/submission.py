"""A form made from a schema, as it was posted: read, checked, or changed in shape by one of its own buttons."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app import files
from app.access.principal import Principal
from app.store.db import Db
from app.web.request import Posted, text
from engine.forms import Field, FormError, decoded, fields, parse, shape
from engine.forms import files as files_in

Form = tuple[dict[str, Any], dict[str, Any]]


@dataclass(frozen=True)
class Filled:
    """done: without errors and sent, not only changed in shape."""

    form: Form
    data: Any
    errors: list[FormError]
    done: bool

    def shown(self) -> Field:
        """With what was typed, and each error beside its field."""
        return fields(*self.form, self.data, self.errors)

    @property
    def files(self) -> list[tuple[str, dict[str, Any]]]:
        return list(files_in(*self.form, self.data))


def read(
    db: Db, principal: Principal, form: Form, posted: Posted, stored: Any = None, instance_id: UUID | None = None
) -> Filled:
    """Uploads are stored even when something else is wrong, so that nobody attaches them twice: let it be committed."""
    kept, refused = files.keep(db, principal, posted)
    action = text(posted, "_do")
    if action not in ("", "submit", "who"):
        data, _ = decoded(*form, kept, stored)
        return Filled(form, shape(*form, data, action), refused, done=False)
    data, errors = parse(*form, kept, stored)
    wrong = refused + files.strangers(db, principal, files_in(*form, data), instance_id)
    told = {error.pointer for error in wrong}
    errors = wrong + [error for error in errors if error.pointer not in told]
    return Filled(form, data, errors, done=not errors)
