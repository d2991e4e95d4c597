"""Groups of people that a definition can ask, by a key that stays when the name changes."""

import re
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, func, insert, select, update

from app.access.permissions import require
from app.access.principal import Principal
from app.audit import tenant_log
from app.errors import Forbidden, Invalid, Missing
from app.people import MAX_NAME, change_directory
from app.people.departures import hand_on
from app.people.membership import fill_with, members_of
from app.store.db import Db
from app.store.ids import uuid7
from app.store.tables import group_members, groups, users
from app.store.tables.base import linked
from engine.events.people import GroupAdded, GroupChanged
from engine.reasons import reason

log = structlog.get_logger()


def list_groups(db: Db, principal: Principal) -> Sequence[Row[Any]]:
    """By name, each with the names of its active members in `members`."""
    require(principal, "people:read")
    names = func.array_agg(users.c.name).filter(users.c.active)
    query = (
        select(groups, func.coalesce(names, []).label("members"))
        .outerjoin(group_members, linked(group_members.c.group_id, groups.c.id))
        .outerjoin(users, linked(users.c.id, group_members.c.user_id))
        .where(groups.c.tenant_id == principal.tenant_id)
        .group_by(groups.c.tenant_id, groups.c.id)
    )
    return db.execute(query.order_by(func.lower(groups.c.name))).all()


def list_names(db: Db, principal: Principal) -> Sequence[Row[Any]]:
    """By name, each with its key; for where the members do not matter."""
    require(principal, "people:read")
    query = select(groups.c.id, groups.c.key, groups.c.name).where(groups.c.tenant_id == principal.tenant_id)
    return db.execute(query.order_by(func.lower(groups.c.name))).all()


def get(db: Db, principal: Principal, group_id: UUID) -> Row[Any]:
    require(principal, "people:read")
    row = db.execute(select(groups).where(groups.c.tenant_id == principal.tenant_id, groups.c.id == group_id)).first()
    if row is None:
        raise Missing("There is no such group.")
    return row


def create(db: Db, principal: Principal, name: str, members: Collection[UUID]) -> UUID:
    change_directory(db, principal)
    _check(principal, name, set(), members)
    group_id, key = uuid7(), _free_key(db, principal, name)
    db.execute(insert(groups).values(id=group_id, tenant_id=principal.tenant_id, key=key, name=name))
    fill_with(db, principal.tenant_id, group_id, members)
    added = GroupAdded(group=str(group_id), key=key, name=name, members=sorted(map(str, members)))
    tenant_log.note(db, principal.tenant_id, principal, added)
    log.info("group added", group=str(group_id), by=str(principal.user_id))
    return group_id


def change(db: Db, principal: Principal, group_id: UUID, name: str, members: Collection[UUID]) -> None:
    change_directory(db, principal)
    get(db, principal, group_id)
    before = members_of(db, principal.tenant_id, group_id)
    _check(principal, name, before, members)
    own = (groups.c.tenant_id == principal.tenant_id, groups.c.id == group_id)
    db.execute(update(groups).where(*own).values(name=name))
    fill_with(db, principal.tenant_id, group_id, members)
    changed = GroupChanged(group=str(group_id), name=name, members=sorted(map(str, members)))
    tenant_log.note(db, principal.tenant_id, principal, changed)
    hand_on(db, principal.tenant_id, before - set(members))
    log.info("group changed", group=str(group_id), by=str(principal.user_id))


def _check(principal: Principal, name: str, before: set[UUID], members: Collection[UUID]) -> None:
    if not 0 < len(name) <= MAX_NAME:
        raise Invalid.because("/name", reason("group_name", most=MAX_NAME))
    if (principal.user_id in before) != (principal.user_id in members):
        raise Forbidden("Another administrator puts you into a group, or takes you out.")


def _free_key(db: Db, principal: Principal, name: str) -> str:
    wanted = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "group"
    taken = set(db.execute(select(groups.c.key).where(groups.c.tenant_id == principal.tenant_id)).scalars())
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(key for key in (wanted, *numbered) if key not in taken)
