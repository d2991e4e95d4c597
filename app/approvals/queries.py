"""What waits for an answer and what was answered, across all requests: for programs."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Uuid, and_, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.access.on_behalf import looked_at, sees_everybody
from app.access.permissions import decides, require
from app.access.principal import Principal
from app.approvals.shapes import Answered, HistoryQuery, Pending, PendingQuery
from app.approvals.status import OPEN, named, of_workflow, status_of_row
from app.store.db import Db
from app.store.tables import definitions, events, users, versions
from app.store.tables import instances as rows
from app.store.tables import tasks as task_rows
from app.store.tables.base import linked
from app.times import moment
from engine.reasons import Reason
from engine.wording.endings import why_ended

_seen = (
    select(
        rows,
        users.c.email.label("requested_by"),
        definitions.c.key.label("definition"),
        definitions.c.name.label("definition_name"),
        status_of_row().label("word"),
    )
    .join(users, linked(users.c.id, rows.c.requester_id))
    .join(versions, linked(versions.c.id, rows.c.version_id))
    .join(definitions, linked(definitions.c.id, versions.c.definition_id))
)


def pending(db: Db, who: Principal, asked: PendingQuery) -> tuple[list[Pending], int]:
    """What waits for a person, or for anybody where the caller may see that; one entry a request, the oldest first.

    With how many there are in all.
    """
    require(who, "approval:view:pending")
    person = looked_at(db, who, asked.user_id or None)
    query = (
        _seen.add_columns(
            func.min(task_rows.c.due_at).label("due"),
            func.min(task_rows.c.name).label("step_name"),
            func.bool_or(task_rows.c.assignee_id == person.user_id).label("own"),
        )
        .join(task_rows, linked(task_rows.c.instance_id, rows.c.id) & (task_rows.c.status == "pending"))
        .where(rows.c.tenant_id == who.tenant_id, task_rows.c.kind == "approval")
        .group_by(rows.c.tenant_id, rows.c.id, users.c.email, definitions.c.key, definitions.c.name)
    )
    if asked.user_id or not sees_everybody(who):
        query = query.where(task_rows.c.assignee_id == person.user_id)
    if asked.workflow_id:
        query = query.where(of_workflow(asked.workflow_id, definitions.c.key))
    found, total = _page(db, query, rows.c.id, asked)
    return [_pending(row, person) for row in found], total


def _page(db: Db, query: Select[Any], order: Any, asked: PendingQuery | HistoryQuery) -> tuple[Sequence[Row[Any]], int]:
    size = asked.page_size
    start = (asked.page - 1) * size
    found = db.execute(query.order_by(order).limit(size).offset(start)).all()
    if found and len(found) < size:
        return found, start + len(found)
    total = db.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    return found, total


def _named(row: Row[Any]) -> dict[str, Any]:
    return named(row, row.definition, row.definition_name, row.requested_by)


def _pending(row: Row[Any], person: Principal) -> Pending:
    return Pending(
        **_named(row),
        status=row.word,
        job_name=(row.asked or {}).get("jobName", row.step_name),
        expires_at=moment(row.due),
        can_approve=bool(row.own) and row.requester_id != person.user_id and decides(person),
    )


def history(db: Db, who: Principal, asked: HistoryQuery) -> tuple[list[Answered], int]:
    """Requests that have ended, the newest first; with a status that is open, those that have it.

    A person's: those that person decided.
    """
    require(who, "approval:view:history")
    query = of_person(db, who, asked.user_id or None, _seen)
    if asked.status not in OPEN:
        query = query.where(rows.c.ended_at.is_not(None))
    if asked.workflow_id:
        query = query.where(of_workflow(asked.workflow_id, definitions.c.key))
    if asked.status:
        query = query.where(status_of_row() == asked.status)
    found, total = _page(db, query, rows.c.id.desc(), asked)
    answers = _last_answers(db, who.tenant_id, [row.id for row in found])
    return [_answered(row, answers.get(row.id)) for row in found], total


def of_person(db: Db, who: Principal, user: str | None, query: Select[Any], *, asked: bool = False) -> Select[Any]:
    """The tenant's requests: all of them, those that `user` decided, or those the caller asked for or decided.

    asked: also those in which the person was asked to decide and did not.
    """
    query = query.where(rows.c.tenant_id == who.tenant_id)
    if user is None and sees_everybody(who):
        return query
    person = looked_at(db, who, user)
    theirs = task_rows.c.closed_by == person.user_id
    if asked:
        theirs |= (task_rows.c.assignee_id == person.user_id) & (task_rows.c.kind == "approval")
    decided = exists().where(linked(task_rows.c.instance_id, rows.c.id), theirs)
    return query.where(decided if user else or_(decided, rows.c.requester_id == person.user_id))


def _last_answers(db: Db, tenant_id: UUID, instance_ids: Sequence[UUID]) -> dict[UUID, Row[Any]]:
    """By the record: of a person, with what was decided; without a person where a rule or the clock approved."""
    data = events.c.data
    by_clock = and_(events.c.type == "TimedOut", data["then"].astext == "approve")
    told = (data[name].astext.label(name) for name in ("outcome", "reason", "comment"))
    answers = (
        select(events.c.instance_id, events.c.at, users.c.email, *told)
        .ext(distinct_on(events.c.instance_id))
        .outerjoin(users, (users.c.tenant_id == tenant_id) & (users.c.id == cast(data["person"].astext, Uuid)))
        .where(events.c.tenant_id == tenant_id, events.c.instance_id.in_(instance_ids))
        .where(or_(events.c.type.in_(("TaskDecided", "ApprovedByRule")), by_clock))
        .order_by(events.c.instance_id, events.c.seq.desc())
    )
    return {row.instance_id: row for row in db.execute(answers)}


def _answered(row: Row[Any], last: Row[Any] | None) -> Answered:
    """Who had the last word; nobody, where a rule, the clock or a failure had it."""
    decision: Any = {"approved": "approved", "rejected": "rejected", "timeout": "rejected"}.get(row.word)
    by = last if last and last.outcome == row.word else None
    return Answered(
        **_named(row),
        status=row.word,
        decision=decision,
        decided_by=by.email if by else None,
        decided_at=moment(by.at if by else row.ended_at),
        comment=by.comment if by else None,
        decision_reason=(by.reason if by else None) or why_ended(Reason.of(row.state.get("reason")), ()) or None,
    )
