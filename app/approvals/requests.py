"""Approvals as the reference systems' programs see them: ask, look, decide, cancel; on requests like any other."""

from dataclasses import replace
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import func, select

from app import definitions, instances, runtime, tasks
from app.access.permissions import require
from app.access.principal import Principal
from app.approvals import definition
from app.approvals.status import named, status_word, told_back
from app.errors import Conflict, Forbidden, Invalid, Missing
from app.runtime import Actor, Moved
from app.runtime.directories import current
from app.store.db import Db
from app.store.tables import instances as rows
from app.store.tables import tasks as task_rows
from app.times import moment
from engine.commands import Decide


def ask(db: Db, who: Principal, asked: dict[str, Any], actor: Actor) -> Moved:
    require(who, "approval:create")
    data = definition.data(asked, current(db, who.tenant_id))
    version = definitions.store(db, who.tenant_id, definition.document(data), internal=True)
    # To ask from a program is a permission of its own; it needs no other.
    may_start = replace(who, permissions=who.permissions | {"instance:start"})
    moved = instances.start(db, may_start, version.id, data, actor, asked=asked)
    if moved.state.blocked:
        words = moved.state.blocked.reason
        raise Invalid(words, [{"pointer": definition.asks_in(asked), "message": words}])
    return moved


def summary(db: Db, who: Principal, instance_id: UUID) -> dict[str, Any]:
    """How it stands: what a program waits for."""
    row = instances.get(db, who, instance_id)
    open_tasks = instances.waiting(db, [instance_id]).get(instance_id, [])
    due = min((task.due_at for task in open_tasks if task.due_at), default=None)
    state = runtime.state_of(row.state)
    return {
        "id": str(row.id),
        "status": status_word(state),
        "createdAt": moment(row.created_at),
        "expiresAt": moment(due),
        "expired": due is not None and due <= db.execute(select(func.clock_timestamp())).scalar_one(),
        "approvers": instances.addresses(db, [task.assignee_id for task in open_tasks if task.kind == "approval"]),
        **told_back(row.asked),
    }


def full(db: Db, who: Principal, instance_id: UUID) -> dict[str, Any]:
    """What was asked, how it stands, and what people answered so far."""
    row = instances.get(db, who, instance_id)
    requested_by = instances.addresses(db, [row.requester_id])[0]
    about = named(row, row.definition_key, row.definition, requested_by)
    return {**about, **summary(db, who, instance_id), "decisions": _decisions(db, instance_id)}


def _decisions(db: Db, instance_id: UUID) -> list[dict[str, Any]]:
    decided = [event for event in instances.story(db, instance_id) if event.type == "TaskDecided"]
    emails = instances.addresses(db, [event.actor_id for event in decided])
    found = []
    for event, email in zip(decided, emails, strict=True):
        one = {"by": email, "at": moment(event.at)} | {name: event.data[name] for name in ("outcome", "comment")}
        found.append(one | ({"metadata": event.data["metadata"]} if "metadata" in event.data else {}))
    return found


def decide(db: Db, person: Principal, instance_id: UUID, answer: dict[str, Any], actor: Actor) -> Moved:
    """Answer whatever this person is asked in a request. `answer`: outcome, comment, metadata.

    Raises Forbidden for a stranger, Conflict when it is too late.
    """
    asked = db.execute(
        select(task_rows.c.id, task_rows.c.status)
        .where(
            task_rows.c.instance_id == instance_id,
            task_rows.c.tenant_id == person.tenant_id,
            task_rows.c.assignee_id == person.user_id,
            task_rows.c.kind == "approval",
        )
        .order_by((task_rows.c.status == "pending").desc(), task_rows.c.id.desc())
        .limit(1)
    ).first()
    if asked is None:
        _refuse_stranger(db, person, instance_id)
    if not person.may("approval:reject" if answer["outcome"] == "rejected" else "approval:approve"):
        raise Forbidden(f"{person.name} may not do this: the role or the key is too narrow.")
    command = Decide(str(asked.id), str(person.user_id), **answer)
    return tasks.answer(db, person, asked.id, command, actor, None)


def _refuse_stranger(db: Db, person: Principal, instance_id: UUID) -> NoReturn:
    """Those who may not even look learn nothing of it."""
    row = db.execute(select(rows.c.status, rows.c.ended_at, rows.c.requester_id).where(rows.c.id == instance_id)).one()
    if row.requester_id == person.user_id:
        raise Forbidden("Nobody decides on their own request.")
    not_asked = Forbidden(f"{person.name} is not asked to decide on this.")
    if row.ended_at is None:
        raise not_asked
    try:
        instances.get(db, person, instance_id)
    except Missing:
        raise not_asked from None
    raise Conflict(f"This request has ended: {row.status.replace('_', ' ')}.", ended=row.status)


def cancel(db: Db, person: Principal, instance_id: UUID, reason: str, actor: Actor) -> Moved:
    """By the requester, or by somebody who may cancel any request."""
    row = instances.get(db, person, instance_id)
    act = instances.withdraw if row.requester_id == person.user_id else instances.cancel
    return act(db, person, instance_id, reason, actor)
