"""Dramatiq's broker for ids that are hints: a worker sleeps in Redis until there are some (BZMPOP), nothing polls.

What is taken here is gone from Redis at once, because the lease of its row is what guards it: an id that is lost
with its worker, or with Redis, is sent again by the sweep.
"""

from collections.abc import Iterable, Mapping
from threading import Event, Semaphore
from typing import Any

import dramatiq
import structlog
from dramatiq import Message, MessageProxy
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from app.config import settings
from app.runtime import wake

log = structlog.get_logger()

# As many ids as one turn of a thread takes when more are waiting than there are threads.
TURN = 8
# Until a Redis that did not answer is asked again.
PAUSE = 1.0
PATIENCE = 5.0


class HintBroker(dramatiq.Broker):
    """`turns`: how many turns of each queue may be under way at once, so that none is taken that must wait."""

    def __init__(self, turns: Mapping[str, int]) -> None:
        super().__init__(middleware=[])
        self._free = {queue: Semaphore(count) for queue, count in turns.items()}

    def declare_queue(self, queue_name: str) -> None:
        if queue_name not in self.queues:
            self.queues[queue_name] = None
            self.emit_after("declare_queue", queue_name)

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 1000) -> "HintConsumer":
        return HintConsumer(queue_name, self._free[queue_name], timeout / 1000)

    def enqueue(self, message: "Message[Any]", *, delay: int | None = None) -> "Message[Any]":
        wake.send(message.args, message.queue_name)
        return message


class HintConsumer(dramatiq.Consumer):
    def __init__(self, queue: str, free: Semaphore, seconds: float) -> None:
        self._queue, self._free, self._seconds = queue, free, seconds
        self._redis = Redis.from_url(
            settings().redis_url,
            socket_timeout=seconds + PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )

    def __next__(self) -> MessageProxy | None:
        """One turn's ids, as soon as there is a thread for them; None when none came for a while."""
        if not self._free.acquire(timeout=self._seconds):
            return None
        effects = self._take()
        if not effects:
            self._free.release()
            return None
        return MessageProxy(Message(self._queue, self._queue, effects, {}, {}))

    def _take(self) -> tuple[str, ...]:
        try:
            taken: Any = self._redis.bzmpop(self._seconds, 1, [wake.place(self._queue)], min=True, count=TURN)
        except RedisError as lost:
            log.warning("no Redis to wait at", queue=self._queue, error=type(lost).__name__)
            Event().wait(PAUSE)
            return ()
        return tuple(filter(None, map(_member, (member for member, _ in taken[1]))) if taken else ())

    def ack(self, message: MessageProxy) -> None:
        self._free.release()

    nack = ack

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        """What nobody has begun when the worker stops is another's at once."""
        try:
            for message in messages:
                wake.send(message.args, self._queue)
        except RedisError as lost:
            log.warning("effects left to the sweep", queue=self._queue, error=type(lost).__name__)

    def close(self) -> None:
        self._redis.close()


def _member(found: bytes) -> str | None:
    """What somebody else put there is not ours to stumble over."""
    try:
        return wake.member(*wake.read(found.decode()))
    except ValueError:
        log.warning("no effect's id", found=found[:40])
        return None
