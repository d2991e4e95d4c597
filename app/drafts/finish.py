"""How drafts end, and definitions: published, discarded; retired and brought back."""

from typing import Any

from sqlalchemy import Row, delete, func, update

from app import definitions, drafts
from app.access.permissions import require
from app.access.principal import Principal
from app.audit import tenant_log
from app.drafts import PERMISSION
from app.drafts.meanwhile import of
from app.errors import Changed, Conflict
from app.store.db import Db
from app.store.tables import definitions as definition_rows
from app.store.tables import draft_edits, tenants, trials
from app.store.tables import drafts as draft_rows
from engine.events.definitions import DefinitionBroughtBack, DefinitionRetired, DraftDiscarded
from engine.json_text import loads


def publish(db: Db, who: Principal, key: str, revision: int, note: str = "", *, over: bool = False) -> Row[Any]:
    """The draft as the newest version, from which it goes on. over: also over a version that it did not begin with.

    Raises Invalid with what blocks it, Changed where it is not the revision that was seen.
    """
    definition, row = drafts.locked(db, who, key)
    if revision != row.revision:
        raise Changed("The draft was changed meanwhile. Look at it first.", changes=[], revision=row.revision)
    if definition.latest != row.base and not over:
        words = f"Version {definition.latest} was published while this draft was made from "
        words += f"version {row.base}." if row.base else "nothing."
        raise Conflict(f"{words} Look at what it changes, then publish over it.", latest=definition.latest)
    made = definitions.publish(db, who, loads(row.document), note)
    db.execute(update(draft_rows).where(*of(draft_rows, definition)).values(base=made.number))
    return made


def discard(db: Db, who: Principal, key: str) -> None:
    """The draft and its edits, for good. A definition that was never published goes with it."""
    definition, row = drafts.locked(db, who, key)
    later = func.greatest(tenants.c.drafted, row.revision + 1)
    db.execute(update(tenants).where(tenants.c.id == who.tenant_id).values(drafted=later))
    for table in (draft_edits, trials, draft_rows):
        db.execute(delete(table).where(*of(table, definition)))
    if definition.latest == 0:
        db.execute(delete(definition_rows).where(*drafts.itself(definition)))
    tenant_log.note(db, who.tenant_id, who, DraftDiscarded(key))


def retire(db: Db, who: Principal, key: str) -> None:
    """Nobody can ask for it any more; what runs goes on."""
    _retire(db, who, key, retired=True)


def bring_back(db: Db, who: Principal, key: str) -> None:
    _retire(db, who, key, retired=False)


def _retire(db: Db, who: Principal, key: str, *, retired: bool) -> None:
    require(who, PERMISSION)
    found = definitions.get(db, who, key)
    changing = update(definition_rows).where(*drafts.itself(found), definition_rows.c.retired_at.is_(None) == retired)
    when = func.now() if retired else None
    if db.execute(changing.values(retired_at=when).returning(definition_rows.c.id)).first():
        happened = DefinitionRetired(key) if retired else DefinitionBroughtBack(key)
        tenant_log.note(db, who.tenant_id, who, happened)
