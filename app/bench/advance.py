"""`python -m app bench advance`: what the interpreter costs without a database: approvals, and a table of rules."""

import argparse
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from engine.commands import Decide, Start
from engine.definition import Definition
from engine.interpreter import World, advance
from engine.people import Directory, Person
from engine.state import State

STEPS, ROWS = 5, 20
WORLD = World(
    datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    Directory(
        {key: Person(key, f"{key}@example.com", key, key.title(), "", ("approver",)) for key in ("asker", "signer")},
        {},
        {},
    ),
)
_DATA: dict[str, Any] = {
    "type": "object",
    "required": ["item", "amount"],
    "properties": {"item": {"type": "string"}, "amount": {"type": "number"}},
}
_END: dict[str, Any] = {"type": "end", "name": "End", "status": "approved"}
ASKED = {"item": "Desk", "amount": 5000}


def main(argv: Sequence[str]) -> int:
    seconds = _arguments(argv).seconds
    approvals = Definition(_document(_approvals()))
    table = Definition(_document(_table()))
    calls = _best(lambda: _approved(approvals), STEPS + 1, seconds)
    print(f"a request with {STEPS} approvals: {calls:,.0f} calls of advance/s")
    print(f"a table of {ROWS} thresholds: {_best(lambda: _routed(table), 1, seconds):,.0f} decisions/s")
    return 0


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m app bench advance", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each of the two")
    return parser.parse_args(argv)


def _best(work: Callable[[], None], calls: int, seconds: float) -> float:
    """Calls in a second of processor time, in the best of short rounds: what other processes do is not asked."""
    best, end = 0.0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        begin = time.process_time()
        for _ in range(100):
            work()
        best = max(best, 100 * calls / (time.process_time() - begin))
    return best


def _approved(definition: Definition) -> None:
    state = _started(definition)
    while not state.ended:
        task = next(task.id for token in state.tokens if token.wait for task in token.wait.tasks)
        state = advance(definition, state, Decide(task, "signer", "approved"), WORLD).state


def _routed(definition: Definition) -> None:
    state = _started(definition)
    if not state.ended:
        raise RuntimeError("the table leads nowhere")


def _started(definition: Definition) -> State:
    start = Start("019a0000-0000-7000-8000-000000000001", "asker", ASKED, "Desk", definition.key, 1, "00")
    return advance(definition, None, start, WORLD).state


def _document(steps: dict[str, Any]) -> dict[str, Any]:
    start = {"type": "start", "name": "Request", "outcomes": {"submitted": next(iter(steps))}}
    kept = {"request": start, **steps, "approved": _END, "rejected": {**_END, "status": "rejected"}}
    return {"key": "bench", "name": "Bench", "data": _DATA, "start": "request", "steps": kept}


def _approvals() -> dict[str, Any]:
    """Each over a threshold, with a time limit of its own and a message to whoever is asked."""
    names = [f"step-{number + 1}" for number in range(STEPS)]
    level = {"name": "Signer", "when": "amount >= 5000 and amount < 10000", "who": [{"user": "signer"}]}
    return {
        name: {
            "type": "approval",
            "name": name,
            "levels": [{"id": "signer", **level}],
            "same_person_twice": True,
            "timeout": {"after": "P3D", "remind": ["P1D"], "then": "escalate"},
            "outcomes": {"approved": following, "rejected": "rejected"},
        }
        for name, following in zip(names, [*names[1:], "approved"], strict=True)
    }


def _table() -> dict[str, Any]:
    """The last row is the one that holds."""
    rows = [{"outcome": "row", "when": f"amount > {100_000 - 5_000 * number}"} for number in range(ROWS - 1)]
    rows.append({"outcome": "row", "when": "amount >= 5000"})
    return {
        "table": {
            "type": "decision",
            "name": "Table",
            "branches": rows,
            "outcomes": {"row": "approved", "otherwise": "rejected"},
        }
    }
