"""The way a request has taken through its drawing, from its events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Mark = Literal["done", "waiting", "blocked", "undone", "ended"]

MARKED: dict[str, Mark] = {
    "Blocked": "blocked",
    "Unblocked": "waiting",
    "UndoRequested": "waiting",
    "CompensationDone": "undone",
    "UndoneByHand": "undone",
    "CompensationFailed": "blocked",
}


@dataclass(frozen=True, slots=True)
class Path:
    """marks: by step id; a step without one was not reached. taken: the (step, outcome) pairs followed."""

    marks: Mapping[str, Mark]
    taken: frozenset[tuple[str, str]]


def path(events: Iterable[Mapping[str, Any]]) -> Path:
    """events: {type, data}, oldest first; those that move nothing are passed over."""
    marks: dict[str, Mark] = {}
    taken: set[tuple[str, str]] = set()
    for event in events:
        kind, data = event["type"], event["data"]
        if kind == "InstanceEnded":
            _ended(marks, data.get("step"))
        elif kind == "StepReopened":
            marks.pop(data["step"], None)
            marks[data["to"]] = "waiting"
        elif kind in MARKED:
            marks[data["step"]] = MARKED[kind]
        elif kind in ("InstanceStarted", "StepCompleted"):
            _moved(marks, taken, data)
    return Path(marks, frozenset(taken))


def _moved(marks: dict[str, Mark], taken: set[tuple[str, str]], data: Mapping[str, Any]) -> None:
    """The start step is left by the very event that begins the request."""
    if "step" in data:
        marks[data["step"]] = "done"
        taken.add((data["step"], data.get("outcome", "submitted")))
    marks[data["to"]] = "waiting"


def _ended(marks: dict[str, Mark], step: str | None) -> None:
    """Where it stood is where it ended, also when somebody stopped it half-way."""
    for open_step in [step for step, mark in marks.items() if mark in ("waiting", "blocked")]:
        marks[open_step] = "ended"
    if step:
        marks[step] = "ended"
