"""Waking others after a commit. A hint and no more: the sweep finds whatever a lost hint leaves behind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from time import monotonic
from typing import TypeVar

import dramatiq
import structlog
from dramatiq import BrokerConnectionError, Message
from dramatiq.brokers.redis import RedisBroker
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from app.config import settings

log = structlog.get_logger()
T = TypeVar("T")

NAMESPACE = "signoff"
QUEUE, SLOW_QUEUE, ACTOR = "effects", "reports", "run_effect"
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


@cache
def broker() -> RedisBroker:
    made = RedisBroker(client=redis(), namespace=NAMESPACE, middleware=[])  # type: ignore[no-untyped-call]
    for queue in (QUEUE, SLOW_QUEUE):
        made.declare_queue(queue)
    dramatiq.set_broker(made)
    return made


def workers(effects: Sequence[str], queue: str = QUEUE) -> None:
    def enqueue() -> None:
        for effect in effects:
            broker().enqueue(message(effect, queue))

    hint("workers not woken", enqueue)


def message(effect: str, queue: str = QUEUE) -> Message[None]:
    return Message(queue_name=queue, actor_name=f"{ACTOR}_{queue}", args=(effect,), kwargs={}, options={})


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
    except (RedisError, BrokerConnectionError) as lost:
        _silence.until = monotonic() + PAUSE
        log.warning(failure, error=type(lost).__name__)
        return None
