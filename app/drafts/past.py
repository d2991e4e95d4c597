"""Requests there were, as a draft is tried on them: what was filled in, and by whom, as far as one may see it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from app import instances
from app.access import confidential
from app.access.principal import Principal
from app.runtime import versions
from app.store.db import Db
from app.store.tables import definitions
from app.store.tables import instances as rows
from engine.wording.names import sensitive


def newest(db: Db, who: Principal, definition: Row[Any], most: int) -> Sequence[Row[Any]]:
    """On any version of the definition; those of this person, or everybody's for whoever may read them."""
    query = instances.SHOWN.where(rows.c.tenant_id == who.tenant_id, definitions.c.id == definition.id)
    if not instances.sees(who.permissions, was_asked=False):
        query = query.where(rows.c.requester_id == who.user_id)
    return db.execute(query.order_by(rows.c.id.desc()).limit(most)).all()


def sent(db: Db, who: Principal, instance_id: UUID) -> tuple[dict[str, Any], str]:
    """What was filled in at first, without what is not told to this person; and the requester. Raises Missing."""
    row = instances.get(db, who, instance_id)
    data = instances.story(db, who.tenant_id, row.id)[0].data["data"]
    definition = versions.definition(db, who.tenant_id, row.version_id)
    hidden = frozenset() if confidential.sees(db, who, row.id, row.requester_id) else sensitive(definition)
    return {key: value for key, value in data.items() if key not in hidden}, str(row.requester_id)
