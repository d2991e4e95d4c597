"""Requests: start one, list them, look at one, withdraw, cancel, and mend what is stuck."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select

from app import files, incidents, runtime
from app.access.permissions import require
from app.access.principal import Principal
from app.conflicts import refusal
from app.errors import Forbidden, Invalid, Missing, about
from app.people import rules
from app.runtime import Actor, Moved, New, versions
from app.store.db import Db
from app.store.ids import uuid7
from app.store.tables import definitions, events, instances, tasks, users
from app.store.tables import versions as version_rows
from app.store.tables.base import linked
from engine import forms
from engine.commands import Cancel, Correct, MarkUndone, Refused, Retry, Start, Withdraw
from engine.forms import TRUSTED, accepted
from engine.json_text import Unfit, normal
from engine.reasons import Reason
from engine.state import Blocked

PAGE = 30
# JSON Schema and uiSchema.
Form = tuple[dict[str, Any], dict[str, Any]]

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
    .join(users, linked(users.c.id, instances.c.requester_id))
    .join(version_rows, linked(version_rows.c.id, instances.c.version_id))
    .join(definitions, linked(definitions.c.id, version_rows.c.definition_id))
)


class Stuck(NamedTuple):
    """request: its row with names, as everywhere. since: when it stopped. words: why, as a sentence."""

    request: Row[Any]
    since: datetime
    why: Blocked
    words: str


def start(
    db: Db,
    principal: Principal,
    version_id: UUID,
    data: dict[str, Any],
    actor: Actor,
    *,
    requester: UUID | None = None,
    asked: dict[str, Any] | None = None,
    trusted: bool = False,
) -> Moved:
    """Start a request on a version. Raises Invalid with the form's errors, Forbidden; then nothing was written.

    Files that the data name must be the principal's own uploads, and are the request's from then on. `trusted`: the
    data were made by us; what the form hides or locks may be among them.
    """
    require(principal, "instance:start")
    version = versions.published(db, principal.tenant_id, version_id)
    if version.author in (requester or principal.user_id, principal.key_owner) and version.author:
        _refuse_author(db, principal.tenant_id)
    definition = version.definition
    form = definition.form(definition.start)
    kept = checked(data, form, TRUSTED if trusted else definition.asked(definition.start))
    attached = attached_to(db, principal, form, kept)
    command = Start(
        instance=str(uuid7()),
        requester=str(requester or principal.user_id),
        data=kept,
        title=definition.title(kept),
        definition=definition.key,
        version=version.number,
        content_hash=version.content_hash,
        files=files.digests(db, principal, attached),
    )
    prefix = definition.document.get("prefix", "REQ")
    new = New(principal.tenant_id, version_id, prefix, asked)
    try:
        moved = runtime.start(db, new, command, actor, moment=principal.moment)
    except Refused as refused:
        raise refusal(db, principal.tenant_id, refused) from refused
    files.hand_over(db, principal, attached, moved.instance_id)
    return moved


def _refuse_author(db: Db, tenant_id: UUID) -> None:
    """Raises Forbidden unless the tenant lets those who write the rules ask under them."""
    if not rules.allows(db, tenant_id, "authors_may_ask"):
        raise Forbidden("Whoever published a version makes no requests on it: somebody else has to ask, or to publish.")


def attached_to(
    db: Db, principal: Principal, form: Form, data: dict[str, Any], instance_id: UUID | None = None
) -> files.Named:
    """The files that a form's data name. Raises Invalid for those that are neither loose and the principal's own, nor
    of this request."""
    attached = list(forms.files(*form, data))
    if wrong := files.strangers(db, principal, attached, instance_id):
        raise Invalid("A file is not there.", [about(error.pointer, error.reason) for error in wrong])
    return attached


def checked(data: dict[str, Any], form: Form, stored: Any) -> dict[str, Any]:
    """As a form takes it that was made from the state `stored`. Raises Invalid."""
    kept: dict[str, Any]
    kept, errors = accepted(*form, fit(data), stored)
    if errors:
        raise Invalid("Some answers need another look.", [about(error.pointer, error.reason) for error in errors])
    return kept


def fit(data: dict[str, Any]) -> dict[str, Any]:
    """As it can be kept. Raises Invalid."""
    try:
        kept: dict[str, Any] = normal(data)
    except (Unfit, RecursionError) as unfit:
        raise Invalid.because("", unfit.reason if isinstance(unfit, Unfit) else Reason("too_deep")) from unfit
    return kept


def mine(db: Db, principal: Principal, before: UUID | None = None, *, ended: bool | None = None) -> Sequence[Row[Any]]:
    """My requests, newest first: one page and one row more. `ended`: only those that are, or are not."""
    return _listed(db, principal, before, ended, instances.c.requester_id == principal.user_id)


def everybodys(
    db: Db, principal: Principal, before: UUID | None = None, *, ended: bool | None = None
) -> Sequence[Row[Any]]:
    """Likewise those of all people, for readers of the record."""
    require(principal, "audit:read")
    return _listed(db, principal, before, ended)


def _listed(
    db: Db, principal: Principal, before: UUID | None, ended: bool | None, *more: ColumnElement[bool]
) -> Sequence[Row[Any]]:
    query = SHOWN.where(instances.c.tenant_id == principal.tenant_id, *more)
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
    if row.requester_id == principal.user_id or sees(principal.permissions, was_asked=False):
        return True
    here = tasks.c.tenant_id == principal.tenant_id, tasks.c.instance_id == row.id
    asked = select(tasks.c.id).where(*here, tasks.c.assignee_id == principal.user_id)
    return db.execute(asked.limit(1)).first() is not None


def sees(permissions: Collection[str], *, was_asked: bool) -> bool:
    """Whether somebody may look at a request of somebody else."""
    return was_asked or "audit:read" in permissions or "approval:cancel" in permissions


def id_of(db: Db, principal: Principal, some_id: UUID) -> UUID | None:
    """A request's id from its own or from one of its tasks'."""
    own = select(instances.c.id).where(instances.c.id == some_id, instances.c.tenant_id == principal.tenant_id)
    task = select(tasks.c.instance_id).where(tasks.c.id == some_id, tasks.c.tenant_id == principal.tenant_id)
    return db.execute(own.union_all(task)).scalar()


def story(db: Db, tenant_id: UUID, instance_id: UUID) -> Sequence[Row[Any]]:
    """All events, oldest first."""
    own = events.c.tenant_id == tenant_id, events.c.instance_id == instance_id
    return db.execute(select(events).where(*own).order_by(events.c.seq)).all()


def waiting(db: Db, tenant_id: UUID, instance_ids: Sequence[UUID]) -> dict[UUID, list[Row[Any]]]:
    """The open tasks of some requests, with the assignee's name and title."""
    rows = db.execute(
        select(tasks, users.c.name.label("assignee"), users.c.title.label("assignee_title"))
        .join(users, linked(users.c.id, tasks.c.assignee_id))
        .where(tasks.c.tenant_id == tenant_id, tasks.c.instance_id.in_(instance_ids), tasks.c.status == "pending")
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
    query = select(func.count()).select_from(instances).where(*_stuck(principal))
    return int(db.execute(query).scalar_one())


def list_stuck(db: Db, principal: Principal) -> Sequence[Stuck]:
    """Requests that cannot go on until an administrator helps: the oldest, at most one page."""
    if not principal.may("effect:manage"):
        return []
    rows = db.execute(SHOWN.where(*_stuck(principal)).order_by(instances.c.blocked_at).limit(PAGE)).all()
    found = ((row, runtime.state_of(row.state).blocked) for row in rows)
    return [Stuck(row, row.blocked_at, blocked, incidents.words(db, row, blocked)) for row, blocked in found if blocked]


def _stuck(principal: Principal) -> tuple[ColumnElement[bool], ...]:
    return instances.c.tenant_id == principal.tenant_id, instances.c.blocked_at.is_not(None)


def addresses(db: Db, tenant_id: UUID, user_ids: Sequence[UUID]) -> list[str]:
    """E-mail addresses of people, in the order given."""
    own = users.c.tenant_id == tenant_id, users.c.id.in_(user_ids)
    rows = db.execute(select(users.c.id, users.c.email).where(*own))
    found = {row.id: row.email for row in rows}
    return [found[user] for user in user_ids if user in found]


def withdraw(db: Db, principal: Principal, instance_id: UUID, reason: str, actor: Actor) -> Moved:
    get(db, principal, instance_id)
    return _send(db, principal.tenant_id, instance_id, Withdraw(str(principal.user_id), reason.strip()), actor)


def cancel(db: Db, principal: Principal, instance_id: UUID, reason: str, actor: Actor) -> Moved:
    require(principal, "approval:cancel")
    get(db, principal, instance_id)
    return _send(db, principal.tenant_id, instance_id, Cancel(reason.strip()), actor)


def retry(db: Db, principal: Principal, instance_id: UUID, actor: Actor) -> Moved:
    """Try again what is stuck, after an admin mended the cause."""
    require(principal, "effect:manage")
    get(db, principal, instance_id)
    return _send(db, principal.tenant_id, instance_id, Retry(), actor)


def correct(
    db: Db,
    principal: Principal,
    instance_id: UUID,
    values: dict[str, Any],
    reason: str,
    actor: Actor,
    attached: files.Named = (),
    cleared: Collection[str] = (),
) -> Moved:
    """Give fields of a stuck request other values, empty others (`cleared`), and try again.

    Raises Invalid for what does not fit.
    """
    require(principal, "effect:manage")
    get(db, principal, instance_id)
    hashes = files.digests(db, principal, attached)
    told = Correct(str(principal.user_id), fit(values), reason.strip(), hashes, list(cleared))
    moved = _send(db, principal.tenant_id, instance_id, told, actor)
    files.hand_over(db, principal, attached, instance_id)
    return moved


def mark_undone(db: Db, principal: Principal, instance_id: UUID, reason: str, actor: Actor) -> Moved:
    """Somebody undid by hand what a stuck compensation could not; the next compensation goes on."""
    require(principal, "effect:manage")
    get(db, principal, instance_id)
    return _send(db, principal.tenant_id, instance_id, MarkUndone(reason.strip()), actor)


def _send(
    db: Db,
    tenant_id: UUID,
    instance_id: UUID,
    command: Withdraw | Cancel | Retry | Correct | MarkUndone,
    actor: Actor,
) -> Moved:
    row = runtime.lock(db, tenant_id, instance_id)
    try:
        return runtime.send(db, row, command, actor)
    except Refused as refused:
        raise refusal(db, tenant_id, refused) from refused
