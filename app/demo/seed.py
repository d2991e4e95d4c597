"""The demo tenant: people, definitions, API keys, and requests in every state, so that no page is empty."""

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from app import definitions
from app.access import auth, keys
from app.access.permissions import PERMISSIONS, permissions_of
from app.config import settings
from app.demo import requests
from app.demo.people import GROUPS, KEYS, PEOPLE, TENANT, TENANT_NAME
from app.logs import configure
from app.store.db import Db, across_tenants
from app.store.ids import uuid7
from app.store.tables import group_members, groups, tenants, users
from designer.gallery import templates

DOCUMENTS = ("purchase-approval", "leave-request", "new-supplier")
SECRETS = "demo-secrets.json"
# Before the oldest of its requests.
DAYS_OLD = 30


def main(_: Sequence[str]) -> int:
    configure()
    if seed():
        print(f"The demo tenant “{TENANT_NAME}” is there. Its passwords are in {_secrets_path()}.")
    else:
        print("This database has a tenant already; nothing was added.")
    return 0


def seed() -> bool:
    """Fill an empty database. False where somebody lives in it already; then nothing changes."""
    password = f"{secrets.choice(('calm', 'green', 'quick'))}-{secrets.token_hex(4)}-river"
    password_hash = auth.hashed(password)
    begun = datetime.now(UTC) - timedelta(days=DAYS_OLD)
    with across_tenants() as db:
        if db.execute(select(tenants.c.id).limit(1)).first() is not None:
            return False
        tenant = uuid7()
        db.execute(insert(tenants).values(id=tenant, key=TENANT, name=TENANT_NAME, directory_rev=1))
        people = _people(db, tenant, password_hash, begun)
        _groups(db, tenant, people)
        made = {role: _key(db, tenant, role, people) for role in KEYS}
        for name in DOCUMENTS:
            document = templates()[name]
            definitions.store(db, tenant, document, published_by=people["ada"], note="First version", at=begun)
    _keep_secrets(password, made)
    requests.make(tenant, people)
    return True


def credentials() -> dict[str, Any]:
    """Who can log in and with what, as the supervisor tells it; empty lists where there is no demo."""
    path = _secrets_path()
    if not path.exists():
        return {"users": [], "api_keys": {}}
    kept = json.loads(path.read_text())
    listed = [
        {"email": one.email, "password": kept["password"], "name": one.name, "roles": list(one.roles)} for one in PEOPLE
    ]
    return {"users": listed, "api_keys": kept["api_keys"]}


def _people(db: Db, tenant: UUID, password_hash: str, since: datetime) -> dict[str, UUID]:
    ids = {one.handle: uuid7() for one in PEOPLE}
    for one in PEOPLE:
        row = {
            "id": ids[one.handle],
            "tenant_id": tenant,
            "email": one.email,
            "handle": one.handle,
            "name": one.name,
            "title": one.title,
            "roles": list(one.roles),
            "password_hash": password_hash,
            "created_at": since,
        }
        db.execute(insert(users).values(row))
    for one in PEOPLE:
        if one.manager:
            db.execute(
                update(users)
                .where(users.c.tenant_id == tenant, users.c.id == ids[one.handle])
                .values(manager_id=ids[one.manager])
            )
    return ids


def _groups(db: Db, tenant: UUID, people: dict[str, UUID]) -> None:
    for key, (name, members) in GROUPS.items():
        group = uuid7()
        db.execute(insert(groups).values(id=group, tenant_id=tenant, key=key, name=name))
        for handle in members:
            row = {"tenant_id": tenant, "group_id": group, "user_id": people[handle]}
            db.execute(insert(group_members).values(row))


def _key(db: Db, tenant: UUID, role: str, people: dict[str, UUID]) -> str:
    handle, speaks = KEYS[role]
    roles = next(one.roles for one in PEOPLE if one.handle == handle)
    scopes = set(PERMISSIONS) if speaks else permissions_of(roles)
    wanted = keys.Wanted(f"Demo {role}", scopes, keys.MAX_SPEAKING_DAYS if speaks else None, speaks)
    return keys.issue(db, tenant, people[handle], wanted)[1]


def _keep_secrets(password: str, api_keys: dict[str, str]) -> None:
    path = _secrets_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps({"password": password, "api_keys": api_keys}))


def _secrets_path() -> Path:
    return settings().data_dir / SECRETS
