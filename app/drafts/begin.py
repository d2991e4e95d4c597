"""Where drafts come from: nothing, a version, a template, a file."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert

from app import definitions, drafts
from app.access.permissions import require
from app.access.principal import Principal
from app.audit import tenant_log
from app.drafts import PERMISSION, Changes, Draft
from app.errors import Invalid, Missing
from app.store.db import Db
from app.store.ids import uuid7
from app.store.tables import definitions as definition_rows
from app.store.tables import drafts as draft_rows
from app.store.tables import tenants
from designer import gallery
from designer.blank import blank
from designer.drawable import as_listed
from designer.edits import EditRefused, tidy
from designer.edits.load import Load
from designer.edits.step_types import slug
from engine.events.definitions import DraftOpened
from engine.json_text import dumps
from engine.reasons import reason

MAX_NAME, MAX_KEY = 120, 60


def blank_flow(db: Db, who: Principal, name: str) -> Draft:
    """A new definition under that name."""
    name = name.strip()
    if not 0 < len(name) <= MAX_NAME:
        raise Invalid.because("/name", reason("definition_name", most=MAX_NAME))
    return _new(db, who, blank("", name))


def from_template(db: Db, who: Principal, key: str) -> Draft:
    """A new definition that begins as one of the templates."""
    document = gallery.template(key)
    if document is None:
        raise Missing(f"There is no template “{key[:80]}”.")
    return _new(db, who, dict(document))


def from_version(db: Db, who: Principal, key: str, number: int | None = None) -> Changes:
    """A draft of the definition: the one there is, or a new one of its newest version; that version, where it is named.

    Named, it is an edit like any other: what was drafted before can be brought back by undo.
    """
    require(who, PERMISSION)
    definition = definitions.get(db, who, key)
    if definition.internal:
        raise Missing(f"There is no definition “{key[:80]}”.")
    there = _open(db, who, definition)
    if number is None or (there.revision == there.begun and number == there.base):
        return Changes(there, "")
    wanted = definitions.version(db, who, key, number).document
    return drafts.edit(db, who, key, there.revision, Load(wanted))


def from_file(db: Db, who: Principal, document: Any, *, strange: bool = False) -> Changes:
    """What the file holds, as the draft of the definition with its key. Nothing is published.

    strange: it comes from another tool, so that its key is nobody's here and it begins a definition of its own.

    Raises Invalid only for what is no JSON object, or too large; everything else is a problem of the draft.
    """
    require(who, PERMISSION)
    try:
        kept = tidy(document)
    except EditRefused as refused:
        raise Invalid.because("/document", refused.reason) from refused
    key = kept.get("key")
    known = definitions.find(db, who, key) if isinstance(key, str) and not strange else None
    if known is None or known.internal:
        return Changes(_new(db, who, kept), "")
    there = _open(db, who, known)
    return drafts.edit(db, who, known.key, there.revision, Load(kept))


def _open(db: Db, who: Principal, definition: Row[Any]) -> Draft:
    """The definition's draft; where there is none, its newest version becomes one."""
    try:
        return drafts.get(db, who, definition.key)
    except Missing:
        newest = definitions.version(db, who, definition.key)
        _insert(db, who, definition, newest.document, newest.number)
        return drafts.get(db, who, definition.key)


def _new(db: Db, who: Principal, document: dict[str, Any]) -> Draft:
    """A definition that has no version yet, under a key of its own."""
    require(who, PERMISSION)
    shown = as_listed(document)
    wanted = document.get("key") if isinstance(document.get("key"), str) else ""
    key = slug(wanted or shown["name"], MAX_KEY - 4)
    made: Row[Any] | None = None
    for number in range(1, 1000):
        tried = key if number == 1 and len(key) > 1 else f"{key}-{number}"
        row = {"id": uuid7(), "tenant_id": who.tenant_id, "key": tried, **shown}
        added = insert(definition_rows).values(row).on_conflict_do_nothing()
        made = db.execute(added.returning(definition_rows)).first()
        if made:
            break
    if made is None:
        raise Invalid.because("/name", reason("names_taken"))
    _insert(db, who, made, {**document, "key": made.key}, 0)
    return drafts.get(db, who, made.key)


def _insert(db: Db, who: Principal, definition: Row[Any], document: dict[str, Any], base: int) -> None:
    text = dumps(tidy(document)).decode()
    begun = select(tenants.c.drafted).where(tenants.c.id == who.tenant_id).scalar_subquery()
    row = {"tenant_id": who.tenant_id, "definition_id": definition.id, "base": base, "document": text}
    row |= {"begun": begun, "revision": begun}
    made = insert(draft_rows).values(row).on_conflict_do_nothing().returning(draft_rows.c.revision)
    if db.execute(made).first():
        tenant_log.note(db, who.tenant_id, who, DraftOpened(definition.key, base))
