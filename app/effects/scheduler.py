"""`python -m app scheduler`: fires due timers and sends waiting effects again. One of several leads, by a lease row.

The lease is a courtesy: firing takes the instance's lock and deletes the timer's row, so two at once do no harm.
"""

import os
import signal
import socket
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Event
from uuid import UUID

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, OperationalError

from app import external_events, files, idempotency, runtime
from app.config import settings
from app.effects import work
from app.logs import configure
from app.runtime import wake
from app.store.db import across_tenants, decision
from engine.commands import FireTimer
from engine.timers import parse_duration

log = structlog.get_logger()

LEASE = timedelta(seconds=10)
BATCH, THREADS = 200, 4
RETRY_AFTER = timedelta(minutes=1)

LEAD = """
INSERT INTO leases (name, holder, term, expires_at) VALUES ('scheduler', %(holder)s, 1, clock_timestamp() + %(lease)s)
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at,
    term = leases.term + (leases.holder <> excluded.holder)::int
WHERE leases.holder = excluded.holder OR leases.expires_at < clock_timestamp()
RETURNING term
"""
RESIGN = "DELETE FROM leases WHERE name = 'scheduler' AND holder = %(holder)s"
DUE = """
SELECT id, tenant_id, instance_id FROM timers WHERE due_at <= clock_timestamp() + %(ahead)s
ORDER BY due_at LIMIT %(batch)s
"""
NEXT = "SELECT extract(epoch FROM min(due_at) - clock_timestamp())::float8 AS seconds FROM timers"
TAKE = "DELETE FROM timers WHERE tenant_id = %(tenant)s AND id = %(id)s RETURNING due_at"
POSTPONE = "UPDATE timers SET due_at = clock_timestamp() + %(wait)s WHERE tenant_id = %(tenant)s AND id = %(id)s"
# Just written ones are on their way through Redis already.
WAITING = """
SELECT tenant_id, id, kind FROM effects
WHERE status = 'pending' AND next_attempt_at <= clock_timestamp() - %(grace)s
      AND (lease_until IS NULL OR lease_until < clock_timestamp())
ORDER BY next_attempt_at LIMIT 1000
"""


def fire_due(ahead: timedelta = timedelta(0), rounds: int = 50) -> int:
    """Fire what is due, or will be after `ahead`, as if it were that late; a batch each round.

    Returns how many timers fired. A backlog is left to the next call: whoever leads has a lease to renew meanwhile.
    """
    fired = 0
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(rounds):
            due = _due(ahead)
            if not due:
                break
            fired += sum(pool.map(lambda timer: _fire(timer, ahead), due))
    return fired


def _due(ahead: timedelta) -> list[dict[str, UUID]]:
    with across_tenants() as db:
        return db.query(DUE, {"ahead": ahead, "batch": BATCH})


def _fire(timer: dict[str, UUID], ahead: timedelta) -> bool:
    """`timer`: a row of DUE."""
    tenant, key, instance = timer["tenant_id"], timer["id"], timer["instance_id"]
    try:
        with decision(tenant) as db:
            row = runtime.lock(db, tenant, instance)
            if not db.query(TAKE, {"tenant": tenant, "id": key}):
                return False
            at = row["now"] + ahead if ahead else None
            return runtime.send(db, row, FireTimer(str(key)), replace(runtime.TIMER, cause=key), at=at).changed
    except DBAPIError:
        raise
    except Exception:  # a definition that breaks here must not hold up everybody else's timers
        log.exception("timer failed", timer=str(key), instance=str(instance))
        with decision(tenant) as db:
            db.query(POSTPONE, {"tenant": tenant, "id": key, "wait": RETRY_AFTER + ahead})
        return False


def sweep(grace: timedelta = timedelta(seconds=2)) -> int:
    """Send again what nobody took; without Redis, do it here. Returns how many were waiting."""
    with across_tenants() as db:
        waiting = db.query(WAITING, {"grace": grace})
    try:
        for effect in waiting:
            queue = wake.SLOW_QUEUE if effect["kind"] == "report" else wake.QUEUE
            wake.send([wake.member(effect["tenant_id"], effect["id"])], queue)
    except RedisError:
        log.warning("no Redis: the scheduler works the effects off itself", effects=len(waiting))
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda effect: work.run(effect["tenant_id"], effect["id"]), waiting))
    return len(waiting)


def clean() -> None:
    with across_tenants() as db:
        idempotency.forget(db)
    with across_tenants() as db:
        files.sweep(db)
    with across_tenants() as db:
        external_events.forget(db)


def main(_: Sequence[str]) -> int:
    configure()
    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    holder = f"{socket.gethostname()}:{os.getpid()}:{os.urandom(4).hex()}"
    swept = -float(settings().sweep_seconds)
    while not stop.is_set():
        try:
            if not _lead(holder):
                stop.wait(2)
                continue
            fire_due(rounds=1)
            if time.monotonic() - swept >= settings().sweep_seconds:
                sweep()
                clean()
                swept = time.monotonic()
            _wait(stop)
        except OperationalError as lost:
            log.warning("database not there, trying again", error=str(lost.orig)[:200])
            stop.wait(1)
    with across_tenants() as db:
        db.query(RESIGN, {"holder": holder})
    return 0


def _lead(holder: str) -> bool:
    with across_tenants() as db:
        return bool(db.query(LEAD, {"holder": holder, "lease": LEASE}))


def _wait(stop: Event) -> None:
    """Until the next timer is due, somebody rings, or it is time to sweep."""
    with across_tenants() as db:
        seconds = db.query(NEXT)[0]["seconds"]
    longest = settings().sweep_seconds
    seconds = longest if seconds is None else max(0.0, min(seconds, longest))
    if seconds <= 0.02:
        return
    try:
        wake.bell().brpop([wake.BELL], timeout=max(seconds, 0.05))
    except RedisError:
        stop.wait(min(seconds, 1.0))


def tick(argv: Sequence[str]) -> int:
    """`python -m app tick [DURATION]`: fire what will be due by then, stamped with that moment. For tests and demos."""
    ahead = parse_duration(argv[0]).rest if argv else timedelta(0)
    fired = fire_due(ahead)
    print(f"{fired} timers fired")
    return 0
