"""Reports: asked for on a page, built by a worker with progress, kept with a fingerprint, downloaded again.

A report and the effect that builds it share one id: a build that failed for good is seen on its report.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, insert, select, update

from app.access.permissions import require
from app.access.principal import Principal
from app.audit import search, tenant_log
from app.audit.filters import Filters, filters_of, params_of, period_name
from app.effects.results import Done, Effect
from app.errors import Conflict, Invalid, Missing, Refusal
from app.exports import exports
from app.reports import queries
from app.reports.model import Material
from app.reports.progress import Progress
from app.runtime import wake
from app.store.cursors import snapshot
from app.store.db import Db, transaction
from app.store.ids import uuid7
from app.store.tables import effects, events, instances, reports, tenants, users
from app.store.tables.base import linked
from engine.events.reading import ReportDownloaded, ReportRequested
from engine.reasons import reason
from engine.wording.values import clean, plain_name

PAGE, MAX_NAME = 30, 100
IN_NAME = {"since", "until", "instance"}
ATTEMPTS = 3

_listed = (
    select(
        reports.c.id,
        reports.c.format,
        reports.c.name,
        reports.c.params,
        reports.c.status,
        reports.c.progress,
        reports.c.error,
        reports.c.sha256,
        reports.c.created_at,
        reports.c.finished_at,
        func.length(reports.c.content).label("size"),
        users.c.name.label("requester"),
        effects.c.status.label("effect"),
        effects.c.history,
    )
    .join(users, linked(users.c.id, reports.c.requested_by))
    .outerjoin(effects, linked(effects.c.id, reports.c.id))
)


def create(db: Db, principal: Principal, format: str, params: dict[str, Any]) -> UUID:
    """params as app/audit/filters.py reads them; `instance` makes it about one request. Raises Invalid, Missing."""
    require(principal, "audit:export")
    if format not in exports():
        offered = reason("choose_format", offered=sorted(exports()))
        raise Invalid.because("/format", offered, heading="There is no such format.")
    filters = filters_of(params)
    name = _request_name(db, principal, filters.instance) if filters.instance else period_name(filters)
    key = uuid7()
    told = {"id": key, "tenant_id": principal.tenant_id}
    row = {
        **told,
        "requested_by": principal.user_id,
        "format": format,
        "name": name,
        "params": params_of(filters),
    }
    db.execute(insert(reports).values(row))
    work = {**told, "kind": "report", "payload": {"report": str(key)}, "max_attempts": ATTEMPTS}
    db.execute(insert(effects).values(work))
    db.after_commit(lambda: wake.workers(principal.tenant_id, [key], wake.SLOW_QUEUE))
    asked = ReportRequested(report=str(key), format=format, name=name, params=params_of(filters))
    tenant_log.note(db, principal.tenant_id, principal, asked, filters.instance)
    return key


def recent(db: Db, principal: Principal, before: UUID | None = None) -> Sequence[Row[Any]]:
    """Newest first: one page and one row more."""
    query = _of_tenant(principal)
    if before:
        query = query.where(reports.c.id < before)
    return db.execute(query.order_by(reports.c.id.desc()).limit(PAGE + 1)).all()


def get(db: Db, principal: Principal, report_id: UUID) -> Row[Any]:
    row = db.execute(_of_tenant(principal).where(reports.c.id == report_id)).first()
    if row is None:
        raise Missing("There is no such report.")
    return row


def content(db: Db, principal: Principal, report_id: UUID) -> tuple[str, str, bytes]:
    """File name, media type, bytes. Raises Conflict while there is nothing to download."""
    row = get(db, principal, report_id)
    if row.status != "done":
        raise Conflict("This report is not ready yet.", status=row.status)
    kept = db.execute(select(reports.c.content).where(*_one(principal.tenant_id, report_id))).scalar_one()
    module = exports()[row.format]
    downloaded = ReportDownloaded(report=str(report_id), format=row.format, sha256=bytes(row.sha256).hex())
    tenant_log.note(db, principal.tenant_id, principal, downloaded)
    return f"{row.name}.{module.EXTENSION}", module.MEDIA_TYPE, bytes(kept)


def find_request(db: Db, principal: Principal, name: str) -> UUID:
    """The request called PUR-12, or 12 where only one is. Raises Invalid."""
    found = db.execute(search.named(principal, name).limit(2)).scalars().all()
    if len(found) == 1:
        return UUID(str(found[0]))
    code = "several_requests" if found else "no_such_request" if name else "say_request"
    raise Invalid.because("/request", reason(code, name=name[:40]))


def trouble(row: Row[Any]) -> str | None:
    """Why a report failed, in words; None while it is built or when it is done."""
    if row.status == "failed":
        return str(row.error)
    if row.effect == "dead":
        return f"It could not be built: {row.history[-1]['error']}" if row.history else "It could not be built."
    return None


def perform(effect: Effect) -> Done:
    """Builds the file outside of any transaction that writes; only its progress is written meanwhile."""
    key = UUID(effect.payload["report"])
    with snapshot(effect.tenant_id) as db:
        row = db.execute(select(reports).where(*_one(effect.tenant_id, key))).one()
        module = exports()[row.format]
        try:
            made = module.write(_material(db, row), Progress(partial(_save_progress, effect.tenant_id, key)))
        except Refusal as refused:
            return Done(record=_record(effect.tenant_id, key, status="failed", error=refused.message))
    facts = {"content": made, "sha256": sha256(made).digest(), "progress": 100}
    return Done({"size": len(made)}, _record(effect.tenant_id, key, status="done", error=None, **facts))


def _record(tenant_id: UUID, key: UUID, **values: Any) -> Callable[[Db], None]:
    def write(db: Db) -> None:
        db.execute(update(reports).where(*_one(tenant_id, key)).values(**values, finished_at=func.now()))

    return write


def _save_progress(tenant_id: UUID, key: UUID, percent: int) -> None:
    with transaction(tenant_id) as db:
        db.execute(update(reports).where(*_one(tenant_id, key)).values(progress=percent))


def _one(tenant_id: UUID, key: UUID) -> tuple[ColumnElement[bool], ...]:
    return reports.c.tenant_id == tenant_id, reports.c.id == key


def _material(db: Db, row: Row[Any]) -> Material:
    asked_by = users.c.tenant_id == row.tenant_id, users.c.id == row.requested_by
    who = db.execute(select(users.c.name, users.c.email).where(*asked_by)).one()
    granted = frozenset({"audit:read", "audit:export"})
    # Whoever asked was allowed to; the tenant still bounds what is read.
    principal = Principal(row.tenant_id, row.requested_by, who.name, who.email, frozenset(), granted, via="system")
    tenant = db.execute(select(tenants.c.name).where(tenants.c.id == row.tenant_id)).scalar_one()
    filters = filters_of(row.params)
    matching = search.matching(principal, filters).with_only_columns(func.count(events.c.seq))
    return Material(
        name=row.name,
        tenant=tenant,
        made_by=who.name,
        made_at=datetime.now(UTC),
        events=db.execute(matching).scalar_one(),
        lines=lambda: search.everything(db, principal, filters),
        about=lambda: (queries.one_request if filters.instance else queries.period)(db, principal, filters),
        params=row.params,
        filters=_told(db, principal, filters),
    )


def _told(db: Db, principal: Principal, filters: Filters) -> list[tuple[str, str]]:
    """The filters in words, besides the period itself."""
    told = {name: text for name, text in params_of(filters).items() if name not in IN_NAME}
    if filters.person:
        named = select(users.c.name).where(users.c.id == filters.person, users.c.tenant_id == principal.tenant_id)
        told["person"] = db.execute(named).scalar() or "somebody unknown"
    return [(plain_name(name), text) for name, text in told.items()]


def _of_tenant(principal: Principal) -> Select[Any]:
    require(principal, "audit:export")
    return _listed.where(reports.c.tenant_id == principal.tenant_id)


def _request_name(db: Db, principal: Principal, key: UUID) -> str:
    wanted = select(instances.c.prefix, instances.c.number, instances.c.title).where(
        instances.c.id == key, instances.c.tenant_id == principal.tenant_id
    )
    row = db.execute(wanted).first()
    if row is None:
        raise Missing("There is no such request.")
    return clean(f"{row.prefix}-{row.number} {row.title}", MAX_NAME)
