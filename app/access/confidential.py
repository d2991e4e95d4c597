"""Who is told the values that a form calls sensitive: one rule for pages, files, calls and the search.

The person who asked, those who are or were asked, and whoever may read everything in full. Mails never hold them.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.access.principal import Principal
from app.store.db import Db
from app.store.tables import tasks
from engine.definition import Definition
from engine.forms.display import HIDDEN
from engine.wording.names import sensitive


def sees_all(principal: Principal) -> bool:
    return principal.may("sensitive:read") or principal.may("audit:export")


def sees(db: Db, principal: Principal, instance_id: UUID, requester_id: UUID) -> bool:
    if sees_all(principal) or requester_id == principal.user_id:
        return True
    here = tasks.c.tenant_id == principal.tenant_id, tasks.c.instance_id == instance_id
    asked = select(tasks.c.id).where(*here, tasks.c.assignee_id == principal.user_id)
    return db.execute(asked.limit(1)).first() is not None


def masked(definition: Definition, data: Any) -> Any:
    """A copy of what an event or a request holds, without the sensitive values, however deep they stand."""
    return _without(data, sensitive(definition))


def _without(data: Any, names: frozenset[str]) -> Any:
    if isinstance(data, dict):
        return {
            key: HIDDEN if key in names and item not in (None, "") else _without(item, names)
            for key, item in data.items()
        }
    return [_without(item, names) for item in data] if isinstance(data, list) else data
