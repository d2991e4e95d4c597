"""Reads what reports are made of: one request with everything around it, or all that happened in a period."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, or_, select

from app import overview, runtime
from app.access.permissions import require
from app.access.principal import Principal
from app.audit import chains, evidence, search
from app.audit.filters import Filters
from app.audit.lines import Line
from app.audit.names import Naming
from app.errors import Missing, TooLarge
from app.instances import SHOWN
from app.reports.model import Decision, Filled, OneRequest, Period, Request
from app.reports.room import Room
from app.runtime import versions
from app.runtime.directories import current
from app.store.db import Db
from app.store.tables import events, instances, tasks, users
from app.store.tables import versions as version_rows
from app.store.tables.base import linked
from designer.drawing.path import path
from engine.definition import Definition
from engine.forms import describe
from engine.reasons import Reason
from engine.wording.endings import why_ended
from engine.wording.names import Names
from engine.wording.values import count, remark, span

FILLED = ("InstanceStarted", "TaskSubmitted")
# About two hundred pages; each takes a third of a second and five megabytes of memory to lay out.
MAX_REQUESTS, MAX_DECISIONS, MAX_EVENTS = 1_500, 3_000, 3_000

_requests = SHOWN.add_columns(version_rows.c.content_hash, version_rows.c.document)


def one_request(db: Db, principal: Principal, filters: Filters) -> OneRequest:
    """filters.instance says which."""
    row = _row(db, principal, filters.instance)
    definition = versions.definition(db, row.tenant_id, row.version_id)
    request = _request(row, overview.amount(definition, row.state["data"]))
    events_of = search.matching(principal, filters).with_only_columns(func.count(events.c.seq))
    many = db.execute(events_of).scalar_one()
    if many > MAX_EVENTS:
        raise TooLarge(f"This request has {many:,} events, and a PDF takes up to {MAX_EVENTS:,}. Choose a CSV.")
    lines = list(search.everything(db, principal, filters))
    room = Room()
    return OneRequest(
        request=request,
        version_hash=bytes(row.content_hash).hex(),
        head=bytes(row.head).hex(),
        decisions=_decisions(db, principal, filters, room),
        forms=[_filled(definition, line.event, room) for line, _ in lines if line.event.type in FILLED],
        waiting=_waiting(db, row),
        lines=lines,
        drawing=overview.drawing(definition, current(db, principal.tenant_id), runtime.state_of(row.state)),
        path=path([{"type": line.event.type, "data": line.event.data} for line, _ in lines]),
        chain=chains.check_requests(db, principal.tenant_id, [row.id]),
        evidence=_evidence(row, lines),
    )


def evidence_of(db: Db, principal: Principal, instance_id: UUID) -> bytes:
    """JSON that is checked without this server. Raises Forbidden, Missing, TooLarge."""
    require(principal, "audit:export")
    row = _row(db, principal, instance_id)
    if row.seq > MAX_EVENTS:
        raise TooLarge(f"This request has {row.seq:,} events, and at once go {MAX_EVENTS:,}. Ask for a report as CSV.")
    return _evidence(row, list(search.everything(db, principal, Filters(instance=instance_id))))


def _evidence(row: Row[Any], lines: Sequence[tuple[Line, bytes | None]]) -> bytes:
    version = {
        "key": row.definition_key,
        "name": row.definition,
        "number": row.version,
        "content_hash": row.content_hash,
        "document": row.document,
    }
    return evidence.build(row._mapping, version, [line.event._mapping for line, _ in lines])


def _row(db: Db, principal: Principal, instance_id: UUID | None) -> Row[Any]:
    of_tenant = instances.c.tenant_id == principal.tenant_id
    row = db.execute(_requests.where(instances.c.id == instance_id, of_tenant)).first()
    if row is None:
        raise Missing("There is no such request.")
    return row


def period(db: Db, principal: Principal, filters: Filters) -> Period:
    """Every request in which something matched, as it stands now. Raises TooLarge."""
    wanted = search.matching(principal, filters)
    ids = wanted.where(instances.c.id.is_not(None)).with_only_columns(events.c.instance_id).distinct()
    counts = _counts(db, wanted)
    requests = db.execute(select(func.count()).select_from(ids.subquery())).scalar_one()
    decided = counts["TaskDecided"] + counts["ApprovedByRule"]
    if requests > MAX_REQUESTS or decided > MAX_DECISIONS:
        raise TooLarge(
            f"This holds {count(requests, 'request')} and {count(decided, 'decision')}; a PDF takes up to "
            f"{MAX_REQUESTS:,} and {MAX_DECISIONS:,}. Choose a shorter period, or a CSV, which takes more."
        )
    of_tenant = instances.c.tenant_id == principal.tenant_id
    rows = db.execute(_requests.where(of_tenant, instances.c.id.in_(ids)).order_by(instances.c.number)).all()
    decisions = _decisions(db, principal, filters, Room())
    return Period(
        requests=[_request(row, _amount(db, row)) for row in rows],
        decisions=decisions,
        days=search.decisions_per_day(db, principal, filters),
        figures=_figures(counts, len(rows), decisions),
        statuses=Counter(row.status for row in rows).most_common(),
        chain=chains.check_requests(db, principal.tenant_id, [row.id for row in rows]),
    )


def _amount(db: Db, row: Row[Any]) -> str:
    return overview.amount(versions.definition(db, row.tenant_id, row.version_id), row.state["data"])


def _request(row: Row[Any], amount: str) -> Request:
    return Request(
        id=str(row.id),
        name=f"{row.prefix}-{row.number}",
        title=row.title,
        amount=amount,
        definition=row.definition,
        version=row.version,
        status=row.status,
        requester=row.requester,
        requester_title=row.requester_title,
        made_at=row.created_at,
        ended_at=row.ended_at,
    )


def _filled(about: Definition, event: Row[Any], room: Room) -> Filled:
    step = event.data.get("step", about.start)
    shown = describe(*about.form(step), event.data["data"], masked=True)
    return Filled(
        about.steps[step].name, event.actor_name, event.at, room.pairs((one.label, one.value) for one in shown)
    )


def _waiting(db: Db, row: Row[Any]) -> list[str]:
    wanted = (
        select(users.c.name)
        .join(tasks, linked(tasks.c.assignee_id, users.c.id))
        .where(tasks.c.tenant_id == row.tenant_id, tasks.c.instance_id == row.id, tasks.c.status == "pending")
        .order_by(tasks.c.id)
    )
    return list(db.execute(wanted).scalars())


def _decisions(db: Db, principal: Principal, filters: Filters, room: Room) -> list[Decision]:
    decided = or_(search.by_person(), search.by_rule(), search.by_clock())
    lines = [line for line, _ in search.everything(db, principal, filters, decided)]
    naming = Naming(db, principal.tenant_id)
    naming.learn([line.event for line in lines])
    found = []
    for line in lines:
        key = line.event.version_id
        made = {"TaskDecided": _by_person, "TimedOut": _by_clock}.get(line.event.type, _by_rule)
        one = made(line, naming.names(key), versions.definition(db, principal.tenant_id, key))
        found.append(replace(one, comment=room.text(one.comment), values=room.pairs(one.values)))
    return found


def _by_person(line: Line, names: Names, _: Definition) -> Decision:
    event, data = line.event, line.event.data
    return Decision(
        request=line.request,
        title=line.title,
        at=event.at,
        who=event.actor_name,
        level=names.level(data["step"], data.get("level")),
        outcome=data["outcome"],
        comment=remark(data),
        values=_values(names, data.get("values")),
        by="person",
        source=event.source,
        address=event.address,
        asked_at=names.opened.get(str(data.get("task"))),
    )


def _by_clock(line: Line, names: Names, _: Definition) -> Decision:
    event, data = line.event, line.event.data
    return Decision(
        request=line.request,
        title=line.title,
        at=event.at,
        who="Nobody: the time was up",
        level=names.level(data["step"], data["level"]),
        outcome="approved",
        comment="",
        values=[],
        by="clock",
        source=event.source,
        address=None,
        asked_at=None,
    )


def _by_rule(line: Line, names: Names, about: Definition) -> Decision:
    event, data = line.event, line.event.data
    rule = data.get("why") or data
    end = about.steps[data["to"]].settings if "why" in data else {}
    return Decision(
        request=line.request,
        title=line.title,
        at=event.at,
        who=names.rule(rule["rule"]),
        level=names.step(data["step"]),
        outcome=end.get("status", "approved"),
        comment=why_ended(Reason.of(data.get("reason"))) or rule.get("text", ""),
        values=_values(names, rule.get("values")),
        by="rule",
        source=event.source,
        address=None,
        asked_at=None,
    )


def _values(names: Names, given: dict[str, Any] | None) -> list[tuple[str, str]]:
    return [(names.field(key), names.value(key, item)) for key, item in (given or {}).items()]


def _counts(db: Db, wanted: Select[Any]) -> Counter[str]:
    counted = wanted.with_only_columns(events.c.type, func.count().label("times")).group_by(events.c.type)
    return Counter({row.type: row.times for row in db.execute(counted)})


def _figures(counts: Counter[str], requests: int, decisions: Sequence[Decision]) -> list[tuple[str, str]]:
    by_people = [decision for decision in decisions if decision.by == "person"]
    rejected = sum(decision.outcome == "rejected" for decision in by_people)
    waited = [(one.at - one.asked_at).total_seconds() for one in by_people if one.asked_at]
    return [
        ("Requests", f"{requests:,}"),
        ("Decisions by people", f"{len(by_people):,}"),
        ("Decisions by a rule", f"{sum(decision.by == 'rule' for decision in decisions):,}"),
        ("Passed without a signature", f"{sum(decision.by == 'clock' for decision in decisions):,}"),
        ("Rejected", f"{rejected:,}"),
        ("Escalated", f"{counts['TaskEscalated']:,}"),
        ("Median time to a decision", span(timedelta(seconds=median(waited))) if waited else "none yet"),
    ]
