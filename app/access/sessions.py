"""Sessions of people in browsers. The cookie's token is random and stored nowhere, only its SHA-256."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, insert, select, text, update

from app.access import tokens
from app.access.permissions import permissions_of
from app.access.principal import Principal
from app.config import settings
from app.errors import Missing
from app.store.db import Db, transaction
from app.store.tables import sessions, users

# Of a session's hash, to name it by: enough to tell a person's own apart, of no use as a token.
NAMED_BY = 16
MOST_SHOWN = 50

# A session is seen at most once a minute, so that reading pages does not write a row each time.
_FIND = text("""
WITH found AS (
    SELECT s.token_hash, u.tenant_id, u.id AS user_id, u.name, u.email, u.roles,
           coalesce(u.zone, t.zone) AS zone
    FROM sessions s JOIN users u ON u.tenant_id = s.tenant_id AND u.id = s.user_id JOIN tenants t ON t.id = s.tenant_id
    WHERE s.tenant_id = :tenant AND s.token_hash = :hash AND u.active AND s.expires_at > now()
      AND s.seen_at > now() - make_interval(mins => :idle)
), seen AS (
    UPDATE sessions SET seen_at = now()
    WHERE tenant_id = :tenant AND token_hash = (SELECT token_hash FROM found) AND seen_at < now() - interval '1 minute'
      AND :seen
)
SELECT * FROM found
""")


def reader(token: str | None, *, seen: bool = True) -> Principal | None:
    """`principal`, in a transaction of its own. Also None where there is no token, or what is none.

    seen: whether it was somebody's doing; what a page asks by itself keeps no session alive.
    """
    tenant_id = tokens.tenant_of(token) if token else None
    if tenant_id is None or token is None:
        return None
    with transaction(tenant_id) as db:
        return principal(db, token, seen=seen)


def principal(db: Db, token: str, *, seen: bool = True) -> Principal | None:
    """Whose session this is, with the roles of this moment. None when it ended or the person left."""
    told = {"tenant": tokens.tenant_of(token), "hash": tokens.digest(token), "idle": settings().session_idle_minutes}
    row = db.execute(_FIND, {**told, "seen": seen}).first()
    if row is None:
        return None
    return person(row)


def person(row: Any) -> Principal:
    """`row`: of the users table, or with `user_id` for its id."""
    roles = frozenset(row.roles)
    user_id, zone = getattr(row, "user_id", None) or row.id, row.zone or Principal.zone
    return Principal(row.tenant_id, user_id, row.name, row.email, roles, permissions_of(roles), zone=zone)


def begin(db: Db, tenant_id: UUID, user_id: UUID, address: str, agent: str | None) -> str:
    """A new session; the answer is its token, told only now."""
    token = tokens.make(tenant_id)
    row = {
        "token_hash": tokens.digest(token),
        "tenant_id": tenant_id,
        "user_id": user_id,
        "address": address,
        "agent": agent,
    }
    ends = func.now() + func.make_interval(0, 0, 0, 0, settings().session_hours)
    db.execute(delete(sessions).where(sessions.c.tenant_id == tenant_id, sessions.c.expires_at < func.now()))
    db.execute(insert(sessions).values(**row, expires_at=ends))
    return token


def end(token: str) -> None:
    """In a transaction of its own: whoever logs in may have come with the session of another tenant."""
    if tenant_id := tokens.tenant_of(token):
        own = sessions.c.tenant_id == tenant_id, sessions.c.token_hash == tokens.digest(token)
        with transaction(tenant_id) as db:
            db.execute(delete(sessions).where(*own))


def end_everywhere(db: Db, tenant_id: UUID, user_id: UUID) -> None:
    """All sessions of a person, and the links in all mails sent to them until now."""
    end_all(db, tenant_id, user_id)
    own = users.c.id == user_id, users.c.tenant_id == tenant_id
    db.execute(update(users).where(*own).values(links_after=func.now()))


def own(db: Db, principal: Principal, token: str) -> list[tuple[Row[Any], str, bool]]:
    """A person's sessions with a name for each, last seen first, and whether it is the one with this token."""
    idle = func.make_interval(0, 0, 0, 0, 0, settings().session_idle_minutes)
    mine = sessions.c.user_id == principal.user_id, sessions.c.tenant_id == principal.tenant_id
    alive = sessions.c.expires_at > func.now(), sessions.c.seen_at > func.now() - idle
    rows = db.execute(select(sessions).where(*mine, *alive).order_by(sessions.c.seen_at.desc()).limit(MOST_SHOWN))
    return [
        (row, bytes(row.token_hash).hex()[:NAMED_BY], bytes(row.token_hash) == tokens.digest(token)) for row in rows
    ]


def end_named(db: Db, principal: Principal, name: str) -> None:
    """One of a person's own sessions, by the name that `own` gave it. Raises Missing."""
    mine = sessions.c.user_id == principal.user_id, sessions.c.tenant_id == principal.tenant_id
    named = func.left(func.encode(sessions.c.token_hash, "hex"), NAMED_BY) == name
    if db.execute(delete(sessions).where(*mine, named)).rowcount == 0:
        raise Missing("This session has ended already.")


def end_all(db: Db, tenant_id: UUID, user_id: UUID) -> None:
    db.execute(delete(sessions).where(sessions.c.user_id == user_id, sessions.c.tenant_id == tenant_id))
