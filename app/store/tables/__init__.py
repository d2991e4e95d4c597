"""Every table, by noun. Columns only: what they mean is in the module of the same noun."""

from app.store.tables.audit import events, reports, tenant_chains
from app.store.tables.base import metadata
from app.store.tables.definitions import definitions, versions
from app.store.tables.deliveries import effects, files, messages
from app.store.tables.drafts import draft_edits, drafts
from app.store.tables.external_events import expectations, external_events
from app.store.tables.instances import idempotency_keys, instances, leases, series, tasks, timers
from app.store.tables.people import api_keys, group_members, groups, login_failures, sessions, tenants, users
from app.store.tables.trials import trials

__all__ = [
    "api_keys",
    "definitions",
    "draft_edits",
    "drafts",
    "effects",
    "events",
    "expectations",
    "external_events",
    "files",
    "group_members",
    "groups",
    "idempotency_keys",
    "instances",
    "leases",
    "login_failures",
    "messages",
    "metadata",
    "reports",
    "series",
    "sessions",
    "tasks",
    "tenant_chains",
    "tenants",
    "timers",
    "trials",
    "users",
    "versions",
]
