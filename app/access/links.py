"""Links in messages that let one person answer one task without logging in. Opening one changes nothing.

A link is signed, not stored. It dies with its task, with its person's account, and after MAX_AGE in any case.
"""

import re
from collections import OrderedDict, deque
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from threading import Lock
from time import monotonic
from typing import Any
from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import func, select

from app.access.permissions import permissions_of
from app.access.principal import Principal
from app.config import settings
from app.errors import Missing, Refusal, TooMany
from app.store.db import Db
from app.store.tables import tasks, tenants, users

PURPOSE = "signoff/decide"
MAX_AGE = timedelta(days=30)
LONGEST = 400
TOKEN = re.compile(r"(/(?:d|welcome)/)[\w.-]{40,}")
WRONG_PER_MINUTE = 20
MOST_ADDRESSES = 10_000


class Expired(Refusal):
    status = 410
    title = "This link has expired"


@cache
def signer(secret: str, purpose: str) -> URLSafeTimedSerializer:
    """What is signed for one purpose is worth nothing for another."""
    signing = {"digest_method": sha256, "key_derivation": "hmac"}
    return URLSafeTimedSerializer(secret, salt=purpose, signer_kwargs=signing)


def make(task_id: UUID, user_id: UUID) -> str:
    token = signer(settings().secret_key, PURPOSE).dumps([task_id.hex, user_id.hex])
    return f"{settings().base_url}/d/{token}"


def read(token: str, now: datetime | None = None) -> tuple[UUID, UUID]:
    """Task and person. Raises Missing for what we did not sign, Expired for what is too old."""
    try:
        told, signed_at = signer(settings().secret_key, PURPOSE).loads(token[: LONGEST + 1], return_timestamp=True)
        task_id, user_id = UUID(told[0]), UUID(told[1])
    except (BadData, ValueError, IndexError, TypeError):
        raise Missing("This link is not complete, or not one of ours. Copy all of it from the mail.") from None
    if (now or datetime.now(UTC)) - signed_at > MAX_AGE:
        raise Expired(f"Links work for {MAX_AGE.days} days. Log in to see what waits for you.")
    return task_id, user_id


def hidden(text: str) -> str:
    """The text of a message without the part of its link that lets whoever has it decide or log in."""
    return TOKEN.sub(r"\1…", text)


def open_link(db: Db, token: str) -> tuple[Principal, UUID]:
    """Whose link it is, with that person's rights of this moment, and the task it is about."""
    task_id, user_id = read(token)
    user = db.execute(
        select(users, func.coalesce(users.c.zone, tenants.c.zone).label("reads"))
        .join(tenants, tenants.c.id == users.c.tenant_id)
        .join(tasks, tasks.c.tenant_id == users.c.tenant_id)
        .where(users.c.id == user_id, tasks.c.id == task_id, tasks.c.assignee_id == user_id)
    ).first()
    if user is None:
        raise Missing("This question does not exist any more.")
    if not user.active:
        raise Expired("This link belongs to an account that was closed.")
    return replace(principal(user), zone=user.reads), task_id


def principal(user: Any) -> Principal:
    """`user`: a row of the users table."""
    roles = frozenset(user.roles)
    return Principal(user.tenant_id, user.id, user.name, user.email, roles, permissions_of(roles), via="link")


class Guesses:
    """Wrong links per address, in this process: that makes guessing pointless, and a GET stores nothing."""

    def __init__(self) -> None:
        self._times: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def check(self, address: str) -> None:
        """Raises TooMany while this address was wrong too often within the last minute."""
        with self._lock:
            times = self._times.get(address, deque())
            while times and times[0] < monotonic() - 60:
                times.popleft()
            if len(times) >= WRONG_PER_MINUTE:
                wait = max(1, round(60 - (monotonic() - times[0])))
                raise TooMany(f"Too many wrong links from here. Try again in {wait} seconds.", retry_after=wait)

    def wrong(self, address: str) -> None:
        with self._lock:
            self._times.setdefault(address, deque(maxlen=WRONG_PER_MINUTE)).append(monotonic())
            self._times.move_to_end(address)
            while len(self._times) > MOST_ADDRESSES:
                self._times.popitem(last=False)


guesses = Guesses()
