"""Requests that run on real versions: make one, and look at what it left in the tables."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, delete, func, select, update

from app import definitions, instances, runtime
from app import tasks as task_service
from app.effects import work
from app.effects.results import Effect
from app.runtime import Actor
from app.store.db import Db, across_tenants
from app.store.tables import effects as effect_rows
from app.store.tables import instances as instance_rows
from app.store.tables import messages, tasks, timers
from designer.gallery import template
from engine.commands import FireTimer
from tests.make import User

MANAGER = {"id": "manager", "name": "Manager", "who": [{"manager": 1}]}


def shipped(key: str, **changes: Any) -> dict[str, Any]:
    """A copy of a shipped definition, without its tests; changes are settings of its steps, by step."""
    document = template(key)
    assert document is not None
    del document["tests"]
    for step, settings in changes.items():
        document["steps"][step] |= deepcopy(settings)
    return document


def ask(user: User, document: dict[str, Any], **data: Any) -> UUID:
    actor = Actor("user", user.id, user.name, "web")
    with across_tenants() as db:
        version = definitions.store(db, user.tenant_id, document)
        return instances.start(db, user.principal, version.id, data, actor).instance_id


def instance(instance_id: UUID) -> Row[Any]:
    with across_tenants() as db:
        return db.execute(select(instance_rows).where(instance_rows.c.id == instance_id)).one()


def tasks_of(instance_id: UUID) -> list[Row[Any]]:
    with across_tenants() as db:
        return list(db.execute(select(tasks).where(tasks.c.instance_id == instance_id).order_by(tasks.c.id)))


def effects_of(instance_id: UUID, **wanted: Any) -> list[Row[Any]]:
    """Those whose payload has what is wanted, oldest first."""
    query = select(effect_rows).where(effect_rows.c.instance_id == instance_id).order_by(effect_rows.c.id)
    with across_tenants() as db:
        return [row for row in db.execute(query) if wanted.items() <= row.payload.items()]


def effect(row: Row[Any]) -> Effect:
    """As a worker has it that has just claimed it."""
    ((claimed, _),) = work._claim(row.tenant_id, [row.id], uuid4())
    return claimed


def attempt(*effects: UUID) -> None:
    """What a worker does that was sent these, which are of one tenant."""
    work.run(_tenant_of(effects), *effects)


def claim(effects: Sequence[UUID], token: UUID) -> list[tuple[Effect, int]]:
    return work._claim(_tenant_of(effects), effects, token)


def _tenant_of(effects: Sequence[UUID]) -> UUID:
    with across_tenants() as db:
        found: UUID = db.execute(select(effect_rows.c.tenant_id).where(effect_rows.c.id == effects[0])).scalar_one()
    return found


def deliver(instance_id: UUID) -> list[Row[Any]]:
    """Do all effects of a request, those of a moved clock too, and return its messages."""
    now = update(effect_rows).where(effect_rows.c.instance_id == instance_id, effect_rows.c.status == "pending")
    with across_tenants() as db:
        db.execute(now.values(next_attempt_at=func.now(), lease_until=None))
    for row in effects_of(instance_id):
        work.run(row.tenant_id, row.id)
    return messages_of(instance_id)


def messages_of(instance_id: UUID) -> list[Row[Any]]:
    query = (
        select(messages)
        .join(effect_rows, effect_rows.c.id == messages.c.effect_id)
        .where(effect_rows.c.instance_id == instance_id)
        .order_by(messages.c.id)
    )
    with across_tenants() as db:
        return list(db.execute(query))


def locked(db: Db, instance_id: UUID) -> dict[str, Any]:
    return runtime.lock(db, instance(instance_id).tenant_id, instance_id)


def fire(instance_id: UUID) -> None:
    """Its next timer goes off, as if it were due now."""
    with across_tenants() as db:
        row = locked(db, instance_id)
        query = select(timers).where(timers.c.instance_id == instance_id).order_by(timers.c.due_at)
        timer = db.execute(query).first()
        assert timer is not None
        db.execute(delete(timers).where(timers.c.id == timer.id))
        runtime.send(db, row, FireTimer(str(timer.id)), runtime.TIMER, at=timer.due_at)


def decide(user: User, instance_id: UUID, outcome: str, comment: str = "") -> None:
    """This person's open task is answered."""
    mine = [task for task in tasks_of(instance_id) if task.assignee_id == user.id and task.status == "pending"]
    actor = Actor("user", user.id, user.name, "web")
    with across_tenants() as db:
        task_service.decide(db, user.principal, mine[0].id, outcome, comment, {}, actor)
