"""Password links: signed links in mails with which a person sets a password. Opening one changes nothing.

A link is not stored. It is bound to what stood in place of the password when it was made, so it works once.
"""

import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from itsdangerous import BadData
from sqlalchemy import Row, select

from app.access import auth, links, sessions
from app.audit import tenant_log
from app.config import settings
from app.errors import Missing
from app.store.db import Db, transaction
from app.store.tables import tenants, users
from engine.events.access import PasswordChanged

log = structlog.get_logger()

PURPOSE = "signoff/password"
LASTS = timedelta(days=7)


def no_password() -> str:
    """What stands in place of a password until the person sets one: no password fits it, and it is never the same."""
    return f"{auth.NONE}{secrets.token_urlsafe(16)}"


def make(user: Row[Any]) -> str:
    """`user`: a row of the users table."""
    token = links.signer(settings().secret_key, PURPOSE).dumps([user.tenant_id.hex, user.id.hex, _mark(user)])
    return f"{settings().base_url}/welcome/{token}"


class Signed(NamedTuple):
    """What a link says. mark: of what stood in place of the password."""

    tenant_id: UUID
    user_id: UUID
    mark: str


def read(token: str, now: datetime | None = None) -> Signed:
    """Raises Missing for what we did not sign, Expired for what is too old."""
    try:
        told, signed_at = links.signer(settings().secret_key, PURPOSE).loads(
            token[: links.LONGEST + 1], return_timestamp=True
        )
        signed = Signed(UUID(told[0]), UUID(told[1]), str(told[2]))
    except (BadData, ValueError, IndexError, TypeError):
        raise Missing("This link is not complete, or not one of ours. Copy all of it from the mail.") from None
    if (now or datetime.now(UTC)) - signed_at > LASTS:
        raise links.Expired(f"Links to set a password work for {LASTS.days} days. Ask an administrator for a new one.")
    return signed


def open_link(db: Db, signed: Signed) -> Row[Any]:
    """Whose link it is, with the `tenant`'s name. Raises Expired for what is over."""
    user = db.execute(
        select(users, tenants.c.name.label("tenant"))
        .join(tenants, tenants.c.id == users.c.tenant_id)
        .where(users.c.tenant_id == signed.tenant_id, users.c.id == signed.user_id)
    ).first()
    if user is None or not user.active:
        raise links.Expired("This link belongs to an account that was closed.")
    if not secrets.compare_digest(signed.mark, _mark(user)):
        raise links.Expired("This link was used already, or a newer one was sent. If you have a password, log in.")
    return user


def accept(token: str, password: str, address: str, agent: str | None) -> str:
    """Set the password; the answer is the token of a new session. Raises Invalid, Missing or Expired."""
    signed = read(token)
    with transaction(signed.tenant_id) as db:
        user = open_link(db, signed)
    auth.check_strength(password, user.name, user.email)
    password_hash = auth.hashed(password)
    with transaction(user.tenant_id) as db:
        open_link(db, signed)
        auth.set_hash(db, user.tenant_id, user.id, password_hash)
        sessions.end_all(db, user.tenant_id, user.id)
        tenant_log.note(db, user.tenant_id, sessions.person(user), PasswordChanged(str(user.id)))
        log.info("password set by link", user=str(user.id), address=address)
        return sessions.begin(db, user.tenant_id, user.id, address, agent)


def _mark(user: Row[Any]) -> str:
    return sha256(f"{user.id}/{user.password_hash}".encode()).hexdigest()[:32]
