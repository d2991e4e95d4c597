"""What waits for a person: the inbox, one task, and answering it by a decision or a form."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, false, select

from app import files, runtime
from app.access.permissions import decides
from app.access.principal import Principal
from app.audit import tenant_log
from app.conflicts import refusal
from app.errors import Forbidden, Missing
from app.instances import Form, fit, story
from app.runtime import Actor, Moved
from app.runtime import versions as versions_of
from app.store.db import Db
from app.store.tables import definitions, instances, tasks, users, versions
from app.store.tables.base import linked
from engine.commands import Decide, Refused, Submit
from engine.definition import Definition
from engine.wording.changes import Change, changes

PAGE = 30
SEARCHED = 20_000

_requester, _closer = users.alias("requester"), users.alias("closer")
_shown = (
    select(
        tasks,
        instances.c.title,
        instances.c.number,
        instances.c.prefix,
        instances.c.state,
        instances.c.version_id,
        instances.c.requester_id,
        instances.c.created_at.label("asked_at"),
        _requester.c.name.label("requester"),
        _requester.c.title.label("requester_title"),
        users.c.name.label("assignee"),
        users.c.title.label("assignee_title"),
        _closer.c.name.label("closer"),
        definitions.c.name.label("definition"),
        definitions.c.icon,
    )
    .join(instances, linked(instances.c.id, tasks.c.instance_id))
    .join(_requester, linked(_requester.c.id, instances.c.requester_id))
    .join(users, linked(users.c.id, tasks.c.assignee_id))
    .outerjoin(_closer, linked(_closer.c.id, tasks.c.closed_by))
    .join(versions, linked(versions.c.id, instances.c.version_id))
    .join(definitions, linked(definitions.c.id, versions.c.definition_id))
)


def inbox(db: Db, principal: Principal, after: tuple[datetime | None, UUID] | None = None) -> Sequence[Row[Any]]:
    """What waits for me, the most urgent first: by due time, then age. One page and one row more."""
    due = tasks.c.due_at
    mine = and_(tasks.c.assignee_id == principal.user_id, tasks.c.status == "pending")
    found = select(tasks.c.id).where(mine, tasks.c.tenant_id == principal.tenant_id)
    if after:
        moment, key = after
        same = due.is_(None) if moment is None else due == moment
        later = due.is_(None) | (due > moment) if moment else false()
        found = found.where((same & (tasks.c.id > key)) | later)
    urgent = due.asc().nulls_last(), tasks.c.id
    # Of thousands that wait, only a page is joined to what it is about.
    page = found.order_by(*urgent).limit(PAGE + 1)
    own = tasks.c.tenant_id == principal.tenant_id, tasks.c.id.in_(page)
    return db.execute(_shown.where(*own).order_by(*urgent)).all()


def decided_by_me(db: Db, principal: Principal, limit: int = 10) -> Sequence[Row[Any]]:
    """My last answers among the tenant's newest tasks: an index for them would cost a write in each decision."""
    ours = select(tasks.c.id, tasks.c.closed_by).where(tasks.c.tenant_id == principal.tenant_id)
    newest = ours.order_by(tasks.c.id.desc()).limit(SEARCHED).subquery()
    mine = select(newest.c.id).where(newest.c.closed_by == principal.user_id).limit(limit)
    query = _shown.where(tasks.c.id.in_(mine), tasks.c.tenant_id == principal.tenant_id)
    return db.execute(query.order_by(tasks.c.closed_at.desc())).all()


def get(db: Db, principal: Principal, task_id: UUID) -> Row[Any]:
    """A task that this person may see: its assignee, the requester, and those who read everything."""
    row = db.execute(_shown.where(tasks.c.id == task_id, tasks.c.tenant_id == principal.tenant_id)).first()
    own = row is not None and principal.user_id in (row.assignee_id, row.requester_id, row.closed_by)
    if row is None or not (own or principal.may("audit:read")):
        raise Missing("There is no such task.")
    return row


def form_of(definition: Definition, task: Row[Any]) -> Form | None:
    """What is to be filled in; a decision need not ask for anything."""
    asks = task.kind != "approval" or "form" in definition.steps[task.step].settings
    return definition.form(task.step) if asks else None


def note_view(db: Db, principal: Principal, task: Row[Any]) -> None:
    """Keep when whom it waits for first saw the question. `task`: of `get`. Nothing where that is known."""
    if task.status == "pending" and task.assignee_id == principal.user_id and task.viewed_at is None:
        tenant_log.note_view(db, principal, task.id, task.instance_id)


def decide(
    db: Db,
    principal: Principal,
    task_id: UUID,
    outcome: str,
    comment: str,
    values: dict[str, Any],
    actor: Actor,
    attached: files.Named = (),
    *,
    seen: int | None = None,
) -> Moved:
    """Approve, reject or ask for changes. `seen`: the request's seq that the person looked at, None for the newest.

    Raises Conflict with who was quicker or with what changed, Forbidden, Invalid.
    """
    person, hashes = str(principal.user_id), files.digests(db, principal, attached)
    command = Decide(str(task_id), person, outcome, comment.strip(), fit(values), files=hashes, seen=seen)
    moved = answer(db, principal, task_id, command, actor)
    files.hand_over(db, principal, attached, moved.instance_id)
    return moved


def submit(
    db: Db,
    principal: Principal,
    task_id: UUID,
    data: dict[str, Any],
    actor: Actor,
    attached: files.Named = (),
) -> Moved:
    """Answer a form. Raises like `decide`."""
    command = Submit(str(task_id), str(principal.user_id), fit(data), files.digests(db, principal, attached))
    moved = answer(db, principal, task_id, command, actor)
    files.hand_over(db, principal, attached, moved.instance_id)
    return moved


def answer(
    db: Db,
    principal: Principal,
    task_id: UUID,
    command: Decide | Submit,
    actor: Actor,
    locked: dict[str, Any] | None = None,
) -> Moved:
    """The one way to an answer, for pages, links and calls. `locked`: the request's row where the caller locked it.

    Raises Forbidden for a decision that the role or the key is too narrow for.
    """
    row = locked or runtime.lock_by_task(db, principal.tenant_id, task_id)
    if actor.source == "e-mail":  # the question that was mailed is what led to the answer
        actor = replace(actor, cause=task_id)
    if isinstance(command, Decide) and not decides(principal, command.outcome):
        raise Forbidden(f"{principal.name} may not do this: the role or the key is too narrow.")
    try:
        return runtime.send(db, row, command, actor)
    except Refused as refused:
        raise refusal(db, principal.tenant_id, refused, task_id, _changes(db, row, command, refused)) from refused


def _changes(db: Db, row: dict[str, Any], command: Decide | Submit, refused: Refused) -> list[Change]:
    """What the person had not seen, where that is why."""
    if refused.code != "changed" or not isinstance(command, Decide) or command.seen is None:
        return []
    about = versions_of.definition(db, row["tenant_id"], row["version_id"])
    return changes(about, [dict(event._mapping) for event in story(db, row["tenant_id"], row["id"])], command.seen)
