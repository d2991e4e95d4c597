"""Links in messages that let one person answer one task without logging in. Opening one changes nothing.

A link is signed, not stored. It ends with its task, with its person's account, when that person logs out everywhere,
and after MAX_AGE in any case.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import func, select

from app.access.permissions import permissions_of
from app.access.principal import Principal
from app.config import settings
from app.errors import Missing, Refusal, TooMany
from app.runtime import wake
from app.store.db import Db
from app.store.tables import tasks, tenants, users
from app.store.tables.base import linked

PURPOSE = "signoff/decide"
MAX_AGE = timedelta(days=30)
LONGEST = 400
TOKEN = re.compile(r"(/(?:d|welcome)/)[\w.-]{40,}")
WRONG_PER_MINUTE, MINUTE = 20, 60


class Expired(Refusal):
    status = 410
    title = "This link has expired"


@cache
def signer(secret: str, purpose: str) -> URLSafeTimedSerializer:
    """What is signed for one purpose is worth nothing for another."""
    signing = {"digest_method": sha256, "key_derivation": "hmac"}
    return URLSafeTimedSerializer(secret, salt=purpose, signer_kwargs=signing)


class Signed(NamedTuple):
    """What a link says. seen: the request's seq that the message told of."""

    tenant_id: UUID
    task_id: UUID
    user_id: UUID
    seen: int
    at: datetime


def make(tenant_id: UUID, task_id: UUID, user_id: UUID, seen: int) -> str:
    """`seen`: the request's seq that the message tells of."""
    token = signer(settings().secret_key, PURPOSE).dumps([tenant_id.hex, task_id.hex, user_id.hex, seen])
    return f"{settings().base_url}/d/{token}"


def read(token: str, now: datetime | None = None) -> Signed:
    """Raises Missing for what we did not sign, Expired for what is too old."""
    try:
        told, signed_at = signer(settings().secret_key, PURPOSE).loads(token[: LONGEST + 1], return_timestamp=True)
        tenant_id, task_id, user_id = map(UUID, told[:3])
        signed = Signed(tenant_id, task_id, user_id, int(told[3]), signed_at)
    except (BadData, ValueError, IndexError, TypeError):
        raise Missing("This link is not complete, or not one of ours. Copy all of it from the mail.") from None
    if (now or datetime.now(UTC)) - signed_at > MAX_AGE:
        raise Expired(f"Links work for {MAX_AGE.days} days. Log in to see what waits for you.")
    return signed


def hidden(text: str) -> str:
    """The text of a message without the part of its link that lets whoever has it decide or log in."""
    return TOKEN.sub(r"\1…", text)


def open_link(db: Db, signed: Signed) -> Principal:
    """Whose link it is, with that person's rights of this moment."""
    asked = tasks.c.id == signed.task_id, tasks.c.assignee_id == signed.user_id
    user = db.execute(
        select(users, func.coalesce(users.c.zone, tenants.c.zone).label("reads"))
        .join(tenants, tenants.c.id == users.c.tenant_id)
        .join(tasks, linked(tasks.c.assignee_id, users.c.id))
        .where(users.c.tenant_id == signed.tenant_id, users.c.id == signed.user_id, *asked)
    ).first()
    if user is None:
        raise Missing("This question does not exist any more.")
    if not user.active:
        raise Expired("This link belongs to an account that was closed.")
    if user.links_after is not None and signed.at < user.links_after:
        raise Expired("This link was ended. Log in to see what waits for you.")
    return replace(principal(user), zone=user.reads)


def principal(user: Any) -> Principal:
    """`user`: a row of the users table."""
    roles = frozenset(user.roles)
    return Principal(user.tenant_id, user.id, user.name, user.email, roles, permissions_of(roles), via="link")


def note_wrong(token: str) -> None:
    """Count a wrong signature for this content, for all processes at once. Raises TooMany after too many in a minute.

    A right one is never counted or refused; without Redis no wrong one is, either.
    """
    content = sha256(token[:LONGEST].rsplit(".", 2)[0].encode()).hexdigest()
    key = f"{wake.NAMESPACE}:wrong-links:{content}"

    def add() -> tuple[int, int]:
        with wake.redis().pipeline(transaction=False) as pipeline:
            pipeline.incr(key)
            pipeline.expire(key, MINUTE, nx=True)
            pipeline.ttl(key)
            count, _, left = pipeline.execute()
        return count, left

    count, left = wake.hint("wrong links not counted", add) or (0, 0)
    if count > WRONG_PER_MINUTE:
        raise TooMany(f"Too many wrong links like this. Try again in {max(1, left)} seconds.", retry_after=max(1, left))
