"""The snapshot of a tenant's people and groups that the engine reads, kept until the next change to them.

`tenants.directory_rev` tells snapshots apart. Load none in a transaction that itself changed people.
"""

from collections import OrderedDict
from threading import Lock
from uuid import UUID

from sqlalchemy import select

from app.access.permissions import may_decide
from app.access.principal import Principal
from app.store.db import Db
from app.store.tables import group_members, groups, tenants, users
from engine.people import Directory, Person

MOST_KEPT = 32

_kept: OrderedDict[tuple[UUID, int], Directory] = OrderedDict()
_lock = Lock()


def directory(db: Db, tenant_id: UUID, rev: int) -> Directory:
    """`rev`: the tenant's directory_rev, read in this or an earlier transaction."""
    key = (tenant_id, rev)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    loaded = seen(db, tenant_id)
    with _lock:
        _kept[key] = loaded
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return loaded


def directory_of(db: Db, who: Principal) -> Directory:
    """The tenant's, as it is now."""
    return directory(db, who.tenant_id, who.moment.rev) if who.moment else current(db, who.tenant_id)


def current(db: Db, tenant_id: UUID) -> Directory:
    rev = db.execute(select(tenants.c.directory_rev).where(tenants.c.id == tenant_id)).scalar_one()
    return directory(db, tenant_id, rev)


def seen(db: Db, tenant_id: UUID) -> Directory:
    """As this transaction sees it, with its own changes; kept for nobody else."""
    rows = db.execute(select(groups).where(groups.c.tenant_id == tenant_id)).all()
    members: dict[UUID, list[str]] = {row.id: [] for row in rows}
    belonging = select(group_members).where(group_members.c.tenant_id == tenant_id)
    for row in db.execute(belonging.order_by(group_members.c.user_id)):
        members.setdefault(row.group_id, []).append(str(row.user_id))
    return Directory(
        people=_people(db, tenant_id),
        groups={row.key: tuple(members[row.id]) for row in rows},
        group_names={row.key: row.name for row in rows},
    )


def _people(db: Db, tenant_id: UUID) -> dict[str, Person]:
    rows = db.execute(select(users).where(users.c.tenant_id == tenant_id).order_by(users.c.id))
    return {
        str(row.id): Person(
            id=str(row.id),
            email=row.email,
            handle=row.handle,
            name=row.name,
            title=row.title,
            roles=tuple(row.roles),
            manager=str(row.manager_id) if row.manager_id else None,
            active=row.active,
            decides=may_decide(row.roles),
        )
        for row in rows
    }
