"""Sessions of people in browsers. The cookie's token is random and stored nowhere, only its SHA-256."""

import secrets
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, func, insert, text

from app.access.permissions import permissions_of
from app.access.principal import Principal
from app.config import settings
from app.store.db import Db
from app.store.tables import sessions

# A session is seen at most once a minute, so that reading pages does not write a row each time.
_FIND = text("""
WITH found AS (
    SELECT s.token_hash, u.tenant_id, u.id AS user_id, u.name, u.email, u.roles,
           coalesce(u.zone, t.zone) AS zone
    FROM sessions s JOIN users u ON u.id = s.user_id JOIN tenants t ON t.id = u.tenant_id
    WHERE s.token_hash = :hash AND u.active AND s.expires_at > now()
      AND s.seen_at > now() - make_interval(mins => :idle)
), seen AS (
    UPDATE sessions SET seen_at = now()
    WHERE token_hash = (SELECT token_hash FROM found) AND seen_at < now() - interval '1 minute'
)
SELECT * FROM found
""")


def principal(db: Db, token: str) -> Principal | None:
    """Whose session this is, with the roles of this moment. None when it ended or the person left."""
    row = db.execute(_FIND, {"hash": _hash(token), "idle": settings().session_idle_minutes}).first()
    if row is None:
        return None
    roles = frozenset(row.roles)
    return Principal(row.tenant_id, row.user_id, row.name, row.email, roles, permissions_of(roles), zone=row.zone)


def begin(db: Db, tenant_id: UUID, user_id: UUID, address: str, agent: str | None) -> str:
    """A new session; the answer is its token, told only now."""
    token = secrets.token_urlsafe(32)
    row = {
        "token_hash": _hash(token),
        "tenant_id": tenant_id,
        "user_id": user_id,
        "address": address,
        "agent": agent,
    }
    ends = func.now() + func.make_interval(0, 0, 0, 0, settings().session_hours)
    db.execute(delete(sessions).where(sessions.c.expires_at < func.now()))
    db.execute(insert(sessions).values(**row, expires_at=ends))
    return token


def end(db: Db, token: str) -> None:
    db.execute(delete(sessions).where(sessions.c.token_hash == _hash(token)))


def end_all(db: Db, tenant_id: UUID, user_id: UUID) -> None:
    db.execute(delete(sessions).where(sessions.c.user_id == user_id, sessions.c.tenant_id == tenant_id))


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
