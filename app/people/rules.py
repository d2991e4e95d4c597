"""What a tenant allows or forbids beyond roles: separation of duties by tenant settings."""

from uuid import UUID

from sqlalchemy import func, select, update

from app.access.principal import system
from app.audit import tenant_log
from app.errors import Missing
from app.store.db import Db
from app.store.tables import tenants
from engine.events.tenant import RuleChanged

# By name: what holds where a tenant says nothing, and what it means.
RULES = {
    "authors_may_ask": (False, "who published a version may make requests on it"),
    "calls_may_approve": (True, "a program that asks may have it approved automatically or when the time is up"),
}


def allows(db: Db, tenant_id: UUID, rule: str) -> bool:
    kept = db.execute(select(tenants.c.settings).where(tenants.c.id == tenant_id)).scalar_one() or {}
    return bool(kept.get(rule, RULES[rule][0]))


def set_rule(db: Db, key: str, rule: str, value: bool) -> None:
    """`key`: the tenant's. Raises Missing."""
    kept = func.coalesce(tenants.c.settings, func.jsonb_build_object())
    changed = kept.concat(func.jsonb_build_object(rule, value))
    query = update(tenants).where(tenants.c.key == key).values(settings=changed).returning(tenants.c.id)
    tenant_id = db.execute(query).scalar()
    if tenant_id is None:
        raise Missing(f"There is no tenant “{key}”.")
    tenant_log.note(db, tenant_id, system(tenant_id), RuleChanged(rule, value))
