"""API keys: how programs prove who they are. A key acts for the person who made it, within its scopes.

A key that may speak for others can answer on anybody's behalf. It works only while its owner manages keys, and
ends after a year at the latest.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.exc import OperationalError

from app.access import tokens
from app.access.permissions import PERMISSIONS, permissions_of, require
from app.access.principal import Moment, Principal, system
from app.audit import tenant_log
from app.errors import Forbidden, Invalid, Missing, about
from app.store.db import Db, statement
from app.store.ids import uuid7
from app.store.tables import api_keys, users
from app.store.tables.base import linked
from engine.events.access import KeyMade, KeyRevoked
from engine.reasons import reason

log = structlog.get_logger()

PREFIX = "sk_"
SHOWN = 9
MAX_NAME = 80
MAX_DAYS, MAX_SPEAKING_DAYS = 730, 365
MANAGES = "key:manage"

FIND = """
SELECT k.id AS key_id, k.name AS key_name, k.scopes, k.speaks_for_others,
       u.tenant_id, u.id AS user_id, u.name, u.email, u.roles, clock_timestamp() AS now,
       (SELECT directory_rev FROM tenants WHERE tenants.id = k.tenant_id) AS rev,
       k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 minute' AS unmarked
FROM api_keys k JOIN users u ON u.tenant_id = k.tenant_id AND u.id = k.user_id
WHERE k.tenant_id = %(tenant)s AND k.secret_hash = %(hash)s AND u.active
  AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
"""
# Many calls may see at once that it is time; one of them writes, and none waits for it.
MARK = """
UPDATE api_keys SET last_used_at = now() WHERE tenant_id = %(tenant)s AND id = (
    SELECT id FROM api_keys
    WHERE tenant_id = %(tenant)s AND id = %(key)s
      AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
    FOR NO KEY UPDATE SKIP LOCKED)
"""
# How a statement is sent: in a transaction that goes on, or alone.
Query = Callable[[str, dict[str, Any]], list[dict[str, Any]]]


class Found(NamedTuple):
    """unmarked: its use within this minute is not written down yet (`mark_used`)."""

    principal: Principal
    unmarked: bool


@dataclass(frozen=True)
class Wanted:
    """What a new key is to be; days: how long it lasts, None for ever."""

    name: str
    scopes: Collection[str]
    days: int | None = None
    speaks_for_others: bool = False


def find(query: Query, secret: str) -> Found | None:
    """Whom a key stands for, with the roles of this moment. None when it is unknown, revoked or expired.

    Raises Forbidden for a key that speaks for others once its owner no longer manages keys.
    """
    tenant_id = tenant_of(secret)
    rows = query(FIND, {"tenant": tenant_id, "hash": tokens.digest(secret)}) if tenant_id else []
    if not rows:
        return None
    row = rows[0]
    if row["speaks_for_others"] and MANAGES not in permissions_of(row["roles"]):
        raise Forbidden(
            f"This key speaks for others, and {row['name']}, whose key it is, may not {PERMISSIONS[MANAGES]}."
        )
    roles, scopes = frozenset(row["roles"]), frozenset(row["scopes"])
    told_apart = Principal(
        row["tenant_id"],
        row["user_id"],
        row["name"],
        row["email"],
        roles,
        permissions_of(roles, scopes),
        via="key",
        key_id=row["key_id"],
        key_name=row["key_name"],
        key_owner=row["user_id"],
        speaks_for_others=row["speaks_for_others"],
        scopes=scopes,
        moment=Moment(row["now"], row["rev"]),
    )
    return Found(told_apart, row["unmarked"])


def tenant_of(secret: str) -> UUID | None:
    """Whose key it would be; None for what is none."""
    return tokens.tenant_of(secret.removeprefix(PREFIX)) if secret.startswith(PREFIX) else None


def mark_used(principal: Principal) -> None:
    """Also where its call was refused. What was done stands, whether or not this can be written down."""
    try:
        statement(principal.tenant_id, MARK, {"tenant": principal.tenant_id, "key": principal.key_id})
    except OperationalError as lost:
        log.warning("use of a key not noted", key=str(principal.key_id), error=type(lost.orig).__name__)


def issue(db: Db, tenant_id: UUID, user_id: UUID, wanted: Wanted, maker: Principal | None = None) -> tuple[UUID, str]:
    """Make a key without asking whether its maker may. The secret is told only now."""
    key_id, secret = uuid7(), f"{PREFIX}{tokens.make(tenant_id)}"
    row = {
        "id": key_id,
        "tenant_id": tenant_id,
        "user_id": user_id,
        "name": wanted.name,
        "prefix": secret[:SHOWN],
        "secret_hash": tokens.digest(secret),
        "scopes": sorted(wanted.scopes),
        "speaks_for_others": wanted.speaks_for_others,
    }
    ends = func.now() + func.make_interval(0, 0, 0, wanted.days) if wanted.days else None
    db.execute(insert(api_keys).values(**row, expires_at=ends))
    made = KeyMade(
        key=str(key_id),
        user=str(user_id),
        name=wanted.name,
        scopes=sorted(wanted.scopes),
        speaks_for_others=wanted.speaks_for_others,
        days=wanted.days,
    )
    tenant_log.note(db, tenant_id, maker or system(tenant_id), made)
    log.info("api key made", key=str(key_id), user=str(user_id), speaks_for_others=wanted.speaks_for_others)
    return key_id, secret


def create(db: Db, principal: Principal, wanted: Wanted) -> tuple[UUID, str]:
    """A key of one's own. Raises Forbidden where it could do more than its maker, or a key asks for a key."""
    if principal.via != "session":
        raise Forbidden("A key cannot make keys: log in for that.")
    if wanted.speaks_for_others:
        require(principal, MANAGES)
    check(wanted)
    beyond = sorted(set(wanted.scopes) - principal.permissions)
    if beyond and not wanted.speaks_for_others:
        raise Forbidden(f"You may not {PERMISSIONS[beyond[0]]} yourself, so no key of yours can.")
    return issue(db, principal.tenant_id, principal.user_id, wanted, principal)


def check(wanted: Wanted) -> None:
    """Raises Invalid with what is missing or too much."""
    errors = []
    if not 0 < len(wanted.name) <= MAX_NAME:
        errors.append(about("/name", reason("key_name", most=MAX_NAME)))
    if not wanted.scopes or not set(wanted.scopes) <= PERMISSIONS.keys():
        errors.append(about("/scopes", reason("key_scopes")))
    if wanted.days is not None and not 0 < wanted.days <= MAX_DAYS:
        errors.append(about("/days", reason("key_days", most=MAX_DAYS)))
    elif wanted.speaks_for_others and (wanted.days is None or wanted.days > MAX_SPEAKING_DAYS):
        errors.append(about("/days", reason("speaking_key_days", most=MAX_SPEAKING_DAYS)))
    if errors:
        raise Invalid("The key needs another look.", errors)


def list_keys(db: Db, principal: Principal) -> Sequence[Row[Any]]:
    """One's own keys, or the tenant's for those who manage them; newest first."""
    query = select(api_keys, users.c.name.label("owner")).join(users, linked(users.c.id, api_keys.c.user_id))
    query = query.where(api_keys.c.tenant_id == principal.tenant_id)
    if not principal.may(MANAGES):
        query = query.where(api_keys.c.user_id == principal.user_id)
    return db.execute(query.order_by(api_keys.c.id.desc())).all()


def revoke(db: Db, principal: Principal, key_id: UUID) -> None:
    """Works at once and for good. Raises Missing for keys that are neither one's own nor managed."""
    query = update(api_keys).where(api_keys.c.id == key_id, api_keys.c.tenant_id == principal.tenant_id)
    if not principal.may(MANAGES):
        query = query.where(api_keys.c.user_id == principal.user_id)
    revoked = func.coalesce(api_keys.c.revoked_at, func.now())
    if db.execute(query.values(revoked_at=revoked)).rowcount == 0:
        raise Missing("There is no such key.")
    tenant_log.note(db, principal.tenant_id, principal, KeyRevoked(str(key_id)))
    log.info("api key revoked", key=str(key_id), by=str(principal.user_id))


def revoke_all(db: Db, by: Principal, user_id: UUID, *, speaking_only: bool = False) -> None:
    """End the keys of a person, for good."""
    own = api_keys.c.user_id == user_id, api_keys.c.tenant_id == by.tenant_id, api_keys.c.revoked_at.is_(None)
    query = update(api_keys).where(*own).values(revoked_at=func.now())
    if speaking_only:
        query = query.where(api_keys.c.speaks_for_others)
    ended = db.execute(query.returning(api_keys.c.id)).scalars().all()
    for key_id in ended:
        tenant_log.note(db, by.tenant_id, by, KeyRevoked(str(key_id)))
    if ended:
        log.info("api keys revoked", user=str(user_id), count=len(ended))


def state(row: Row[Any], now: datetime) -> str:
    """works, revoked or expired."""
    if row.revoked_at:
        return "revoked"
    return "expired" if row.expires_at and row.expires_at <= now else "works"
