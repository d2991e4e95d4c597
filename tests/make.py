"""Builders: tenants, the cast, keys and browsers. What one test makes is in no other one's way."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from litestar.testing import TestClient
from sqlalchemy import func, insert, update

from app.access import auth, csrf, keys, middleware, sessions
from app.access.permissions import PERMISSIONS, permissions_of
from app.access.principal import Principal
from app.store.db import Db, across_tenants
from app.store.ids import uuid7
from app.store.tables import group_members, groups, tenants, users
from app.web.application import build

PASSWORD = "a horse and a staple"

Browser = TestClient[Any]

hashed = cache(auth.hashed)
site = cache(build)


@dataclass(frozen=True)
class User:
    id: UUID
    tenant_id: UUID
    email: str
    name: str
    roles: tuple[str, ...]

    @property
    def principal(self) -> Principal:
        roles = frozenset(self.roles)
        return Principal(self.tenant_id, self.id, self.name, self.email, roles, permissions_of(roles))


@dataclass(frozen=True)
class Cast:
    """Ada designs, Ben approves, Cleo is his manager and an admin, Dov audits, Eve is of another tenant."""

    ada: User
    ben: User
    cleo: User
    dov: User
    eve: User


def make_tenant(db: Db, name: str = "Acme") -> UUID:
    tenant_id = uuid7()
    db.execute(insert(tenants).values(id=tenant_id, key=f"{name.lower()}-{secrets.token_hex(4)}", name=name))
    return tenant_id


def make_user(
    db: Db, tenant_id: UUID, name: str, *roles: str, manager: User | None = None, active: bool = True
) -> User:
    handle = f"{name.lower().replace(' ', '.')}-{secrets.token_hex(4)}"
    user = User(uuid7(), tenant_id, f"{handle}@example.com", name, roles)
    row = {"id": user.id, "tenant_id": tenant_id, "email": user.email, "handle": handle, "name": name}
    row |= {"roles": list(roles), "manager_id": manager.id if manager else None, "active": active}
    db.execute(insert(users).values(**row, password_hash=hashed(PASSWORD)))
    return user


def let_decide(*those: User) -> None:
    """Give them the role approver, besides their own."""
    with across_tenants() as db:
        mine = update(users).where(users.c.id.in_([user.id for user in those]))
        db.execute(mine.values(roles=func.array_append(users.c.roles, "approver")))


def make_group(db: Db, tenant_id: UUID, name: str, members: Iterable[User] = ()) -> UUID:
    group_id = uuid7()
    key = name.lower().replace(" ", "-")
    db.execute(insert(groups).values(id=group_id, tenant_id=tenant_id, key=key, name=name))
    for member in members:
        db.execute(insert(group_members).values(tenant_id=tenant_id, group_id=group_id, user_id=member.id))
    return group_id


def make_key(db: Db, user: User, *scopes: str, speaks_for_others: bool = False) -> str:
    """The secret; without scopes the key may do all that the person may."""
    days = keys.MAX_SPEAKING_DAYS if speaks_for_others else None
    wanted = keys.Wanted("Tests", scopes or PERMISSIONS.keys(), days, speaks_for_others)
    return keys.issue(db, user.tenant_id, user.id, wanted)[1]


def make_cast() -> Cast:
    with across_tenants() as db:
        acme, other = make_tenant(db), make_tenant(db, "Other")
        cleo = make_user(db, acme, "Cleo", "requester", "approver", "admin")
        return Cast(
            ada=make_user(db, acme, "Ada", "requester", "designer", manager=cleo),
            ben=make_user(db, acme, "Ben", "requester", "approver", manager=cleo),
            cleo=cleo,
            dov=make_user(db, acme, "Dov", "auditor"),
            eve=make_user(db, other, "Eve", "requester", "approver", "designer", "auditor", "admin"),
        )


@contextmanager
def browser(user: User | None = None, address: str = "") -> Iterator[Browser]:
    """The whole application as a browser sees it that says where it is; logged in when there is a user."""
    place = address or f"2001:db8::{secrets.token_hex(2)}:{secrets.token_hex(2)}"

    async def app(scope: Any, receive: Any, send: Any) -> None:
        there: Any = {**scope, "client": (place, 50000)}
        if scope["type"] == "lifespan":  # several browsers look at one application, which starts once
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        await site()(there, receive, send)

    with TestClient(app) as client:
        client.headers["accept"] = "text/html"
        client.follow_redirects = False
        if user:
            log_in(client, user)
        yield client


def log_in(client: Browser, user: User) -> str:
    """Make this a browser of that person, sending the form token with everything; the answer is the token."""
    with across_tenants() as db:
        session = sessions.begin(db, user.tenant_id, user.id, "2001:db8::1", None)
    set_cookie(client, middleware.session_cookie(), session)
    token = csrf.token(session)
    client.headers[csrf.HEADER] = token
    return token


def set_cookie(client: Browser, name: str, value: str) -> None:
    client.cookies.set(name, value, domain="testserver.local")
