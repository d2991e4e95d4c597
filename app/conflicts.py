"""The engine's refusals in the shell's words: which status, which field, and who was quicker."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from msgspec import to_builtins
from sqlalchemy import select

from app.errors import Changed, Conflict, Forbidden, Invalid, Refusal, about, coded
from app.store.db import Db
from app.store.tables import tasks, users
from app.store.tables.base import linked
from engine.commands import Refused
from engine.wording.catalogue import stops
from engine.wording.changes import Change
from engine.wording.labels import Labels
from engine.wording.sentences import sentence
from engine.wording.values import day

log = structlog.get_logger()

FORBIDDEN = {"not_yours", "not_requester", "own_request", "own_key", "own_data", "not_entitled"}
INVALID = {"values", "unfit_values", *stops.TEXTS}
FIELDS = {
    **dict.fromkeys(("outcome", "asks_decision", "asks_form", "asks_correction"), "/outcome"),
    "comment": "/comment",
    "reason": "/reason",
    "seen": "/seen",
}
DONE = {
    "approved": "approved this",
    "rejected": "rejected this",
    "changes_requested": "asked for changes",
    "submitted": "filled this in",
}


def refusal(
    db: Db, tenant_id: UUID, refused: Refused, task_id: UUID | None = None, changes: Sequence[Change] = ()
) -> Refusal:
    """changes: what the person had not seen, where the request was changed under a decision."""
    message, code = sentence(refused.reason, _labels(db, tenant_id, refused)), coded(refused.reason)
    errors = [about(pointer, why) for pointer, why in refused.errors]
    if refused.code == "changed":
        return Changed(message, errors=errors, changes=[to_builtins(change) for change in changes], **code)
    if refused.code == "unforeseen":
        log.error("command failed", exc_info=refused.__cause__)
    if refused.code in FORBIDDEN:
        return Forbidden(message, **code)
    if refused.code in INVALID:
        return Invalid(message, errors, **code)
    if refused.code in FIELDS:
        return Invalid.because(FIELDS[refused.code], refused.reason)
    return (_decided(db, tenant_id, task_id) if task_id else None) or Conflict(message, **code)


def _labels(db: Db, tenant_id: UUID, refused: Refused) -> Labels:
    """The name of the person it speaks of."""
    person = refused.params.get("person")
    named = select(users.c.name).where(users.c.tenant_id == tenant_id)
    name = db.execute(named.where(users.c.id == UUID(person))).scalar() if person else None
    return Labels(people={person: name} if person and name else {})


def _decided(db: Db, tenant_id: UUID, task_id: UUID) -> Conflict | None:
    """Says who decided and when: this task's own answer, else the one that made it superfluous."""
    task = db.execute(select(tasks).where(tasks.c.tenant_id == tenant_id, tasks.c.id == task_id)).first()
    by = _decision(db, task) if task and task.closed_at else None
    if task is None or by is None:
        words = {"escalated": "It was escalated when the time was up.", "timed_out": "The time was up."}
        return Conflict(words[task.status]) if task and task.status in words else None
    return Conflict(
        f"{by.name} already {DONE.get(by.status, 'answered this')} {_at(by.closed_at, datetime.now(UTC))}.",
        decided_by=by.name,
        decided_at=by.closed_at.isoformat(),
        decision=by.status,
    )


def _decision(db: Db, task: Any) -> Any:
    """Of this task, else the first one after which nobody asked for it any more."""
    own = tasks.c.id == task.id
    of_step = (tasks.c.instance_id == task.instance_id) & (tasks.c.step == task.step)
    found = (
        select(tasks.c.status, tasks.c.closed_at, users.c.name)
        .join(users, linked(users.c.id, tasks.c.closed_by))
        .where(tasks.c.tenant_id == task.tenant_id, own | (of_step & (tasks.c.closed_at >= task.closed_at)))
        .order_by(own.desc(), tasks.c.closed_at)
    )
    return db.execute(found.limit(1)).first()


def _at(moment: datetime, now: datetime) -> str:
    clock = moment.astimezone(UTC)
    return f"at {clock:%H:%M} UTC" if clock.date() == now.date() else f"on {day(clock)} at {clock:%H:%M} UTC"
