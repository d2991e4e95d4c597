"""Whom a request waits for, since when, and what happens when nobody answers: in words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from engine.approvals import missing
from engine.definition import Definition
from engine.people import Directory
from engine.signatures import counting, signers
from engine.state import State
from engine.wording.labels import labels_of
from engine.wording.sentences import sentence
from engine.wording.values import clean, listed, quote

MOST_NAMED = 4


class WaitingTask(Protocol):
    """A row of a task that waits: the assignee's name, the task's own, the step, since when and until when."""

    assignee: Any
    name: Any
    step: Any
    opened_at: Any
    due_at: Any


@dataclass(frozen=True)
class Waits:
    """who: "Dana Okafor (Director)". signed: who of several has signed. then: what happens at `due`.

    stuck: why an admin is needed. doing: what goes on without people, and at `due` if that is known.
    """

    who: str = ""
    signed: str = ""
    since: datetime | None = None
    due: datetime | None = None
    then: str = ""
    stuck: str = ""
    doing: str = ""


def waits(
    definition: Definition, state: State, open_tasks: Sequence[WaitingTask], directory: Directory, then: str = ""
) -> Waits:
    """`open_tasks`: of app.instances.waiting. then: what happens when nobody answers in time."""
    if state.blocked:
        return Waits(stuck=sentence(state.blocked, labels_of(definition.document, directory)))
    if not open_tasks:
        return _by_itself(definition, state)
    return Waits(
        who=_people(definition, state, open_tasks),
        signed=_signed(definition, state, directory),
        since=min(task.opened_at for task in open_tasks),
        due=first_due(open_tasks).due_at,
        then=then,
    )


def first_due(open_tasks: Sequence[WaitingTask]) -> WaitingTask:
    return min(open_tasks, key=lambda task: (task.due_at is None, task.due_at))


def _people(definition: Definition, state: State, open_tasks: Sequence[WaitingTask]) -> str:
    """Each with the level they sign for; of many, the first few and how many more."""
    named = [f"{clean(task.assignee, 80)} ({clean(task.name, 60)})" for task in open_tasks[:MOST_NAMED]]
    if len(open_tasks) > MOST_NAMED:
        named.append(f"{len(open_tasks) - MOST_NAMED} more")
    counted = counting(definition, state)
    need = sum(missing(token, counted) for token in state.tokens)
    return f"{need} of {listed(named)}" if 1 < need < len(open_tasks) else listed(named)


def _signed(definition: Definition, state: State, directory: Directory) -> str:
    """1 of 2 have signed (Henry Adeyemi)"""
    counted = counting(definition, state)
    for token in state.tokens:
        signed = signers(counted, token.step, token.wait.level) if token.wait and token.wait.level else []
        if token.wait and signed:
            names = listed(clean(directory.name(person), 80) for person in signed)
            return f"{len(signed)} of {token.wait.need} have signed ({names})"
    return ""


def _by_itself(definition: Definition, state: State) -> Waits:
    if state.closing or state.undoing:
        return Waits(doing="Undoing what was done")
    for token in state.tokens:
        name = quote(definition.steps[token.step].name)
        if token.effect:
            return Waits(doing=f"Working on {name}")
        if token.wait:
            due = datetime.fromisoformat(token.wait.due) if token.wait.due else None
            waits_for = f"{name} waits for another system" if token.wait.expects else f"{name} goes on"
            return Waits(doing=waits_for, due=due)
    return Waits()
