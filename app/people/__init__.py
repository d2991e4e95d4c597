"""People: who they are, whom they answer to, what they may do. Every change moves the tenant's directory on.

Nobody changes what they themselves may do: roles, groups and manager are set by another administrator.
"""

import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Row, func, insert, or_, select, text, update
from sqlalchemy.exc import IntegrityError

from app.access import keys, sessions
from app.access.permissions import ROLES, permissions_of, require
from app.access.principal import Principal
from app.audit import tenant_log
from app.errors import Conflict, Forbidden, Invalid, Missing, about
from app.people.departures import hand_on
from app.people.membership import groups_of, join_only
from app.store.db import Db
from app.store.ids import uuid7
from app.store.tables import tasks, tenants, users
from app.store.tables.base import linked
from engine.events.people import PersonActivated, PersonAdded, PersonChanged, PersonDeactivated
from engine.reasons import Reason, reason

log = structlog.get_logger()

PAGE = 100
MAX_NAME = 100
# Letters and digits that are not mistaken for each other when read aloud.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+")

# The managers above a person, nearest first; a loop would end at its first repetition.
_LINE = text("""
WITH RECURSIVE line AS (
    SELECT id, manager_id, 0 AS distance, ARRAY[id] AS seen FROM users WHERE id = :id AND tenant_id = :tenant
    UNION ALL
    SELECT u.id, u.manager_id, line.distance + 1, line.seen || u.id
    FROM users u JOIN line ON u.id = line.manager_id WHERE u.tenant_id = :tenant AND NOT u.id = ANY(line.seen)
)
SELECT u.id, u.name, u.title, u.active FROM line JOIN users u ON u.id = line.id
WHERE distance > 0 ORDER BY distance
""")


@dataclass(frozen=True)
class Details:
    """What an administrator says of a person."""

    name: str
    email: str
    title: str = ""
    roles: Collection[str] = ("requester",)
    manager_id: UUID | None = None
    groups: Collection[UUID] = ()


def search(db: Db, principal: Principal, words: str = "", active: bool = True) -> Sequence[Row[Any]]:
    """By any part of name, address, title or role; at most one page and one more."""
    require(principal, "people:read")
    manager = users.alias("manager")
    query = select(users, manager.c.name.label("manager")).where(_own(principal), users.c.active.is_(active))
    for word in words.replace("\0", "").split()[:5]:
        here = (users.c.name, users.c.email, users.c.title, func.array_to_string(users.c.roles, " "))
        query = query.where(or_(*(column.icontains(word, autoescape=True) for column in here)))
    query = query.outerjoin(manager, linked(manager.c.id, users.c.manager_id))
    return db.execute(query.order_by(func.lower(users.c.name), users.c.id).limit(PAGE + 1)).all()


def everybody(db: Db, principal: Principal, also: Collection[UUID] = ()) -> Sequence[Row[Any]]:
    """Whom one can choose: all active people, and those in `also`."""
    require(principal, "people:read")
    query = select(users).where(_own(principal), or_(users.c.active, users.c.id.in_(also)))
    return db.execute(query.order_by(func.lower(users.c.name), users.c.id)).all()


def get(db: Db, principal: Principal, user_id: UUID) -> Row[Any]:
    require(principal, "people:read")
    row = db.execute(select(users).where(_own(principal), users.c.id == user_id)).first()
    if row is None:
        raise Missing("There is no such person.")
    return row


def line(db: Db, principal: Principal, user_id: UUID) -> Sequence[Row[Any]]:
    """The managers above, nearest first."""
    return db.execute(_LINE, {"id": user_id, "tenant": principal.tenant_id}).all()


def reports(db: Db, principal: Principal, user_id: UUID) -> Sequence[Row[Any]]:
    query = select(users).where(_own(principal), users.c.manager_id == user_id, users.c.active)
    return db.execute(query.order_by(func.lower(users.c.name))).all()


def waiting(db: Db, principal: Principal, user_id: UUID) -> int:
    """How many decisions wait for this person."""
    query = select(func.count()).where(tasks.c.tenant_id == principal.tenant_id, tasks.c.assignee_id == user_id)
    found: int = db.execute(query.where(tasks.c.status == "pending")).scalar_one()
    return found


def create(db: Db, principal: Principal, details: Details) -> UUID:
    """A new person, who can log in once a password was set."""
    change_directory(db, principal)
    _check(db, principal, details)
    user_id = uuid7()
    row = {
        "id": user_id,
        "tenant_id": principal.tenant_id,
        "handle": _free_handle(db, principal, details.email),
    }
    try:
        db.execute(insert(users).values(**row, **_columns(details)))
    except IntegrityError as taken:
        raise _taken() from taken
    join_only(db, principal.tenant_id, user_id, details.groups)
    tenant_log.note(db, principal.tenant_id, principal, PersonAdded(**_noted(user_id, details)))
    log.info("person added", user=str(user_id), by=str(principal.user_id), roles=sorted(details.roles))
    return user_id


def change(db: Db, principal: Principal, user_id: UUID, details: Details) -> None:
    change_directory(db, principal)
    row = get(db, principal, user_id)
    _check(db, principal, details, row)
    if user_id == principal.user_id:
        _refuse_own_rights(db, row, details)
    if "admin" not in details.roles:
        _keep_an_admin(db, principal, row)
    lost = set(row.roles) - set(details.roles) or groups_of(db, principal.tenant_id, user_id) - set(details.groups)
    try:
        db.execute(update(users).where(_own(principal), users.c.id == user_id).values(**_columns(details)))
    except IntegrityError as taken:
        raise _taken() from taken
    join_only(db, principal.tenant_id, user_id, details.groups)
    tenant_log.note(db, principal.tenant_id, principal, PersonChanged(**_noted(user_id, details)))
    if keys.MANAGES not in permissions_of(details.roles):
        keys.revoke_all(db, principal, user_id, speaking_only=True)
    if lost:
        hand_on(db, principal.tenant_id, [user_id])
    log.info("person changed", user=str(user_id), by=str(principal.user_id), roles=sorted(details.roles))


def deactivate(db: Db, principal: Principal, user_id: UUID) -> None:
    """The person is out at once: sessions, keys and links in mails end, what waits for them goes to others."""
    change_directory(db, principal)
    row = get(db, principal, user_id)
    if user_id == principal.user_id:
        raise Forbidden("Another administrator has to deactivate you.")
    _keep_an_admin(db, principal, row)
    sessions.end_everywhere(db, principal.tenant_id, user_id)
    keys.revoke_all(db, principal, user_id)
    _set_active(db, principal, user_id, False)
    hand_on(db, principal.tenant_id, [user_id])


def activate(db: Db, principal: Principal, user_id: UUID) -> None:
    change_directory(db, principal)
    if get(db, principal, user_id).erased_at:
        raise Conflict("This person was erased and cannot come back.")
    _set_active(db, principal, user_id, True)


def new_password() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def change_directory(db: Db, principal: Principal) -> None:
    """First in every change: the row it locks lets one administrator of a tenant change people at a time."""
    require(principal, "people:manage")
    row = tenants.c.id == principal.tenant_id
    db.execute(update(tenants).where(row).values(directory_rev=tenants.c.directory_rev + 1))


def _own(principal: Principal) -> ColumnElement[bool]:
    return users.c.tenant_id == principal.tenant_id


def _columns(details: Details) -> dict[str, Any]:
    return {
        "name": details.name,
        "email": details.email,
        "title": details.title,
        "roles": sorted(details.roles),
        "manager_id": details.manager_id,
    }


def _noted(user_id: UUID, details: Details) -> dict[str, Any]:
    """As the record says it."""
    columns = _columns(details)
    manager = str(details.manager_id) if details.manager_id else None
    groups = sorted(str(group) for group in details.groups)
    told = {name: columns[name] for name in ("name", "email", "title", "roles")}
    return told | {"user": str(user_id), "manager": manager, "groups": groups}


def _set_active(db: Db, principal: Principal, user_id: UUID, active: bool) -> None:
    db.execute(update(users).where(_own(principal), users.c.id == user_id).values(active=active))
    happened = PersonActivated(str(user_id)) if active else PersonDeactivated(str(user_id))
    tenant_log.note(db, principal.tenant_id, principal, happened)
    log.info("person activated" if active else "person deactivated", user=str(user_id), by=str(principal.user_id))


def _check(db: Db, principal: Principal, details: Details, before: Row[Any] | None = None) -> None:
    problems = {
        "/name": not 0 < len(details.name) <= MAX_NAME and reason("person_name", most=MAX_NAME),
        "/title": len(details.title) > MAX_NAME and reason("person_title", most=MAX_NAME),
        "/email": not _is_address(details.email) and reason("address_form"),
        "/roles": not set(details.roles) <= ROLES.keys() and reason("roles", offered=list(ROLES)),
        "/manager": _manager_problem(db, principal, details.manager_id, before),
    }
    errors = [about(pointer, why) for pointer, why in problems.items() if why]
    if errors:
        raise Invalid("Some of it needs another look.", errors)


def _is_address(email: str) -> bool:
    return len(email) <= 254 and email.isprintable() and EMAIL.fullmatch(email) is not None


def _manager_problem(db: Db, principal: Principal, manager_id: UUID | None, before: Row[Any] | None) -> Reason | None:
    if manager_id is None or (before and manager_id == before.manager_id):
        return None
    manager = db.execute(select(users).where(_own(principal), users.c.id == manager_id)).first()
    if manager is None or not manager.active:
        return reason("inactive_manager")
    if before is None:
        return None
    above = {manager_id, *(row.id for row in line(db, principal, manager_id))}
    return reason("manager_circle", name=manager.name, other=before.name) if before.id in above else None


def _refuse_own_rights(db: Db, row: Row[Any], details: Details) -> None:
    same = (
        set(details.roles) == set(row.roles)
        and details.manager_id == row.manager_id
        and set(details.groups) == groups_of(db, row.tenant_id, row.id)
    )
    if not same:
        raise Forbidden("Your own roles, groups and manager are changed by another administrator.")


def _keep_an_admin(db: Db, principal: Principal, row: Row[Any]) -> None:
    if "admin" not in row.roles or not row.active:
        return
    others = select(users.c.id).where(_own(principal), users.c.id != row.id, users.c.active)
    if db.execute(others.where(users.c.roles.contains(["admin"])).limit(1)).first() is None:
        raise Conflict(f"{row.name} is the last administrator. Make somebody else one first.")


def _free_handle(db: Db, principal: Principal, email: str) -> str:
    """The address's first half, numbered where taken. It never changes: definitions name people by it."""
    wanted = re.sub(r"[^a-z0-9._-]+", "", email.partition("@")[0].lower())[:40] or "person"
    query = select(users.c.handle).where(_own(principal), users.c.handle.startswith(wanted, autoescape=True))
    taken = {handle for (handle,) in db.execute(query)}
    numbered = (f"{wanted}{number}" for number in range(2, len(taken) + 3))
    return next(handle for handle in (wanted, *numbered) if handle not in taken)


def _taken() -> Invalid:
    return Invalid.because("/email", reason("address_taken"))
