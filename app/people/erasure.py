"""Erasure of a person (the right to be forgotten): what identifies them goes from every table, for ever.

What they decided stays, without their name, words and addresses; the chains still verify and say what was erased
and when. Published definitions never change: those that name the person are told, for somebody to publish new ones.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Column, ColumnElement, Row, delete, func, or_, select, text, update

from app import people
from app.access import sessions
from app.access.principal import Principal
from app.audit import erasure, tenant_log
from app.audit.erasure import Words
from app.errors import Conflict, Forbidden
from app.people import kept_copies
from app.store.db import Db
from app.store.tables import api_keys, files, group_members, instances, tasks, users
from engine.events.people import ValuesErased

log = structlog.get_logger()

NOBODY = "Erased person"
NAMED = 5


@dataclass(frozen=True)
class Erased:
    """How many of each are gone. left: where the person is still named, and why nothing can be done about it there."""

    values: int
    files: int
    messages: int
    reports: int
    left: list[str]


def erase(db: Db, principal: Principal, user_id: UUID, also: tuple[str, ...] = ()) -> Erased:
    """also: other words by which the person is known, such as a nickname or a telephone number.

    Raises Conflict while the person can still act or has requests that run.
    """
    people.change_directory(db, principal)
    db.execute(text("SET LOCAL statement_timeout = 0"))  # it looks through all that the tenant has
    person = people.get(db, principal, user_id)
    _refuse(db, principal, person)
    words = Words.of(person, also)
    found = erasure.find(db, principal.tenant_id, user_id, words)
    counts = {
        "files": _files(db, person),
        "messages": kept_copies.messages(db, person, words, found),
        "reports": kept_copies.reports(db, person, words),
    }
    erased = ValuesErased(user=str(user_id), values=found.count, list=found.digest, **counts)
    by, at = tenant_log.note(db, principal.tenant_id, principal, erased)
    erasure.take_out(db, found, by, at)
    kept_copies.effects(db, person, words, found)
    kept_copies.answers(db, person, words)
    kept_copies.external_events(db, person, words)
    kept_copies.calls(db, person, words, found)
    _account(db, person)
    log.info("person erased", user=str(user_id), by=str(principal.user_id), **counts)
    return Erased(found.count, **counts, left=kept_copies.left(db, person, words))


def _refuse(db: Db, principal: Principal, person: Row[Any]) -> None:
    if person.id == principal.user_id:
        raise Forbidden("Another administrator has to erase you.")
    if person.active:
        raise Conflict(f"{person.name} is active. Deactivate the account first.")
    if person.erased_at is not None:
        raise Conflict("This person was erased already.")
    waits = select(tasks.c.instance_id).where(*_own(tasks.c.assignee_id, person), tasks.c.status == "pending")
    own = or_(instances.c.requester_id == person.id, instances.c.id.in_(waits))
    running = select(instances).where(instances.c.tenant_id == person.tenant_id, instances.c.ended_at.is_(None), own)
    rows = db.execute(running.order_by(instances.c.id).limit(NAMED)).all()
    if rows:
        named = ", ".join(f"{row.prefix}-{row.number}" for row in rows)
        raise Conflict(f"{person.name} is still part of what runs: {named}. Let it end, or cancel it, first.")


def _files(db: Db, person: Row[Any]) -> int:
    gone = {"name": NOBODY, "content": b"", "size": 0, "erased_at": func.now()}
    own = *_own(files.c.uploaded_by, person), files.c.erased_at.is_(None)
    return db.execute(update(files).where(*own).values(gone)).rowcount


def _account(db: Db, person: Row[Any]) -> None:
    """The row stays, because the record refers to its id; what it says of a person goes."""
    sessions.end_all(db, person.tenant_id, person.id)
    revoked = func.coalesce(api_keys.c.revoked_at, func.now())
    db.execute(update(api_keys).where(*_own(api_keys.c.user_id, person)).values(name=NOBODY, revoked_at=revoked))
    db.execute(delete(group_members).where(*_own(group_members.c.user_id, person)))
    gone: dict[str, Any] = {
        "name": NOBODY,
        "email": f"erased-{person.id}@example.invalid",
        "handle": f"erased-{person.id}",
        "title": "",
        "password_hash": None,
        "roles": [],
        "manager_id": None,
        "zone": None,
        "erased_at": func.now(),
    }
    db.execute(update(users).where(*_own(users.c.id, person)).values(gone))


def _own(column: Column[Any], person: Row[Any]) -> tuple[ColumnElement[bool], ...]:
    """Rows of the person's tenant in which this column names the person."""
    return column.table.c.tenant_id == person.tenant_id, column == person.id
