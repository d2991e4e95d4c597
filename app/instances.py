"""Requests: start one, list them, look at one, withdraw, cancel, and try again what is stuck."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from app import runtime
from app.access.permissions import require
from app.access.principal import Principal
from app.conflicts import refusal
from app.errors import Invalid, Missing
from app.runtime import Actor, Moved, New, versions
from app.store.db import Db
from app.store.ids import uuid7
from app.store.tables import definitions, events, instances, stuck, tasks, users
from app.store.tables import versions as version_rows
from engine.commands import Cancel, Refused, Retry, Start, Withdraw
from engine.forms import validate
from engine.json_text import Unfit, normal
from engine.placeholders import fill

PAGE = 30

# A request with the names of what it refers to.
SHOWN = (
    select(
        instances,
        users.c.name.label("requester"),
        users.c.title.label("requester_title"),
        definitions.c.name.label("definition"),
        definitions.c.key.label("definition_key"),
        definitions.c.icon,
        version_rows.c.number.label("version"),
    )
    .join(users, users.c.id == instances.c.requester_id)
    .join(version_rows, version_rows.c.id == instances.c.version_id)
    .join(definitions, definitions.c.id == version_rows.c.definition_id)
)


def start(
    db: Db,
    principal: Principal,
    version_id: UUID,
    data: dict[str, Any],
    actor: Actor,
    *,
    requester: UUID | None = None,
    asked: dict[str, Any] | None = None,
    command_id: str | None = None,
) -> Moved:
    """Start a request on a version. Raises Invalid with the form's errors; then nothing was written."""
    require(principal, "instance:start")
    version = versions.published(db, version_id)
    definition = version.definition
    kept = checked(data, definition.form(definition.start)[0])
    command = Start(
        instance=str(uuid7()),
        requester=str(requester or principal.user_id),
        data=kept,
        title=(fill(definition.document.get("title", ""), kept).strip() or definition.name)[:200],
        definition=definition.key,
        version=version.number,
        content_hash=version.content_hash,
    )
    prefix = definition.document.get("prefix", "REQ")
    return runtime.start(db, New(principal.tenant_id, version_id, prefix, asked), command, actor, command_id)


def checked(data: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    kept = fit(data)
    errors = validate(schema, kept)
    if errors:
        found = [{"pointer": error.pointer, "message": error.message} for error in errors]
        raise Invalid("Some answers need another look.", found)
    return kept


def fit(data: dict[str, Any]) -> dict[str, Any]:
    """As it can be kept. Raises Invalid."""
    try:
        kept: dict[str, Any] = normal(data)
    except (Unfit, RecursionError) as unfit:
        raise Invalid(f"A value {unfit}.", [{"pointer": "", "message": str(unfit)}]) from unfit
    return kept


def mine(db: Db, principal: Principal, before: UUID | None = None, *, ended: bool | None = None) -> Sequence[Row[Any]]:
    """My requests, newest first: one page and one row more. `ended`: only those that are, or are not."""
    query = SHOWN.where(instances.c.tenant_id == principal.tenant_id, instances.c.requester_id == principal.user_id)
    if before:
        query = query.where(instances.c.id < before)
    if ended is not None:
        query = query.where(instances.c.ended_at.is_not(None) if ended else instances.c.ended_at.is_(None))
    return db.execute(query.order_by(instances.c.id.desc()).limit(PAGE + 1)).all()


def get(db: Db, principal: Principal, instance_id: UUID) -> Row[Any]:
    """A request this person may see: who asked, who is or was asked, and those who read everything."""
    row = db.execute(SHOWN.where(instances.c.id == instance_id, instances.c.tenant_id == principal.tenant_id)).first()
    if row is None or not _may_see(db, principal, row):
        raise Missing("There is no such request.")
    return row


def _may_see(db: Db, principal: Principal, row: Row[Any]) -> bool:
    if row.requester_id == principal.user_id or principal.may("audit:read") or principal.may("approval:cancel"):
        return True
    asked = select(tasks.c.id).where(tasks.c.instance_id == row.id, tasks.c.assignee_id == principal.user_id)
    return db.execute(asked.limit(1)).first() is not None


def id_of(db: Db, principal: Principal, some_id: UUID) -> UUID | None:
    """A request's id from its own or from one of its tasks'."""
    own = select(instances.c.id).where(instances.c.id == some_id, instances.c.tenant_id == principal.tenant_id)
    task = select(tasks.c.instance_id).where(tasks.c.id == some_id, tasks.c.tenant_id == principal.tenant_id)
    return db.execute(own.union_all(task)).scalar()


def story(db: Db, instance_id: UUID) -> Sequence[Row[Any]]:
    """All events, oldest first."""
    return db.execute(select(events).where(events.c.instance_id == instance_id).order_by(events.c.seq)).all()


def undone_after(db: Db, instance_id: UUID) -> str:
    """What a request that was undone would have ended as: rejected, cancelled or failed. Empty where none was."""
    begun = events.c.type == "CompensationStarted"
    query = select(events.c.data["status"].astext).where(events.c.instance_id == instance_id, begun)
    return db.execute(query.order_by(events.c.seq.desc()).limit(1)).scalar() or ""


def waiting(db: Db, instance_ids: Sequence[UUID]) -> dict[UUID, list[Row[Any]]]:
    """The open tasks of some requests, with the assignee's name and title."""
    rows = db.execute(
        select(tasks, users.c.name.label("assignee"), users.c.title.label("assignee_title"))
        .join(users, users.c.id == tasks.c.assignee_id)
        .where(tasks.c.instance_id.in_(instance_ids), tasks.c.status == "pending")
        .order_by(tasks.c.id)
    ).all()
    found: dict[UUID, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.instance_id, []).append(row)
    return found


def count_stuck(db: Db, principal: Principal) -> int:
    """How many requests wait for an administrator; none for those who cannot help."""
    if not principal.may("effect:manage"):
        return 0
    here = stuck.c.tenant_id == principal.tenant_id
    return int(db.execute(select(func.count()).select_from(stuck).where(here)).scalar_one())


def list_stuck(db: Db, principal: Principal) -> Sequence[Row[Any]]:
    """Requests that cannot go on until an administrator helps, with `reason` and `since`: the oldest, one page."""
    if not principal.may("effect:manage"):
        return []
    query = SHOWN.add_columns(stuck.c.reason, stuck.c.since).join(stuck, stuck.c.instance_id == instances.c.id)
    here = (stuck.c.tenant_id == principal.tenant_id, instances.c.tenant_id == principal.tenant_id)
    return db.execute(query.where(*here).order_by(stuck.c.since, instances.c.id).limit(PAGE)).all()


def addresses(db: Db, user_ids: Sequence[UUID]) -> list[str]:
    """E-mail addresses of people, in the order given."""
    rows = db.execute(select(users.c.id, users.c.email).where(users.c.id.in_(user_ids)))
    found = {row.id: row.email for row in rows}
    return [found[user] for user in user_ids if user in found]


def withdraw(db: Db, principal: Principal, instance_id: UUID, reason: str, actor: Actor) -> Moved:
    get(db, principal, instance_id)
    return _send(db, instance_id, Withdraw(str(principal.user_id), reason.strip()), actor)


def cancel(db: Db, principal: Principal, instance_id: UUID, reason: str, actor: Actor) -> Moved:
    require(principal, "approval:cancel")
    get(db, principal, instance_id)
    return _send(db, instance_id, Cancel(reason.strip()), actor)


def retry(db: Db, principal: Principal, instance_id: UUID, actor: Actor) -> Moved:
    """Try again what is stuck, after an admin mended the cause."""
    require(principal, "effect:manage")
    get(db, principal, instance_id)
    return _send(db, instance_id, Retry(), actor)


def _send(db: Db, instance_id: UUID, command: Withdraw | Cancel | Retry, actor: Actor) -> Moved:
    row = runtime.lock(db, instance_id)
    try:
        return runtime.send(db, row, command, actor)
    except Refused as refused:
        raise refusal(db, refused) from refused
