"""Waking others after a commit. A hint and no more: the sweep finds whatever a lost hint leaves behind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from time import monotonic, time
from typing import TypeVar
from uuid import UUID

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from app.config import settings

log = structlog.get_logger()
T = TypeVar("T")

NAMESPACE = "signoff"
QUEUE, SLOW_QUEUE = "effects", "reports"
BELL = f"{NAMESPACE}:scheduler"
# A decision never waits for Redis longer than this.
SECONDS = 0.5
PAUSE = 1.0


@dataclass
class Silence:
    until: float = 0.0


_silence = Silence()


@cache
def redis() -> Redis:
    return Redis.from_url(
        settings().redis_url,
        socket_timeout=SECONDS,
        socket_connect_timeout=SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


@cache
def bell() -> Redis:
    """For the scheduler alone, which waits on it longer than a request may."""
    return Redis.from_url(settings().redis_url, socket_timeout=settings().sweep_seconds + 5, socket_connect_timeout=1)


def place(queue: str) -> str:
    """Where a queue's effects wait in Redis: a sorted set, in which nothing waits twice, however often it is sent."""
    return f"{NAMESPACE}:waiting:{queue}"


def member(tenant_id: UUID, effect_id: UUID | str) -> str:
    """What waits for an effect: its tenant and its id, by which its row is found."""
    return f"{tenant_id}/{effect_id}"


def read(member: str) -> tuple[UUID, UUID]:
    """Tenant and id. Raises ValueError for what `member` did not make."""
    tenant_id, _, effect_id = member.partition("/")
    return UUID(tenant_id), UUID(effect_id)


def workers(tenant_id: UUID, effects: Sequence[UUID | str], queue: str = QUEUE) -> None:
    hint("workers not woken", lambda: send([member(tenant_id, effect) for effect in effects], queue))


def send(members: Sequence[str], queue: str = QUEUE) -> None:
    """Raises RedisError."""
    now = time()
    redis().zadd(place(queue), dict.fromkeys(members, now), nx=True)


def scheduler(due: datetime, now: datetime) -> None:
    """Something is due before the scheduler looks again by itself."""
    if (due - now).total_seconds() > settings().sweep_seconds:
        return

    def ring() -> None:
        redis().lpush(BELL, "1")
        redis().ltrim(BELL, 0, 0)

    hint("scheduler not woken", ring)


def hint(failure: str, give: Callable[[], T]) -> T | None:
    """Left out for a moment after one failed: a Redis that hangs costs one caller its patience and not everybody."""
    if monotonic() < _silence.until:
        return None
    try:
        return give()
    except (RedisError, ValueError) as lost:
        # ValueError: the client reads on in a buffer that it closed, where Redis is killed during its greeting.
        _silence.until = monotonic() + PAUSE
        log.warning(failure, error=type(lost).__name__)
        return None
