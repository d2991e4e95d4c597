"""Two of a definition's documents compared: versions by their number, the draft by its name."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from app import definitions, drafts
from app.access.permissions import require
from app.access.principal import Principal
from app.errors import Missing
from app.runtime.directories import seen
from app.store.db import Db
from designer.diff import Difference, difference
from designer.drawable import faces
from designer.drawing.canvas import draw
from designer.drawing.shapes import Layout
from designer.policy import policy_of_draft
from designer.policy.beside import Part, beside
from engine.json_text import dumps
from engine.people import Directory

DRAFT = "draft"
MAX_DIGITS = 6


@dataclass(frozen=True)
class Compared:
    """old, new: a version's number, or DRAFT. reordered: whether the same is written in another order.

    before, after: the two documents. people: who is named in them.
    """

    definition: Row[Any]
    old: str
    new: str
    found: Difference
    drawing: Layout
    reordered: bool
    before: dict[str, Any]
    after: dict[str, Any]
    people: Directory

    def sentences(self) -> tuple[Part, ...]:
        """Both as policies, side by side."""
        return beside(policy_of_draft(self.before, self.people), policy_of_draft(self.after, self.people))


def compared(db: Db, who: Principal, key: str, old: str = "", new: str = "") -> Compared:
    """Without a name: the draft, where there is one to be seen, otherwise the newest version; and the version before.

    Raises Missing, Forbidden for the draft of whoever may not publish.
    """
    require(who, "definition:read")
    definition = definitions.get(db, who, key)
    new = new or (DRAFT if has_draft(db, who, definition) else str(definition.latest))
    old = old or str(definition.latest if new == DRAFT else max(1, int(new) - 1) if new.isdigit() else new)
    before, after, people = _document(db, who, key, old), _document(db, who, key, new), seen(db, who.tenant_id)
    found = difference(before, after, people)
    reordered = not found.changes and dumps(before) != dumps(after)
    drawn = drawing(found, before, after, people)
    return Compared(definition, old, new, found, drawn, reordered, before, after, people)


def drawing(found: Difference, before: dict[str, Any], after: dict[str, Any], people: Directory) -> Layout:
    """Both as one, the removed in their old place."""
    return draw(found.merged.document, faces(before, people) | faces(after, people))


def has_draft(db: Db, who: Principal, definition: Row[Any]) -> bool:
    """And this person may see it."""
    return drafts.PERMISSION in who.permissions and definition.id in drafts.with_draft(db, who)


def _document(db: Db, who: Principal, key: str, name: str) -> dict[str, Any]:
    if name == DRAFT:
        return drafts.get(db, who, key).document
    if not (name.isascii() and name.isdigit() and len(name) <= MAX_DIGITS and int(name)):
        raise Missing(f"There is no version “{name[:20]}”.")
    return dict(definitions.version(db, who, key, int(name)).document)
