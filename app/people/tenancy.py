"""Tenants: each has its people, definitions and record, and nothing in common with the others."""

import re
from uuid import UUID

import structlog
from sqlalchemy import insert, select

from app import people
from app.access import auth
from app.access.permissions import permissions_of
from app.access.principal import Principal
from app.audit import tenant_log
from app.errors import Conflict
from app.store.db import Db
from app.store.ids import uuid7
from app.store.tables import tenants
from engine.events.tenant import TenantFounded

log = structlog.get_logger()


def found(db: Db, name: str, admin: people.Details) -> str:
    """A new tenant and its first administrator, whose password is the answer. It is told only now.

    Who is alone has to publish and to ask: the rule against that is for when there are more (app/people/rules.py).
    """
    key = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "tenant"
    if db.execute(select(tenants.c.id).where(tenants.c.key == key)).first() is not None:
        raise Conflict(f"There is a tenant “{key}” already.")
    tenant_id, password = uuid7(), people.new_password()
    db.execute(insert(tenants).values(id=tenant_id, key=key, name=name, settings={"authors_may_ask": True}))
    founder = _founder(tenant_id)
    tenant_log.note(db, tenant_id, founder, TenantFounded(key, name))
    user_id = people.create(db, founder, admin)
    auth.set_hash(db, tenant_id, user_id, auth.hashed(password))
    log.info("tenant founded", tenant=str(tenant_id))
    return password


def _founder(tenant_id: UUID) -> Principal:
    """Stands for whoever runs the command: somebody has to be there before the first person."""
    roles = frozenset({"admin"})
    return Principal(tenant_id, uuid7(), "Command line", "", roles, permissions_of(roles), via="system")
