"""Which values of an event were erased, and when, in words."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.store.db import Db
from app.store.tables import events
from engine.record.replay import field_of
from engine.wording.values import day, listed

COLUMNS = {"/actor_name": "name", "/address": "address", "/agent": "browser"}


def erased_words(event: Any) -> str:
    """Name, address and comment, on 3 March 2026. Empty where nothing was. `event`: a row of the events table."""
    gone = event.erased["gone"] if event.erased else {}
    days: dict[str, list[str]] = {}
    for place, told in gone.items():
        name = COLUMNS.get(place) or place.rpartition("/")[2].replace("~1", "/").replace("~0", "~").replace("_", " ")
        days.setdefault(day(datetime.fromisoformat(told["at"])), []).append(name)
    return "; ".join(f"{listed(names)} erased on {when}" for when, names in days.items())


def erased_fields(db: Db, tenant_id: UUID, instance_id: UUID, data: dict[str, Any]) -> list[str]:
    """The fields of a request's data that are null because they were erased."""
    here = events.c.tenant_id == tenant_id, events.c.instance_id == instance_id, events.c.erased.is_not(None)
    gone = {
        field_of(place)
        for erased in db.execute(select(events.c.erased).where(*here)).scalars()
        for place in erased["gone"]
    }
    return [name for name, value in data.items() if value is None and name in gone]
