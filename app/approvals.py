"""Approvals as the reference systems' programs see them: a thin reading of requests and their tasks."""

from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import Row, and_, exists, func, or_, select

from app import asking, definitions, instances, runtime, tasks
from app.db import Db
from app.errors import Conflict, Forbidden, Invalid
from app.permissions import require
from app.principal import Principal
from app.runtime import Actor, Moved
from app.speaking import people, speaker
from app.tables import definitions as definition_rows
from app.tables import instances as rows
from app.tables import tasks as task_rows
from app.tables import users, versions
from app.times import moment
from engine.commands import Decide
from engine.state import State

WORDS = {
    "approved": "approved",
    "completed": "approved",
    "rejected": "rejected",
    "rolled_back": "rejected",
    "failed": "rejected",
    "cancelled": "cancelled",
}
MAX_PAGE = 200

_seen = (
    select(
        rows,
        users.c.email.label("requested_by"),
        definition_rows.c.key.label("definition"),
        definition_rows.c.name,
    )
    .join(users, users.c.id == rows.c.requester_id)
    .join(versions, versions.c.id == rows.c.version_id)
    .join(definition_rows, definition_rows.c.id == versions.c.definition_id)
)


def ask(db: Db, who: Principal, asked: dict[str, Any], actor: Actor) -> Moved:
    require(who, "approval:create")
    version = definitions.store(db, who.tenant_id, asking.DOCUMENT, internal=True)
    data = asking.data(asked, people(db, who))
    moved = instances.start(db, who, version.id, data, actor, asked=asked)
    if moved.state.blocked:
        raise Invalid(moved.state.blocked, [{"pointer": "/notifyUsers", "message": moved.state.blocked}])
    return moved


def status_word(state: State) -> str:
    """pending, approved, rejected, timeout, escalated or cancelled."""
    if state.ended is None:
        escalated = any(token.wait and token.wait.escalations for token in state.tokens)
        return "escalated" if escalated else "pending"
    if state.reason == "timeout" and state.ended == "rejected":
        return "timeout"
    return WORDS.get(state.ended, state.ended)


def summary(db: Db, who: Principal, instance_id: UUID) -> dict[str, Any]:
    row = instances.get(db, who, instance_id)
    open_tasks = instances.waiting(db, [instance_id]).get(instance_id, [])
    due = [task.due_at for task in open_tasks if task.due_at]
    return {
        "id": str(row.id),
        "status": status_word(runtime.state_of(row.state)),
        "createdAt": moment(row.created_at),
        "expiresAt": moment(min(due)) if due else None,
        "approvers": instances.addresses(db, [task.assignee_id for task in open_tasks]),
    }


def pending(db: Db, who: Principal, user: str | None, workflow: str | None) -> list[dict[str, Any]]:
    """What waits for a person, or for anybody where the caller may read that; one entry a request."""
    require(who, "approval:view:pending")
    everybody = user is None and (who.speaks_for_others or who.may("audit:read"))
    person = who if everybody else speaker(db, who, user)
    query = (
        _seen.add_columns(
            func.min(task_rows.c.due_at).label("due"),
            func.min(task_rows.c.step).label("step"),
            func.min(task_rows.c.name).label("step_name"),
            func.bool_or(task_rows.c.assignee_id == person.user_id).label("own"),
        )
        .join(task_rows, and_(task_rows.c.instance_id == rows.c.id, task_rows.c.status == "pending"))
        .where(rows.c.tenant_id == who.tenant_id, task_rows.c.kind == "approval")
        .group_by(rows.c.id, users.c.email, definition_rows.c.key, definition_rows.c.name)
        .order_by(rows.c.id)
        .limit(1000)
    )
    if not everybody:
        query = query.where(task_rows.c.assignee_id == person.user_id)
    if workflow:
        query = query.where(_of_workflow(workflow))
    return [_pending(row, person) for row in db.execute(query)]


def _of_workflow(workflow: str) -> Any:
    return or_(rows.c.asked["workflowId"].astext == workflow, definition_rows.c.key == workflow)


def _pending(row: Row[Any], person: Principal) -> dict[str, Any]:
    return _common(row) | {
        "jobName": row.step_name,
        "expiresAt": moment(row.due),
        "canApprove": bool(row.own) and row.requester_id != person.user_id and person.may("approval:approve"),
    }


def _common(row: Row[Any]) -> dict[str, Any]:
    asked, data = row.asked or {}, row.state["data"]
    own = row.definition == asking.KEY
    return {
        "id": str(row.id),
        "workflowId": asked.get("workflowId", row.definition),
        "workflowName": asked.get("workflowId") or row.name,
        "jobId": asked.get("jobId", f"{row.prefix}-{row.number}"),
        "title": row.title,
        "description": data.get("description", "") if own else row.name,
        "context": data.get("context") if own else data,
        "requestedBy": row.requested_by,
        "requestedAt": moment(row.created_at),
    }


def history(
    db: Db, who: Principal, workflow: str | None, user: str | None, status: str | None, page: int, size: int
) -> tuple[list[dict[str, Any]], int]:
    """Ended requests, newest first. A user's: those that person decided."""
    require(who, "approval:view:history")
    if page < 1 or not 1 <= size <= MAX_PAGE:
        raise Invalid(
            "page starts at 1, pageSize at 1.", [{"pointer": "/pageSize", "message": f"1 to {MAX_PAGE}"}]
        )
    everybody = user is None and (who.speaks_for_others or who.may("audit:read"))
    query = _seen.where(rows.c.tenant_id == who.tenant_id, rows.c.ended_at.is_not(None))
    if not everybody:
        person = speaker(db, who, user)
        decided = exists().where(
            task_rows.c.instance_id == rows.c.id, task_rows.c.closed_by == person.user_id
        )
        query = query.where(or_(decided, rows.c.requester_id == person.user_id) if user is None else decided)
    if workflow:
        query = query.where(_of_workflow(workflow))
    if status:
        query = query.where(_has_status(status))
    total = db.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    found = db.execute(query.order_by(rows.c.id.desc()).limit(size).offset((page - 1) * size)).all()
    return [_ended(db, row) for row in found], total


def _has_status(status: str) -> Any:
    late = rows.c.state["reason"].astext == "timeout"
    if status == "timeout":
        return and_(rows.c.status == "rejected", late)
    if status == "rejected":
        return and_(rows.c.status.in_(["rejected", "rolled_back", "failed"]), late.is_not(True))
    return rows.c.status.in_([word for word, shown in WORDS.items() if shown == status] or [status])


def _ended(db: Db, row: Row[Any]) -> dict[str, Any]:
    last = db.execute(
        select(task_rows.c.comment, task_rows.c.closed_at, task_rows.c.status, users.c.email)
        .join(users, users.c.id == task_rows.c.closed_by)
        .where(task_rows.c.instance_id == row.id, task_rows.c.kind == "approval")
        .order_by(task_rows.c.closed_at.desc())
        .limit(1)
    ).first()
    return _common(row) | {
        "status": status_word(runtime.state_of(row.state)),
        "decidedBy": last.email if last else None,
        "decidedAt": moment(last.closed_at if last else row.ended_at),
        "comment": last.comment if last else None,
        "reason": row.state.get("reason"),
    }


def decide(db: Db, person: Principal, instance_id: UUID, outcome: str, words: str, actor: Actor) -> Moved:
    """Answer whatever this person is asked in a request. Raises Forbidden for a stranger, Conflict when it is too late."""
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
    command = Decide(str(asked.id), str(person.user_id), outcome, words)
    if not person.may("approval:reject" if outcome == "rejected" else "approval:approve"):
        raise Forbidden(f"{person.name}'s role does not decide on requests.")
    return tasks.answer(db, person, asked.id, command, actor, None)


def _refuse_stranger(db: Db, person: Principal, instance_id: UUID) -> NoReturn:
    row = db.execute(
        select(rows.c.status, rows.c.ended_at, rows.c.requester_id).where(rows.c.id == instance_id)
    ).one()
    if row.requester_id == person.user_id:
        raise Forbidden("Nobody decides on their own request.")
    if row.ended_at is not None:
        raise Conflict(f"This request has ended: {row.status.replace('_', ' ')}.", status=row.status)
    raise Forbidden(f"{person.name} is not asked to decide on this.")


def cancel(db: Db, person: Principal, instance_id: UUID, reason: str, actor: Actor) -> Moved:
    """By the requester, or by somebody who may cancel any request."""
    row = instances.get(db, person, instance_id)
    act = instances.withdraw if row.requester_id == person.user_id else instances.cancel
    return act(db, person, instance_id, reason, actor)
