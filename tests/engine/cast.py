"""The people and small definitions that engine tests tell their stories with."""

from datetime import UTC, datetime
from typing import Any

from engine.commands import Command, Decide, FireTimer, Start, Submit
from engine.definition import Definition
from engine.effects import SetTimer
from engine.interpreter import Advance, World, advance, fold
from engine.people import Directory, Person
from engine.signatures import counting
from engine.state import State

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
INSTANCE = "019a0000-0000-7000-8000-000000000001"


def person(key: str, manager: str | None = None, *roles: str) -> Person:
    return Person(key, f"{key}@demo.test", key, key.capitalize(), "", roles, manager)


def directory(**groups: tuple[str, ...]) -> Directory:
    """ann reports to ben, ben to cleo, cleo to dana; the board are fay, gus and hal."""
    people = [
        person("ann", "ben", "requester"),
        person("ben", "cleo", "approver"),
        person("cleo", "dana", "approver"),
        person("dana", None, "approver", "admin"),
        person("fay", None, "approver"),
        person("gus", None, "approver"),
        person("hal", None, "approver"),
    ]
    known = {"directors": ("dana",), "board": ("fay", "gus", "hal")} | groups
    return Directory({one.id: one for one in people}, known, {})


def purchase(**changes: Any) -> dict[str, Any]:
    """Over 500 the manager, from 5,000 the director, from 10,000 two of the board."""
    approval = {
        "type": "approval",
        "name": "Approval",
        "levels": [
            {"id": "manager", "name": "Manager", "when": "amount > 500", "who": [{"manager": 1}]},
            {"id": "director", "name": "Director", "when": "amount >= 5000", "who": [{"group": "directors"}]},
            {
                "id": "board",
                "name": "Board",
                "when": "amount >= 10000",
                "who": [{"group": "board"}],
                "policy": {"quorum": 2},
            },
        ],
        "outcomes": {"approved": "approved", "rejected": "rejected", "changes_requested": "request"},
    } | changes
    return flow({"approval": approval})


def flow(steps: dict[str, Any], data: dict[str, Any] | None = None) -> dict[str, Any]:
    """A definition whose request form leads to the first of `steps`; ends are called approved, rejected and failed."""
    schema = {"type": "object", "properties": {"item": {"type": "string"}, "amount": {"type": "number"}}}
    ends = {
        status: {"type": "end", "name": status.capitalize(), "status": status}
        for status in ("approved", "rejected", "failed")
    }
    first = next(iter(steps))
    start = {"type": "start", "name": "Request", "outcomes": {"submitted": first}}
    return {
        "format": "signoff/definition@1",
        "key": "test",
        "name": "Test",
        "data": data or schema,
        "start": "request",
        "steps": {"request": start, **steps, **ends},
    }


class Case:
    """One instance and its story: every command moves the clock on by what the test says."""

    def __init__(self, document: dict[str, Any], data: dict[str, Any], people: Directory | None = None) -> None:
        self.definition = Definition(document)
        self.people = people or directory()
        self.now = NOW
        self.state: State | None = None
        self.log: list[tuple[str, dict[str, Any]]] = []
        self.last = self.send(Start(INSTANCE, "ann", data, "A thing", "test", 1, "00"))

    def send(self, command: Command) -> Advance:
        self.last = advance(self.definition, self.state, command, World(self.now, self.people))
        self.state = self.last.state
        self.log += [(event.type, event.data) for event in self.last.events]
        assert fold(self.log) == self.state
        return self.last

    @property
    def now_state(self) -> State:
        assert self.state is not None
        return self.state

    def open(self) -> dict[str, str]:
        """Task ids by assignee."""
        waits = [token.wait for token in self.now_state.tokens if token.wait]
        return {task.assignee: task.id for wait in waits for task in wait.tasks}

    def decide(self, who: str, outcome: str = "approved", comment: str = "because", **more: Any) -> Advance:
        return self.send(Decide(self.open()[who], who, outcome, comment, **more))

    def resubmit(self, **data: Any) -> Advance:
        """Whoever is asked for the form answers it."""
        [(who, task)] = self.open().items()
        return self.send(Submit(task, who, data))

    def late(self) -> Advance:
        """Nobody answers: the next timer fires when it is due."""
        armed = [effect for effect in self.last.effects if isinstance(effect, SetTimer)]
        self.now = armed[-1].due if armed else self.now
        return self.send(FireTimer(self.timer()))

    def signed(self) -> list[str]:
        """Whose approvals count; rules and the clock by their name."""
        return [one.person or one.by for one in counting(self.definition, self.now_state)]

    def types(self) -> list[str]:
        return [kind for kind, _ in self.log]

    def timer(self) -> str:
        timer = next(token.wait.timer for token in self.now_state.tokens if token.wait)
        assert timer is not None
        return timer
