"""Optimistic concurrency of drafts: what was done since the revision an author saw, and whether it is in the way."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, select

from app.errors import Changed, Invalid
from app.store.db import Db
from app.store.tables import draft_edits, users
from designer.edits import EVERYTHING
from designer.edits.delta import Delta, redone, undone
from engine.json_text import loads
from engine.reasons import reason

MOST = 1000
MOST_TOLD = 20


def of(table: Any, definition: Row[Any]) -> tuple[Any, ...]:
    """The rows of one definition's draft."""
    return table.c.tenant_id == definition.tenant_id, table.c.definition_id == definition.id


def made_since(db: Db, definition: Row[Any], begun: int, now: int, revision: int) -> Sequence[Row[Any]]:
    """What was done after a revision: `touched`, `words`, `edited_by`, `name` and `at`.

    begun, now: the first revision of the draft and its present one.

    Raises Invalid for a revision that there is not yet, Changed for one of a draft that was discarded, or for one so
    old that nobody looks through all since.
    """
    if 0 <= revision < begun:
        raise changed("Another draft was begun meanwhile. Look at it first.", (), now)
    if not 0 <= revision <= now:
        raise Invalid.because("/revision", reason("no_such_revision", known=now))
    far = now - revision > MOST
    found = db.execute(
        select(*(draft_edits.c[name] for name in ("touched", "words", "at", "edited_by")), users.c.name)
        .outerjoin(users, and_(users.c.tenant_id == draft_edits.c.tenant_id, users.c.id == draft_edits.c.edited_by))
        .where(*of(draft_edits, definition), draft_edits.c.revision > (now - MOST_TOLD if far else revision))
        .order_by(draft_edits.c.revision)
    ).all()
    if far:
        raise changed("Very much was changed meanwhile. Look at it first.", found, now)
    return found


def document_at(db: Db, definition: Row[Any], text: str, begun: int, revision: int) -> dict[str, Any]:
    """The draft as it was at a revision of the last MOST. begun: its first one. text: as it is now."""
    columns = (draft_edits.c[name] for name in ("kind", "place", "offset", "removed", "inserted"))
    rows = db.execute(
        select(*columns)
        .where(*of(draft_edits, definition), draft_edits.c.revision >= revision)
        .order_by(draft_edits.c.revision.desc())
    ).all()
    for newer, older in zip(rows, [*rows[1:], None], strict=True):
        if older is None and revision != begun:
            break
        text = undone(text, Delta(newer.offset, newer.removed, newer.inserted))
        if older and newer.kind == older.kind == "edit" and newer.place == older.place:
            text = redone(text, Delta(older.offset, older.removed, older.inserted))
    found: dict[str, Any] = loads(text)
    return found


def overlap(touched: frozenset[str], since: Sequence[Row[Any]]) -> bool:
    meanwhile = {part for row in since for part in row.touched}
    return bool(meanwhile) and (EVERYTHING in meanwhile | touched or bool(meanwhile & touched))


def changed(message: str, since: Sequence[Row[Any]], revision: int) -> Changed:
    """Tells the newest of it, and by whom."""
    changes = [{"words": row.words, "by": row.name or "somebody", "at": row.at.isoformat()} for row in since]
    return Changed(message, changes=changes[-MOST_TOLD:], revision=revision)
