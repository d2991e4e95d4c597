"""The faults, each by its number in our matrix. All take the stage, the load and how much of it."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Barrier, Event, Thread
from time import monotonic
from typing import Any

from app.runtime.wake import QUEUE, member, place
from e2e.chaos import sink
from e2e.chaos.client import crowd
from e2e.chaos.load import Load
from e2e.chaos.stage import Stage, wait

TAKEN_UP_WITHIN = 40.0
# A batch of requests while a fault goes on.
MORE = 8


def under_load(stage: Stage, load: Load, requests: int, fault: Callable[[], object], times: int, every: float) -> None:
    """Requests while the fault strikes so often: at least so many, and more until it has struck for the last time."""
    load.publish()

    def strike() -> None:
        for _ in range(times):
            Event().wait(every * random.uniform(0.5, 1.5))
            fault()

    thread = Thread(target=strike)
    thread.start()
    _run(load, requests)
    while thread.is_alive():
        _run(load, MORE)
    thread.join()


def _run(load: Load, requests: int) -> None:
    first = max(load.ids, default=-1) + 1
    wrong = crowd(requests, lambda number: load.run(first + number))
    if wrong:
        raise wrong[0]


def f1(stage: Stage, load: Load, requests: int) -> str:
    """Kill a worker in the middle of its work, again and again."""
    under_load(stage, load, requests, lambda: _quietly(lambda: stage.kill("worker", random.randrange(2))), 20, 3)
    return f"{len(stage.killed)} workers killed"


def f1b(stage: Stage, load: Load, requests: int) -> str:
    """Kill the workers while the world has heard of a call and not answered yet."""
    key = load.publish("slow/2/orders")
    first = max(load.ids, default=-1) + 1
    numbers = range(first, first + requests)
    for number in numbers:
        load.start(number, key)
    wait(lambda: _arrivals(stage) > 0, "the first call at the sink")
    for which in (0, 1):
        stage.kill("worker", which)
    struck = monotonic()
    heard = set(_slow_keys(stage))
    wait(
        lambda: all(count > 1 for count in _counted(stage, heard)),
        "the second call with the same key",
        TAKEN_UP_WITHIN + 5,
    )
    took = monotonic() - struck
    assert took <= TAKEN_UP_WITHIN, f"taken up after {took:.1f} s"
    crowd(requests, lambda number: load.carry(first + number))
    return f"{len(heard)} calls cut off, all repeated with the same key within {took:.1f} s"


def _slow_keys(stage: Stage) -> list[str]:
    return [
        line["key"] for line in sink.read(stage.notes) if line["what"] == "http" and line["path"].startswith("/slow")
    ]


def _arrivals(stage: Stage) -> int:
    return len(_slow_keys(stage))


def _counted(stage: Stage, keys: set[str]) -> list[int]:
    seen = Counter(_slow_keys(stage))
    return [seen[key] for key in keys]


def f2(stage: Stage, load: Load, requests: int) -> str:
    """Kill a web process in the middle of requests; the client asks again with the same key."""
    under_load(stage, load, requests, lambda: _quietly(lambda: stage.kill("web", random.randrange(2))), 20, 2)
    return f"{len(stage.killed)} web processes killed"


def f3(stage: Stage, load: Load, requests: int) -> str:
    """Redis forgets everything."""
    under_load(stage, load, requests, lambda: _quietly(stage.redis().flushall), 20, 0.5)
    return "20 times everything in Redis forgotten"


def f3b(stage: Stage, load: Load, requests: int) -> str:
    """Redis is gone for ten seconds and comes back empty."""
    child, never = stage.children["redis"], Event()

    def outage() -> None:
        stage.held.add("redis")
        child.process.kill()
        child.process.wait(10)
        for kept in (stage.folder / "redis").rglob("*.aof*"):
            kept.unlink()
        never.wait(10)
        child.start()
        stage.held.discard("redis")

    under_load(stage, load, requests, outage, 1, 2)
    return "Redis away for ten seconds, back empty"


def f4(stage: Stage, load: Load, requests: int) -> str:
    """PostgreSQL crashes and recovers."""
    under_load(stage, load, requests, stage.crash_postgres, 10, 5)
    return "PostgreSQL crashed ten times"


def f4b(stage: Stage, load: Load, requests: int) -> str:
    """Every connection is cut."""
    under_load(stage, load, requests, lambda: _quietly(stage.drop_connections), 30, 0.4)
    return "all connections cut 30 times"


def f4c(stage: Stage, load: Load, requests: int) -> str:
    """One commit in ten happens, and its answer is lost."""
    stage.every.write_text("10")
    try:
        under_load(stage, load, requests, lambda: None, 1, 1)
    finally:
        stage.every.write_text("0")
    return "one commit in ten left without an answer"


def f5(stage: Stage, load: Load, requests: int) -> str:
    """Every effect is sent to the workers five more times."""
    under_load(stage, load, requests, lambda: _again(stage, 1), 5, 1)
    sent = _again(stage, 5)
    return f"{sent} messages sent again"


def _again(stage: Stage, times: int) -> int:
    """What waits in Redis waits there once, so each round begins when the one before was taken."""
    with stage.database() as db:
        ids = [member(*row) for row in db.execute("SELECT tenant_id, id FROM effects")]
    for _ in range(times):
        stage.redis().zadd(place(QUEUE), dict.fromkeys(ids, 0.0))
        wait(lambda: _queue_length(stage) == 0, "the duplicates to be taken")
    return len(ids) * times


def _queue_length(stage: Stage) -> int:
    found: int = stage.redis().zcard(place(QUEUE))
    return found


def f7(stage: Stage, load: Load, pairs: int) -> str:
    """Two approvers decide at the same instant, one for and one against: one counts, the other hears who and when."""
    verbs: tuple[tuple[str, str, dict[str, str]], ...] = (("bob", "approve", {}), ("dana", "reject", {"reason": "no"}))

    def pair(number: int) -> None:
        asked = {"workflowId": "f7", "jobId": str(number), "title": f"Pair {number}", "notifyUsers": ["bob", "dana"]}
        one = load.asks.post("/api/approvals", asked).body["request"]["id"]
        start, answers = Barrier(2, timeout=60), []

        def decide(who: str, verb: str, more: dict[str, str]) -> None:
            start.wait()
            answers.append(load.decides.post(f"/api/approvals/{one}/{verb}", {"userId": who, **more}))

        threads = [Thread(target=decide, args=verb) for verb in verbs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        by_status = {answer.status: answer.body for answer in answers}
        assert set(by_status) == {200, 409}, answers
        assert by_status[409]["decided_by"] and by_status[409]["decided_at"], by_status

    wrong = crowd(pairs, pair)
    if wrong:
        raise wrong[0]
    return f"{pairs} pairs, one decision each"


def f8(stage: Stage, load: Load, races: int) -> str:
    """The time is up in the very moment of the decision: one of the two wins, never both."""
    ends: Counter[str] = Counter()

    def race(number: int) -> None:
        body = {
            "workflowId": "f8",
            "title": f"Race {number}",
            "notifyUsers": ["bob"],
            "timeoutMs": 2000,
            "timeoutAction": "reject",
        }
        made = load.asks.post("/api/approvals", body).body["request"]
        due = datetime.fromisoformat(made["expiresAt"])
        # Aimed later after each decision that won, earlier after each that lost: on a slow machine, too, both happen.
        ahead = 0.02 * (ends["approved"] - ends["timeout"]) + random.uniform(-0.03, 0.03)
        Event().wait(max(0.0, (due - datetime.now(UTC)).total_seconds() + ahead))
        answer = load.decides.post(f"/api/approvals/{made['id']}/approve", {"userId": "bob"})
        wait(lambda: load.decides.get(f"/api/approvals/{made['id']}").body["request"]["status"] != "pending", "an end")
        end = load.decides.get(f"/api/approvals/{made['id']}").body["request"]["status"]
        assert (answer.status, end) in ((200, "approved"), (409, "timeout")), (answer, end)
        ends[end] += 1

    wrong = crowd(races, race)
    if wrong:
        raise wrong[0]
    assert min(ends["approved"], ends["timeout"]) > 0, f"no race at all: {ends}"
    return f"{races} races: {dict(ends)}"


def f11(stage: Stage, load: Load, requests: int) -> str:
    """An answer no parser likes, and a message no worker can read: one effect dies, its neighbours live."""
    key = load.publish("poison/orders")
    load.asks.post(
        "/api/v1/instances", {"definition": key, "data": {"item": "Poison", "amount": 100, "patience": "P3D"}}
    )
    redis = stage.redis()
    redis.zadd(place(QUEUE), {b"\xff{not an id": 0.0})
    under_load(stage, load, requests, lambda: None, 1, 1)
    wait(lambda: _queue_length(stage) == 0, "an empty queue")
    return "a poisoned answer and a poisoned message"


def _quietly(act: Callable[[], Any]) -> None:
    """A fault that comes too early or too late to do harm is none."""
    try:
        act()
    except (OSError, IndexError, ValueError):
        return


FAULTS: dict[str, Callable[[Stage, Load, int], str]] = {
    "F1": f1,
    "F1b": f1b,
    "F2": f2,
    "F3": f3,
    "F3b": f3b,
    "F4": f4,
    "F4b": f4b,
    "F4c": f4c,
    "F5": f5,
    "F7": f7,
    "F8": f8,
    "F11": f11,
}
