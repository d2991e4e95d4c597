"""Whom a request waits for, since when, and what happens when nobody answers: in words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from engine import timers
from engine.definition import Definition
from engine.state import State
from engine.wording.values import clean, listed, quote

MOST_NAMED = 4
SILENCE = {
    "escalate": "it goes to the next person in line",
    "approve": "it counts as approved",
    "reject": "it counts as rejected",
    "timed_out": "it goes on without an answer",
    "stop": "it stops until an administrator helps",
}


class WaitingTask(Protocol):
    """A row of a task that waits: the assignee's name, the task's own, the step, since when and until when."""

    assignee: Any
    name: Any
    step: Any
    opened_at: Any
    due_at: Any


@dataclass(frozen=True)
class Waits:
    """who: "Dana Okafor (Director)". then: what happens at `due`. stuck: why an admin is needed.

    doing: what goes on without people.
    """

    who: str = ""
    since: datetime | None = None
    due: datetime | None = None
    then: str = ""
    stuck: str = ""
    doing: str = ""


def waits(definition: Definition, state: State, open_tasks: Sequence[WaitingTask]) -> Waits:
    """`open_tasks`: of app.instances.waiting."""
    if state.blocked:
        return Waits(stuck=state.blocked.reason)
    if not open_tasks:
        return Waits(doing=_doing(definition, state))
    first = min(open_tasks, key=lambda task: (task.due_at is None, task.due_at))
    return Waits(
        who=_people(definition, state, open_tasks),
        since=min(task.opened_at for task in open_tasks),
        due=first.due_at,
        then=silence(definition, state, first.step) if first.due_at else "",
    )


def silence(definition: Definition, state: State, step: str) -> str:
    """What happens to a question that nobody answers in time."""
    token = next((token for token in state.tokens if token.step == step and token.wait), None)
    escalations = token.wait.escalations if token and token.wait else 0
    policy = definition.steps[step].settings.get("timeout")
    return SILENCE[timers.action(policy, state.data, escalations)]


def _people(definition: Definition, state: State, open_tasks: Sequence[WaitingTask]) -> str:
    """Each with the level they sign for; of many, the first few and how many more."""
    named = [f"{clean(task.assignee, 80)} ({clean(task.name, 60)})" for task in open_tasks[:MOST_NAMED]]
    if len(open_tasks) > MOST_NAMED:
        named.append(f"{len(open_tasks) - MOST_NAMED} more")
    need = _still_needed(state)
    return f"{need} of {listed(named)}" if 1 < need < len(open_tasks) else listed(named)


def _still_needed(state: State) -> int:
    return sum(token.wait.need - len(token.wait.agreed) for token in state.tokens if token.wait)


def _doing(definition: Definition, state: State) -> str:
    if state.closing or state.undoing:
        return "Undoing what was done"
    step = next((token.step for token in state.tokens if token.effect), None)
    return f"Working on {quote(definition.steps[step].name)}" if step else ""
