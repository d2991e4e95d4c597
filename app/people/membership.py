"""Who belongs to which group."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select

from app.errors import Invalid
from app.store.db import Db
from app.store.tables import group_members, groups, users
from engine.reasons import reason


def groups_of(db: Db, tenant_id: UUID, user_id: UUID) -> set[UUID]:
    query = select(group_members.c.group_id).where(group_members.c.user_id == user_id)
    return set(db.execute(query.where(group_members.c.tenant_id == tenant_id)).scalars())


def members_of(db: Db, tenant_id: UUID, group_id: UUID) -> set[UUID]:
    query = select(group_members.c.user_id).where(group_members.c.group_id == group_id)
    return set(db.execute(query.where(group_members.c.tenant_id == tenant_id)).scalars())


def join_only(db: Db, tenant_id: UUID, user_id: UUID, wanted: Collection[UUID]) -> None:
    """Make these, and no others, the groups of a person."""
    known = select(groups.c.id).where(groups.c.tenant_id == tenant_id, groups.c.id.in_(wanted))
    if set(db.execute(known).scalars()) != set(wanted):
        raise Invalid.because("/groups", reason("choose_from_list"), heading="One of the groups is gone.")
    _replace(db, tenant_id, group_members.c.user_id == user_id, [(group, user_id) for group in set(wanted)])


def fill_with(db: Db, tenant_id: UUID, group_id: UUID, wanted: Collection[UUID]) -> None:
    """Make these, and no others, the members of a group."""
    known = select(users.c.id).where(users.c.tenant_id == tenant_id, users.c.id.in_(wanted))
    if set(db.execute(known).scalars()) != set(wanted):
        raise Invalid.because("/members", reason("choose_from_list"), heading="One of the people is gone.")
    _replace(db, tenant_id, group_members.c.group_id == group_id, [(group_id, user) for user in set(wanted)])


def _replace(db: Db, tenant_id: UUID, which: ColumnElement[bool], pairs: list[tuple[UUID, UUID]]) -> None:
    db.execute(delete(group_members).where(which, group_members.c.tenant_id == tenant_id))
    if pairs:
        rows = [{"tenant_id": tenant_id, "group_id": group, "user_id": user} for group, user in pairs]
        db.execute(insert(group_members), rows)
