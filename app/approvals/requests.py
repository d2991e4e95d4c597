"""Approvals as the reference systems' programs see them: ask, look, decide, cancel; on requests like any other."""

from dataclasses import replace
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import func, select

from app import definitions, instances, runtime, tasks
from app.access.permissions import require
from app.access.principal import Principal
from app.approvals import definition
from app.approvals.shapes import Decision, Full, Standing
from app.approvals.status import decision_word, named, status_word, told_back
from app.errors import Conflict, Forbidden, Invalid, Missing, about, coded
from app.people import rules
from app.runtime import Actor, Moved
from app.runtime.directories import directory_of
from app.store.db import Db
from app.store.tables import instances as rows
from app.times import moment
from engine.commands import Decide
from engine.reasons import reason
from engine.state import State
from engine.wording.labels import labels_of
from engine.wording.sentences import sentence

# What a call that asks may say so that nobody has to approve it.
SELF_APPROVING = {"approvalType": "auto", "timeoutAction": "approve"}


def refuse_self_approval(db: Db, who: Principal, pointers: list[str]) -> None:
    """Raises Invalid about the places where a call approves itself, where the tenant forbids that."""
    if pointers and not rules.allows(db, who.tenant_id, "calls_may_approve"):
        why = reason("only_people")
        raise Invalid(sentence(why), [about(pointer, why) for pointer in pointers], **coded(why))


def ask(db: Db, who: Principal, asked: dict[str, Any], actor: Actor) -> Moved:
    require(who, "approval:create")
    found = [f"/{name}" for name, value in SELF_APPROVING.items() if asked.get(name) == value]
    refuse_self_approval(db, who, found)
    data = definition.data(asked, directory_of(db, who), str(who.user_id))
    version = definitions.internal_version(db, who.tenant_id, definition.document(data, asked))
    # To ask from a program is a permission of its own; it needs no other.
    may_start = replace(who, permissions=who.permissions | {"instance:start"})
    moved = instances.start(db, may_start, version, data, actor, asked=asked, trusted=True)
    if moved.state.blocked:
        labels = labels_of(definition.document(data, asked), directory_of(db, who))
        raise Invalid.because(definition.asks_in(asked), moved.state.blocked, labels)
    return moved


def asked_for(db: Db, who: Principal, asked: dict[str, Any], moved: Moved) -> Standing:
    """How a request that was just made stands: what was written, not read again."""
    waits = [token.wait for token in moved.state.tokens if token.wait]
    due = min((datetime.fromisoformat(wait.due) for wait in waits if wait.due), default=None)
    asks = [UUID(task.assignee) for wait in waits if wait.level is not None for task in wait.tasks]
    people = directory_of(db, who).people
    emails = [people[str(person)].email for person in asks]
    stands = _stands(moved.state, (moved.now, due, moved.now), emails)
    return Standing(id=str(moved.instance_id), **stands, **told_back(asked))


def _stands(state: State, moments: tuple[datetime, datetime | None, datetime], emails: list[str]) -> dict[str, Any]:
    """Fields of `Standing` and `Full`. moments: asked at, due, now."""
    created, due, now = moments
    return {
        "status": status_word(state),
        "created_at": moment(created),
        "expires_at": moment(due),
        "expired": due is not None and due <= now,
        "seen": state.seq,
        "approvers": emails,
    }


def full(db: Db, who: Principal, instance_id: UUID) -> Full:
    """What was asked, how it stands, and what people answered so far."""
    row = instances.get(db, who, instance_id)
    open_tasks = instances.waiting(db, who.tenant_id, [instance_id]).get(instance_id, [])
    due = min((task.due_at for task in open_tasks if task.due_at), default=None)
    now = db.execute(select(func.clock_timestamp())).scalar_one()
    deciders = [task.assignee_id for task in open_tasks if task.kind == "approval"]
    emails = instances.addresses(db, who.tenant_id, deciders)
    requested_by = instances.addresses(db, who.tenant_id, [row.requester_id])[0]
    return Full(
        **named(row, row.definition_key, row.definition, requested_by),
        **_stands(runtime.state_of(row.state), (row.created_at, due, now), emails),
        decisions=_decisions(db, who, instance_id),
    )


def _decisions(db: Db, who: Principal, instance_id: UUID) -> list[Decision]:
    """By people, by address; and what a rule or the clock approved in their place, said as such."""
    people = directory_of(db, who).people
    found = []
    for event in instances.story(db, who.tenant_id, instance_id):
        data = event.data
        if event.type == "TaskDecided":
            by = people.get(data["person"])
            one = {"by": by.email if by else "somebody who left", "outcome": data["outcome"]}
            one |= {name: data[name] for name in ("reason", "comment", "metadata") if name in data}
        elif event.type == "ApprovedByRule":
            one = {"by": "rule", "outcome": "approved", "comment": data["text"]}
        elif event.type == "TimedOut" and data["then"] == "approve":
            one = {"by": "timer", "outcome": "approved", "comment": ""}
        else:
            continue
        found.append(Decision(**one, at=moment(event.at)))
    return found


def decide(db: Db, person: Principal, place: dict[str, Any], answer: dict[str, Any], actor: Actor) -> tuple[Moved, str]:
    """Answer whatever this person is asked in a request; with the status that the decision has by then.

    `place`: as for `runtime.lock_to_answer`. `answer`: outcome, reason, comment, metadata, seen. Raises Missing,
    Forbidden for a stranger, Conflict when it is too late.
    """
    row = runtime.lock_to_answer(db, person.tenant_id, person.user_id, place)
    task: UUID | None = row["task"]
    if task is None:
        _refuse_stranger(db, person, row["id"])
    command = Decide(str(task), str(person.user_id), **answer, through=str(person.key_owner or ""))
    moved = tasks.answer(db, person, task, command, actor, row)
    return moved, decision_word(moved.state, command.outcome)


def _refuse_stranger(db: Db, person: Principal, instance_id: UUID) -> NoReturn:
    """Those who may not even look learn nothing of it."""
    own = rows.c.tenant_id == person.tenant_id, rows.c.id == instance_id
    row = db.execute(select(rows.c.status, rows.c.ended_at, rows.c.requester_id).where(*own)).one()
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
