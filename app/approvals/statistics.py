"""Figures of approvals over a period: how many, how they ended, how long people took."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import case, exists, func, select

from app.access.on_behalf import looked_at
from app.access.permissions import require
from app.access.principal import Principal
from app.approvals.queries import of_person
from app.approvals.shapes import STATES, Statistics, StatisticsQuery
from app.approvals.status import OPEN, status_of_row
from app.errors import Invalid
from app.shapes import Maybe
from app.store.db import Db
from app.store.tables import instances as rows
from app.store.tables import tasks as task_rows
from app.store.tables.base import linked
from app.times import moment
from engine.reasons import reason

DECIDED = ("approved", "rejected", "timeout")


def statistics(db: Db, who: Principal, asked: StatisticsQuery) -> Statistics:
    """Of the requests that ask somebody to decide."""
    require(who, "approval:view:history")
    since, until = _moment("from", asked.since, time.min), _moment("to", asked.until, time.max)
    if since and until and since > until:
        raise Invalid.because("/to", reason("period"))
    asks = exists().where(linked(task_rows.c.instance_id, rows.c.id), task_rows.c.kind == "approval")
    counted = select(rows.c.tenant_id, rows.c.id, status_of_row().label("word")).where(asks)
    query = of_person(db, who, asked.user_id or None, counted, asked=True)
    if since:
        query = query.where(rows.c.created_at >= since)
    if until:
        query = query.where(rows.c.created_at <= until)
    meant = query.subquery()
    many = dict.fromkeys(STATES, 0)
    for row in db.execute(select(meant.c.word, func.count().label("many")).group_by(meant.c.word)):
        many[row.word] = row.many
    mean, expired = _answers(db, meant)
    return Statistics(
        since=moment(since),
        until=moment(until),
        total=sum(many.values()),
        by_status=many,
        approval_rate=_rate(many),
        mean_response_ms=mean,
        expired=expired,
        pending_for_user=_open_questions(db, looked_at(db, who, asked.user_id or None)),
    )


def _moment(name: str, given: Maybe[str], of_day: time) -> datetime | None:
    """A day is meant from its first to its last moment."""
    if not given:
        return None
    try:
        if len(given) == len("2026-11-21"):
            return datetime.combine(date.fromisoformat(given), of_day, UTC)
        at = datetime.fromisoformat(given)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Invalid.because(f"/{name}", reason("no_day_or_moment"))
    return at


def _rate(counted: dict[str, int]) -> Decimal | None:
    decided = sum(counted[word] for word in DECIDED)
    return round(Decimal(counted["approved"]) / decided, 4) if decided else None


def _answers(db: Db, meant: Any) -> tuple[int | None, int]:
    """The mean time to an answer in milliseconds, and how many wait although the time is up."""
    taken = func.extract("epoch", task_rows.c.closed_at - task_rows.c.opened_at) * 1000
    answered = task_rows.c.closed_by.is_not(None)
    late = (task_rows.c.status == "pending") & (task_rows.c.due_at < func.clock_timestamp())
    found = db.execute(
        select(
            func.round(func.avg(case((answered, taken)))).label("mean"),
            func.count(task_rows.c.instance_id.distinct()).filter(late & meant.c.word.in_(OPEN)).label("expired"),
        )
        .join(meant, linked(meant.c.id, task_rows.c.instance_id))
        .where(task_rows.c.kind == "approval")
    ).one()
    return None if found.mean is None else int(found.mean), found.expired


def _open_questions(db: Db, person: Principal) -> int:
    query = select(func.count()).where(task_rows.c.assignee_id == person.user_id, task_rows.c.status == "pending")
    return int(db.execute(query.where(task_rows.c.tenant_id == person.tenant_id)).scalar_one())
