"""Requests that run on real versions: make one, and look at what it left in the tables."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from app import definitions, effects, instances
from app.db import transaction
from app.outcomes import Effect
from app.runtime import Actor
from app.tables import effects as effect_rows
from app.tables import instances as instance_rows
from app.tables import messages, tasks
from tests.make import User

DEMO = Path(__file__).parent.parent.parent / "app" / "demo"


def shipped(key: str, **changes: Any) -> dict[str, Any]:
    """A copy of a shipped definition; changes are settings of its steps, by step."""
    document: dict[str, Any] = deepcopy(json.loads((DEMO / f"{key}.json").read_text()))
    for step, settings in changes.items():
        document["steps"][step] |= settings
    return document


def ask(user: User, document: dict[str, Any], **data: Any) -> UUID:
    actor = Actor("user", user.id, user.name, "web")
    with transaction() as db:
        version = definitions.store(db, user.tenant_id, document)
        return instances.start(db, user.principal, version.id, data, actor).instance_id


def instance(instance_id: UUID) -> Row[Any]:
    with transaction() as db:
        return db.execute(select(instance_rows).where(instance_rows.c.id == instance_id)).one()


def tasks_of(instance_id: UUID) -> list[Row[Any]]:
    with transaction() as db:
        return list(db.execute(select(tasks).where(tasks.c.instance_id == instance_id).order_by(tasks.c.id)))


def effects_of(instance_id: UUID, **wanted: Any) -> list[Row[Any]]:
    """Those whose payload has what is wanted, oldest first."""
    query = select(effect_rows).where(effect_rows.c.instance_id == instance_id).order_by(effect_rows.c.id)
    with transaction() as db:
        return [row for row in db.execute(query) if wanted.items() <= row.payload.items()]


def effect(row: Row[Any]) -> Effect:
    return Effect(row.id, row.tenant_id, row.instance_id, row.kind, row.payload, 1)


def deliver(instance_id: UUID) -> list[Row[Any]]:
    """Do all effects of a request that are due, and return its messages."""
    for row in effects_of(instance_id):
        effects.run(row.id)
    return messages_of(instance_id)


def messages_of(instance_id: UUID) -> list[Row[Any]]:
    query = (
        select(messages)
        .join(effect_rows, effect_rows.c.id == messages.c.effect_id)
        .where(effect_rows.c.instance_id == instance_id)
        .order_by(messages.c.id)
    )
    with transaction() as db:
        return list(db.execute(query))
