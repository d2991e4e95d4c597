"""Clients that ask and decide through the runtime, without HTTP: processes of threads, as a server would run them."""

import multiprocessing
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from app import definitions, instances, tasks
from app.access.permissions import permissions_of
from app.access.principal import Principal
from app.runtime import Actor, gc
from app.store.db import decision, transaction
from app.store.ids import uuid7
from app.store.tables import tenants, users

# One trip: adds the seconds of its start and of its decision.
Act = Callable[[Any, list[float], list[float]], None]
PROCESSES = 2
# Connections made and statements prepared, as on a server that has been running.
WARM_UP = 10
DOCUMENT: dict[str, Any] = {
    "format": "signoff/definition@1",
    "key": "bench",
    "name": "Bench",
    "prefix": "BENCH",
    "title": "{item}",
    "channels": [],
    "data": {"type": "object", "properties": {"item": {"type": "string"}, "amount": {"type": "number"}}},
    "start": "request",
    "steps": {
        "request": {"type": "start", "name": "Request", "outcomes": {"submitted": "approval"}},
        "approval": {
            "type": "approval",
            "name": "Approval",
            "levels": [{"id": "manager", "name": "Manager", "when": "amount > 0", "who": [{"manager": 1}]}],
            "timeout": {"after": "P3D", "then": "reject"},
            "outcomes": {"approved": "approved", "rejected": "rejected"},
        },
        "approved": {"type": "end", "name": "Approved", "status": "approved"},
        "rejected": {"type": "end", "name": "Rejected", "status": "rejected"},
    },
}


@dataclass(frozen=True)
class Stage:
    """A tenant of the bench's own: somebody who asks, the manager who decides, the version."""

    tenant: UUID
    asks: UUID
    decides: UUID
    version: UUID

    def principal(self, user: UUID) -> Principal:
        roles = ("requester", "approver")
        return Principal(
            tenant_id=self.tenant,
            user_id=user,
            name="Bench",
            email="bench@demo.test",
            roles=frozenset(roles),
            permissions=permissions_of(roles),
            via="system",
        )


def build(document: dict[str, Any] = DOCUMENT) -> Stage:
    tenant, ann, bob = uuid7(), uuid7(), uuid7()
    with transaction(tenant) as db:
        db.execute(insert(tenants).values(id=tenant, key=f"bench-{tenant}", name="Bench"))
        for user, handle, manager in ((bob, "bob", None), (ann, "ann", bob)):
            email = f"{handle}@{tenant}.bench.test"
            row = {"id": user, "tenant_id": tenant, "email": email, "handle": handle, "name": handle}
            db.execute(insert(users).values(**row, manager_id=manager, roles=["requester", "approver"]))
        version = definitions.store(db, tenant, document, internal=True)
    return Stage(tenant, ann, bob, version.id)


def park(stage: Stage, count: int) -> None:
    """Let so many requests wait."""
    run(_ask_only, stage, count, 8)


def run(act: Act, given: Any, trips: int, clients: int) -> tuple[list[float], list[float], float]:
    """Seconds of each start and of each decision, and how long it all took. `given`: what `act` is called with."""
    context = multiprocessing.get_context("spawn")
    processes = min(PROCESSES, clients)
    ready, results = context.Barrier(processes), context.SimpleQueue()
    each = clients // processes
    workers = [
        context.Process(target=_process, args=(act, given, trips // clients, each, ready, results))
        for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    found = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    starts = [second for started, _, _ in found for second in started]
    decisions = [second for _, decided, _ in found for second in decided]
    return starts, decisions, max(took for _, _, took in found)


def _process(act: Act, given: Any, trips: int, clients: int, ready: Any, results: Any) -> None:
    starts: list[float] = []
    decisions: list[float] = []
    begin = threading.Barrier(clients + 1)

    def client() -> None:
        for _ in range(WARM_UP):
            act(given, [], [])
        begin.wait()
        begin.wait()
        for _ in range(trips):
            act(given, starts, decisions)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    begin.wait()
    gc.settle()
    ready.wait()
    began = time.perf_counter()
    begin.wait()
    for thread in threads:
        thread.join()
    results.put((starts, decisions, time.perf_counter() - began))


def _ask_only(stage: Stage, starts: list[float], _: list[float]) -> None:
    ask(stage, starts)


def one(stage: Stage, starts: list[float], decisions: list[float]) -> None:
    task = ask(stage, starts)
    begin = time.perf_counter()
    who = stage.principal(stage.decides)
    with decision(stage.tenant) as db:
        tasks.decide(db, who, task, "approved", "", {}, Actor("user", who.user_id, "bob", "bench"))
    decisions.append(time.perf_counter() - begin)


def ask(stage: Stage, starts: list[float]) -> UUID:
    begin = time.perf_counter()
    who = stage.principal(stage.asks)
    with decision(stage.tenant) as db:
        moved = instances.start(
            db,
            who,
            stage.version,
            {"item": "Laptop", "amount": 900},
            Actor("user", who.user_id, "ann", "bench"),
        )
    starts.append(time.perf_counter() - begin)
    wait = moved.state.tokens[0].wait
    if wait is None:
        raise RuntimeError(f"the bench's request waits for nobody: {moved.state.blocked}")
    return UUID(wait.tasks[0].id)
