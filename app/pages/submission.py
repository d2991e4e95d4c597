"""A form made from a schema, as it was posted: read, checked, or changed in shape by one of its own buttons."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app import files
from app.access.principal import Principal
from app.store.db import Db
from app.web.request import Posted, text
from engine.forms import Field, FormError, admitted, decoded, fields, initial, parse, shape
from engine.forms import files as files_in
from engine.reasons import reason

Form = tuple[dict[str, Any], dict[str, Any]]


@dataclass(frozen=True)
class Filled:
    """done: without errors and sent, not only changed in shape."""

    form: Form
    stored: Any
    data: Any
    errors: list[FormError]
    done: bool

    def shown(self) -> Field:
        """With what was typed, and each error beside its field."""
        return fields(*self.form, self.data, self.errors, stored=self.stored)

    @property
    def files(self) -> list[tuple[str, dict[str, Any]]]:
        return list(files_in(*self.form, self.data))


def read(
    db: Db, principal: Principal, form: Form, posted: Posted, stored: Any, instance_id: UUID | None = None
) -> Filled:
    """`stored`: the state that the form was made from.

    Uploads are stored even when something else is wrong, so that nobody attaches them twice: let it be committed."""
    kept, refused = files.keep(db, principal, form, posted)
    action = text(posted, "_do")
    if action not in ("", "submit", "who"):
        data, _ = decoded(*form, kept, stored)
        return Filled(form, stored, shape(*form, data, action), refused, done=False)
    data, errors = parse(*form, kept, stored)
    wrong = refused + files.strangers(db, principal, files_in(*form, data), instance_id)
    told = {error.pointer for error in wrong}
    errors = wrong + [error for error in errors if error.pointer not in told]
    return Filled(form, stored, data, errors, done=not errors)


def carried_over(old: Form, old_stored: Any, new: Form, new_stored: Any, posted: Posted) -> Filled:
    """What was written into an older form, in the newer one, as far as that asks for it; nothing is sent."""
    typed = [(name, value) for name, value in posted if isinstance(value, str)]
    data, _ = admitted(*new, decoded(*old, typed, old_stored)[0], new_stored)
    return Filled(new, new_stored, initial(*new, data), [FormError("", "version", reason("form_changed"))], done=False)
