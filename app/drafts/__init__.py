"""Drafts: one for each definition, changed edit by edit. Every edit is stored before it is shown, and can be undone.

An edit names the revision its author saw. Made on an older one it counts all the same where it touches other steps than
what came between, and is refused as Changed where it does not. Sent twice it is applied once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, insert, select, update

from app import definitions
from app.access.permissions import permissions_of, require
from app.access.principal import Principal
from app.drafts.meanwhile import changed, made_since, of, overlap
from app.errors import Conflict, Forbidden, Invalid, Missing
from app.store.db import Db
from app.store.tables import definitions as definition_rows
from app.store.tables import draft_edits, drafts, users
from designer.drawable import as_listed
from designer.edits import Done, Edit, EditRefused, edited, encode, read_edit
from designer.edits.delta import Delta, between, redone, undone
from engine.json_text import dumps, loads
from engine.wording.labels import labels_of
from engine.wording.sentences import sentence

PERMISSION = "definition:publish"
# What is typed in one field without a longer break is undone at once.
BURST = timedelta(seconds=5)
MOST_TOLD = 5


@dataclass(frozen=True)
class Draft:
    """base: the version it began as, 0 for none. begun: its first revision.

    undoes, redoes: what undo and redo would take back or do again.
    """

    definition: Row[Any]
    document: dict[str, Any]
    base: int
    begun: int
    revision: int
    undoes: str = ""
    redoes: str = ""
    changed_at: datetime | None = None

    @property
    def key(self) -> str:
        return str(self.definition.key)


@dataclass(frozen=True)
class Changes:
    """What a call did to a draft. words: as a sentence. focus: the step to show. repeated: it had been done before."""

    draft: Draft
    words: str
    focus: str = ""
    repeated: bool = False


def get(db: Db, who: Principal, key: str) -> Draft:
    """Raises Missing where the definition has no draft."""
    require(who, PERMISSION)
    definition = definitions.get(db, who, key)
    return _draft(db, definition, _row(db, definition))


def with_draft(db: Db, who: Principal) -> dict[UUID, datetime]:
    """The definitions that have a draft, by id, and when it was changed last."""
    rows = db.execute(select(drafts.c.definition_id, drafts.c.changed_at).where(drafts.c.tenant_id == who.tenant_id))
    return {row.definition_id: row.changed_at for row in rows}


def edit(db: Db, who: Principal, key: str, revision: int, *wanted: Edit) -> Changes:
    """Several are one change: all of them or none, undone together.

    Raises Invalid where one cannot be done, Changed where somebody else changed the same steps since.
    """
    definition, row = locked(db, who, key)
    encoded = [encode(one) for one in wanted]
    written = dumps(encoded[0] if len(encoded) == 1 else encoded).decode()
    if known := _repeated(db, who, definition, row, revision, "edit", written):
        return Changes(_draft(db, definition, row), known.words, known.focus, repeated=True)
    since = made_since(db, definition, row.begun, row.revision, revision)
    document, done = _done(loads(row.document), wanted, since, row.revision)
    if overlap(done.touched, [row for row in since if not _is_own(row, who)]):
        raise changed("Somebody changed the same part meanwhile. Look at it and try again.", since, row.revision)
    text = dumps(document).decode()
    if text == row.document:
        return Changes(_draft(db, definition, row), "Nothing to change.", done.focus)
    place, before = row.position + 1, row.document
    if typed := _typed_on(db, who, definition, row, wanted):
        place, before = row.position, undone(before, Delta(typed.offset, typed.removed, typed.inserted))
    db.execute(update(draft_edits).where(*of(draft_edits, definition), _live(place, above=True)).values(live=False))
    delta = between(before, text)
    told = {"edit": written, "touched": sorted(done.touched), "words": done.text, "focus": done.focus}
    piece = {"offset": delta.offset, "removed": delta.removed, "inserted": delta.inserted, "place": place, "live": True}
    moved = _write(db, who, definition, row, revision, "edit", text, place, told | piece)
    _follow(db, definition, document)
    return Changes(_draft(db, definition, moved), done.text, done.focus)


def _is_own(made: Row[Any], who: Principal) -> bool:
    """In a browser people go on before the page has heard of their last edit; programs say what they have seen."""
    return who.via == "session" and made.edited_by == who.user_id


def _done(
    document: dict[str, Any], wanted: Sequence[Edit], since: Sequence[Row[Any]], revision: int
) -> tuple[dict[str, Any], Done]:
    """All of them applied, one after the other. Raises Invalid, or Changed where the draft was changed since."""
    touched: frozenset[str] = frozenset()
    told: list[str] = []
    focus = ""
    for number, one in enumerate(wanted):
        labels = labels_of(document)
        try:
            document, done = edited(document, one)
        except EditRefused as refused:
            if since:
                raise changed(sentence(refused.reason, labels), since, revision) from refused
            raise Invalid.because(f"/edits/{number}", refused.reason, labels) from refused
        touched, told, focus = touched | done.touched, [*told, done.text], done.focus or focus
    more = f" And {len(told) - MOST_TOLD} more." if len(told) > MOST_TOLD else ""
    return document, Done(touched, " ".join(told[:MOST_TOLD]) + more, focus)


def _typed_on(db: Db, who: Principal, definition: Row[Any], row: Row[Any], wanted: Sequence[Edit]) -> Row[Any] | None:
    """The newest change, where these go on typing in the same field: both are then undone as one."""
    field = wanted[0].field() if len(wanted) == 1 else ""
    newest = draft_edits.c.revision == row.revision
    mine = (draft_edits.c.edited_by == who.user_id, draft_edits.c.kind == "edit", draft_edits.c.live)
    recent = draft_edits.c.at > func.now() - BURST
    found = field and db.execute(select(draft_edits).where(*of(draft_edits, definition), newest, *mine, recent)).first()
    if not found or not found.edit.startswith("{"):
        return None
    return found if read_edit(loads(found.edit)).field() == field else None


def undo(db: Db, who: Principal, key: str, revision: int) -> Changes:
    """Takes the newest edit back, whoever made it. Raises Changed where that was not the one seen."""
    return _step(db, who, key, revision, "undo", undone)


def redo(db: Db, who: Principal, key: str, revision: int) -> Changes:
    return _step(db, who, key, revision, "redo", redone)


def _step(db: Db, who: Principal, key: str, revision: int, kind: str, turn: Callable[[str, Delta], str]) -> Changes:
    definition, row = locked(db, who, key)
    if known := _repeated(db, who, definition, row, revision, kind, ""):
        return Changes(_draft(db, definition, row), known.words, known.focus, repeated=True)
    if since := made_since(db, definition, row.begun, row.revision, revision):
        raise changed("Something was changed meanwhile. Look at it first.", since, row.revision)
    there = _at(db, definition, row.position + (kind == "redo"))
    if there is None:
        raise Conflict(f"There is nothing to {kind}.")
    text = turn(row.document, Delta(there.offset, there.removed, there.inserted))
    words = f"{'Undone' if kind == 'undo' else 'Done again'}: {there.words}"
    document = loads(text)
    focus = there.focus if there.focus in (document.get("steps") or {}) else ""
    position = row.position + (1 if kind == "redo" else -1)
    delta = between(row.document, text)
    told = {"touched": there.touched, "words": words, "focus": focus, "live": False}
    told |= {"offset": delta.offset, "removed": delta.removed, "inserted": delta.inserted}
    moved = _write(db, who, definition, row, revision, kind, text, position, told)
    _follow(db, definition, document)
    return Changes(_draft(db, definition, moved), words, focus)


def locked(db: Db, who: Principal, key: str) -> tuple[Row[Any], Row[Any]]:
    """The definition and its draft, held until the transaction ends. Raises Forbidden for whoever lost the right."""
    require(who, PERMISSION)
    definition = definitions.get(db, who, key)
    row = _row(db, definition, lock=True)
    roles = db.execute(
        select(users.c.roles).where(users.c.tenant_id == who.tenant_id, users.c.id == who.user_id, users.c.active)
    ).scalar()
    if who.via != "system" and (roles is None or PERMISSION not in permissions_of(roles)):
        raise Forbidden("You may not change definitions any more.")
    return definition, row


def _row(db: Db, definition: Row[Any], *, lock: bool = False) -> Row[Any]:
    query = select(drafts).where(*of(drafts, definition))
    found = db.execute(query.with_for_update() if lock else query).first()
    if found is None:
        raise Missing(f"“{definition.name}” has no draft.")
    return found


def _draft(db: Db, definition: Row[Any], row: Row[Any]) -> Draft:
    back, on = _at(db, definition, row.position), _at(db, definition, row.position + 1)
    told = (back.words if back else "", on.words if on else "")
    return Draft(definition, loads(row.document), row.base, row.begun, row.revision, *told, changed_at=row.changed_at)


def itself(definition: Row[Any]) -> tuple[Any, ...]:
    return definition_rows.c.tenant_id == definition.tenant_id, definition_rows.c.id == definition.id


def _live(place: int, *, above: bool = False) -> Any:
    at = draft_edits.c.place >= place if above else draft_edits.c.place == place
    return and_(draft_edits.c.live, at)


def _at(db: Db, definition: Row[Any], place: int) -> Row[Any] | None:
    return db.execute(select(draft_edits).where(*of(draft_edits, definition), _live(place))).first()


def _repeated(
    db: Db, who: Principal, definition: Row[Any], row: Row[Any], revision: int, kind: str, written: str
) -> Row[Any] | None:
    """The same by the same person on the same revision, where it has been done."""
    if revision >= row.revision:
        return None
    same = (draft_edits.c.kind == kind, draft_edits.c.fingerprint == _fingerprint(written))
    mine = (draft_edits.c.edited_by == who.user_id, draft_edits.c.based_on == revision)
    return db.execute(select(draft_edits).where(*of(draft_edits, definition), *same, *mine)).first()


def _fingerprint(written: str) -> bytes:
    return sha256(written.encode()).digest()


def _write(
    db: Db,
    who: Principal,
    definition: Row[Any],
    row: Row[Any],
    revision: int,
    kind: str,
    text: str,
    position: int,
    told: dict[str, Any],
) -> Row[Any]:
    number = row.revision + 1
    made = {"tenant_id": definition.tenant_id, "definition_id": definition.id, "revision": number, "kind": kind}
    made |= {"based_on": revision, "edited_by": who.user_id, "fingerprint": _fingerprint(told.get("edit", ""))}
    db.execute(insert(draft_edits).values(made | told))
    moved = {"revision": number, "position": position, "document": text, "changed_at": func.now()}
    return db.execute(update(drafts).where(*of(drafts, definition)).values(moved).returning(drafts)).one()


def _follow(db: Db, definition: Row[Any], document: dict[str, Any]) -> None:
    """Until it is published, a definition is called what its draft is called."""
    if definition.latest == 0:
        shown = as_listed(document)
        db.execute(update(definition_rows).where(*itself(definition)).values(shown))
