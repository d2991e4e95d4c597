"""`python -m app worker`: takes effect ids from Redis and does them. The rows are the truth, a message only a hint."""

import os
import signal
from threading import Event
from uuid import UUID

import dramatiq
import structlog

from app.config import settings
from app.effects import work
from app.effects.broker import HintBroker
from app.logs import configure
from app.runtime import gc, wake

log = structlog.get_logger()

# How soon an idle thread notices that it is asked to stop. Work wakes it at once.
IDLE_MILLISECONDS = 1000
NICE = 5


def build() -> dramatiq.Worker:
    """One generic actor on both queues. No retries of Dramatiq's: a failed attempt is a row with a due time."""
    threads = settings().worker_threads
    # Reports take minutes: they never have all threads.
    broker = HintBroker({wake.QUEUE: threads, wake.SLOW_QUEUE: max(1, threads // 2)})
    for queue in (wake.QUEUE, wake.SLOW_QUEUE):
        dramatiq.actor(actor_name=queue, queue_name=queue, broker=broker)(_run)
    return dramatiq.Worker(broker, worker_threads=threads, worker_timeout=IDLE_MILLISECONDS)


def _run(*members: str) -> None:
    """What one tenant waits for is claimed together."""
    effects: dict[UUID, list[UUID]] = {}
    for tenant_id, effect_id in map(wake.read, members):
        effects.setdefault(tenant_id, []).append(effect_id)
    for tenant_id, waiting in effects.items():
        work.run(tenant_id, *waiting)


def main(_: list[str]) -> int:
    configure()
    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    # Where processors are few, those who wait for an answer come first.
    os.nice(NICE)
    worker = build()
    gc.settle()
    worker.start()
    log.info("worker ready", threads=settings().worker_threads)
    stop.wait()
    worker.stop(timeout=20_000)
    return 0
