"""`python -m app worker`: takes effect ids from Redis and does them. The rows are the truth, a message only a hint."""

import signal
from threading import Event
from uuid import UUID

import dramatiq
import structlog

from app.config import settings
from app.effects import work
from app.logs import configure
from app.runtime import gc, wake

log = structlog.get_logger()

# An idle consumer looks again after this long; Dramatiq's own default makes people wait a quarter of a second.
POLL_MILLISECONDS = 30


def build() -> dramatiq.Worker:
    """One generic actor on both queues. No retries of Dramatiq's: a failed attempt is a row with a due time."""
    broker = wake.broker()
    for queue in (wake.QUEUE, wake.SLOW_QUEUE):
        dramatiq.actor(actor_name=f"{wake.ACTOR}_{queue}", queue_name=queue, broker=broker)(_run)
    return dramatiq.Worker(broker, worker_threads=settings().worker_threads, worker_timeout=POLL_MILLISECONDS)


def _run(effect_id: str) -> None:
    work.run(UUID(effect_id))


def main(_: list[str]) -> int:
    configure()
    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    worker = build()
    gc.settle()
    worker.start()
    log.info("worker ready", threads=settings().worker_threads)
    stop.wait()
    worker.stop(timeout=20_000)
    return 0
