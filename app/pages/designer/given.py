"""Edits as they are posted: a field for each part of one, or all of it as JSON; as a list, several."""

from typing import Any

import msgspec

from app.errors import Invalid
from app.web.request import Posted, text, texts
from designer.edits import Edit, EditRefused, kinds, read_edit
from engine import json_text
from engine.reasons import reason

MOST_EDITS = 100
_JSON = ("value", "settings", "fragment", "document", "schema", "ui")


def revision_of(posted: Posted) -> int:
    given = text(posted, "revision")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise Invalid.because("/revision", reason("say_revision"))
    return int(given)


def edits_of(posted: Posted) -> list[Edit]:
    """Raises Invalid."""
    given = _given(posted)
    several = given if isinstance(given, list) else [given]
    if not 0 < len(several) <= MOST_EDITS:
        raise Invalid.because("/edit", reason("edits_at_once", most=MOST_EDITS))
    try:
        return [read_edit(one, strict=False) for one in several]
    except EditRefused as refused:
        raise Invalid.because("/edit", refused.reason) from refused


def _given(posted: Posted) -> Any:
    written = text(posted, "edit")
    if written.lstrip().startswith(("{", "[")):
        return json_of(written)
    names = kinds()[written].__struct_fields__ if written in kinds() else ()
    return {"edit": written} | {name: _value(posted, name) for name in names if any(key == name for key, _ in posted)}


def _value(posted: Posted, name: str) -> Any:
    """Lists are posted value by value; what is no text is posted as JSON."""
    if name == "order":
        return texts(posted, name)
    given = text(posted, name)
    return json_of(given) if name in _JSON else given


def json_of(written: str, field: str = "/edit") -> Any:
    """Raises Invalid."""
    try:
        return json_text.loads(written)
    except (msgspec.DecodeError, ValueError, RecursionError) as unread:
        raise Invalid.because(field, reason("not_json", error=str(unread)[:200])) from unread
