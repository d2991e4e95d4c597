"""`python -m app bench wake-up`: how long after a commit a waiting worker begins, through Redis and Dramatiq."""

import argparse
import random
import time
from collections.abc import Sequence
from queue import SimpleQueue
from threading import Event
from uuid import UUID

from app.bench import load
from app.bench.counters import percentile
from app.effects import work, worker
from app.runtime import wake

# Long enough for the worker to have gone back to waiting, and never in step with it.
PAUSES = (0.03, 0.09)
PATIENCE = 10.0
# An effect's id, and when.
Moment = tuple[str, float]


def main(argv: Sequence[str]) -> int:
    given = _arguments(argv)
    found = measure(given.requests)
    told = "  ".join(f"p{share} {percentile(found, share / 100) * 1000:.1f} ms" for share in (50, 95, 99))
    print(f"{len(found)} effects  {told}")
    return 0


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m app bench wake-up", description=__doc__)
    parser.add_argument("--requests", type=int, default=200, help="one after the other, each tells one person")
    return parser.parse_args(argv)


def measure(requests: int) -> list[float]:
    """Seconds from the end of the commit to the first line of the worker's own work, one for each request."""
    committed: SimpleQueue[Moment] = SimpleQueue()
    begun: SimpleQueue[Moment] = SimpleQueue()
    workers, run = wake.workers, work.run

    def waking(tenant_id: UUID, ids: Sequence[str]) -> None:
        committed.put((ids[0], time.perf_counter()))
        workers(tenant_id, ids)

    def running(tenant_id: UUID, *effects: UUID) -> None:
        for effect in effects:
            begun.put((str(effect), time.perf_counter()))
        run(tenant_id, *effects)

    stage = load.build({**load.DOCUMENT, "key": "bench-mail", "channels": ["email"]})
    waiting = worker.build()
    setattr(wake, "workers", waking)  # noqa: B010
    setattr(work, "run", running)  # noqa: B010
    waiting.start()
    try:
        return [_one(stage, committed, begun) for _ in range(requests + 1)][1:]
    finally:
        waiting.stop()
        setattr(wake, "workers", workers)  # noqa: B010
        setattr(work, "run", run)  # noqa: B010


def _one(stage: load.Stage, committed: SimpleQueue[Moment], begun: SimpleQueue[Moment]) -> float:
    """What else the worker finds in Redis is not of this request."""
    Event().wait(random.uniform(*PAUSES))  # noqa: S311
    load.ask(stage, [])
    effect, since = committed.get()
    while True:
        woken, at = begun.get(timeout=PATIENCE)
        if woken == effect:
            return at - since
