"""Reassignment of what waits for people who left, lost a role or were taken out of a group: the effect "hand_on".

Each request is a transaction of its own, so that one which cannot be moved holds up no other.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError

from app import runtime
from app.effects.results import Done, Effect, Retry
from app.runtime import wake
from app.store.db import Db, decision, transaction
from app.store.ids import uuid7
from app.store.tables import effects, tasks
from engine.commands import HandOn

log = structlog.get_logger()

ATTEMPTS = 6
BATCH = 200
# Once more later: a command that was under way may have asked the person after the first look.
LOOKS = (timedelta(0), timedelta(minutes=1))


def hand_on(db: Db, tenant_id: UUID, people: Collection[UUID]) -> None:
    """In the transaction that changes the people: what they may not answer any more goes to others soon after it."""
    rows = [
        {
            "id": uuid7(),
            "tenant_id": tenant_id,
            "kind": "hand_on",
            "payload": {"to": str(person)},
            "max_attempts": ATTEMPTS,
            "next_attempt_at": func.clock_timestamp() + wait,
        }
        for person in people
        for wait in LOOKS
    ]
    for row in rows:
        db.execute(insert(effects).values(row))
    db.after_commit(lambda: wake.workers(tenant_id, [UUID(str(row["id"])) for row in rows[:: len(LOOKS)]]))


def perform(effect: Effect) -> Done:
    """Raises Retry with how many requests could not be handed on; those that could are."""
    person, after = UUID(effect.payload["to"]), UUID(int=0)
    done = failed = 0
    while found := _waiting(effect.tenant_id, person, after):
        for instance in found:
            if _handed_on(effect.tenant_id, instance, person):
                done += 1
            else:
                failed += 1
        after = found[-1]
    if failed:
        raise Retry(f"{failed} requests could not be handed on; see the server's log.")
    return Done({"requests": done})


def _waiting(tenant_id: UUID, person: UUID, after: UUID) -> list[UUID]:
    """Requests that wait for this person, in the order of their ids."""
    mine = (tasks.c.assignee_id == person, tasks.c.status == "pending", tasks.c.tenant_id == tenant_id)
    query = select(tasks.c.instance_id).where(*mine, tasks.c.instance_id > after).distinct()
    with transaction(tenant_id) as db:
        return list(db.execute(query.order_by(tasks.c.instance_id).limit(BATCH)).scalars())


def _handed_on(tenant_id: UUID, instance: UUID, person: UUID) -> bool:
    try:
        with decision(tenant_id) as db:
            runtime.send(db, runtime.lock(db, tenant_id, instance), HandOn(str(person)), runtime.WORKER)
    except DBAPIError:
        raise
    except Exception:  # a definition that breaks here must not hold up everybody else's requests
        log.exception("not handed on", instance=str(instance), person=str(person))
        return False
    return True
