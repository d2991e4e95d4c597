"""Simulation: where a request goes from here, found by running the interpreter on made-up answers. Pure.

Nothing is predicted by reading the flow: every stop below is an event that `advance` really emitted.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from engine.approvals import missing
from engine.commands import Command, Decide, EffectSucceeded, FireTimer, Receive, Refused, Start
from engine.definition import Definition
from engine.events import Emitted
from engine.events.effects import CallRequested, PeopleTold
from engine.events.instance import InstanceEnded
from engine.events.signatures import LevelOpened
from engine.events.steps import Blocked
from engine.events.tasks import TaskEscalated, TaskOpened, TimedOut
from engine.interpreter import Advance, World, advance
from engine.registry import some
from engine.signatures import counting
from engine.state import OpenTask, State
from engine.steps import Passes, asks_form

# As many people and steps as one sentence can tell of.
MOST_MOVES = 40
NOBODYS = "00000000-0000-7000-8000-000000000000"


class Stop(msgspec.Struct, frozen=True):
    """One thing that happens on the way.

    kind: rest (others of the same level must sign, too), level, form, told, call, end or stuck.
    people: ids of who is asked or told. need: how many of them must agree. rule, values: why a level is asked.
    status: what an end ends as.
    """

    kind: str
    step: str = ""
    name: str = ""
    people: tuple[str, ...] = ()
    need: int = 1
    rule: str = ""
    values: dict[str, Any] = {}
    status: str = ""

    @property
    def waits(self) -> bool:
        return self.kind in ("rest", "level", "form", "stuck")


def after_approval(definition: Definition, state: State, world: World, task: str) -> list[Stop]:
    """What follows when the task's assignee approves, up to the next people who are asked. Empty: nobody can say."""
    token = state.token_of(task)
    person = next((one.assignee for one in token.wait.tasks if one.id == task), "") if token and token.wait else ""
    moved = _moved(definition, state, Decide(task, person, "approved", "yes"), world)
    if moved is None or token is None:
        return []
    left = next((one for one in moved.state.tokens if one.id == token.id and one.step == token.step), None)
    stops = list(_stops(moved.events))
    if left and left.wait and left.wait.tasks and not stops:
        people = tuple(one.assignee for one in left.wait.tasks)
        need = missing(left, counting(definition, moved.state))
        return [Stop("rest", token.step, "", people, max(need, 1))]
    return list(_until_asked(definition, moved, world))


def when_all_agree(definition: Definition, state: State, world: World) -> list[Stop]:
    """Everything that follows when everybody who is asked approves, up to the end or to a form."""
    return list(_all_agreed(definition, Advance(state, [], []), world))


def from_start(definition: Definition, requester: str, data: dict[str, Any], world: World) -> list[Stop]:
    """The whole way of a request with this data, when everybody approves."""
    start = Start(NOBODYS, requester, data, definition.name, definition.key, 0, "")
    moved = _moved(definition, None, start, world)
    return list(_all_agreed(definition, moved, world)) if moved else []


def in_silence(definition: Definition, state: State, world: World, step: str) -> tuple[str, tuple[str, ...]]:
    """What a step's time limit does: (escalate, to whom), or (approve, reject or timed_out, nobody). world: at due."""
    copy = msgspec.convert(msgspec.to_builtins(state), State)
    token = next((one for one in copy.tokens if one.step == step and one.wait), None)
    if token is None or token.wait is None or token.wait.timer is None:
        return "", ()
    token.wait.left = []
    moved = _moved(definition, copy, FireTimer(token.wait.timer), world)
    for emitted in moved.events if moved else ():
        match emitted.event:
            case TaskEscalated(tasks=tasks):
                return "escalate", _assignees(tasks)
            case TimedOut(then=then):
                return then, ()
    return "", ()


def _all_agreed(definition: Definition, moved: Advance, world: World) -> Iterator[Stop]:
    for _ in range(MOST_MOVES):
        yield from _stops(moved.events)
        command = _yes(definition, moved.state)
        following = _moved(definition, moved.state, command, world) if command else None
        if following is None:
            return
        moved = following


def _until_asked(definition: Definition, moved: Advance, world: World) -> Iterator[Stop]:
    for _ in range(MOST_MOVES):
        stops = list(_stops(moved.events))
        yield from stops
        command = _yes(definition, moved.state)
        following = None
        if not any(stop.waits for stop in stops) and isinstance(command, EffectSucceeded | FireTimer | Receive):
            following = _moved(definition, moved.state, command, world)
        if following is None:
            return
        moved = following


def _yes(definition: Definition, state: State) -> Command | None:
    """The next answer that lets the request go on; none where it ended, is stuck or asks for a form."""
    passing = some("engine.steps", Passes)
    for token in state.tokens:
        if token.blocked:
            return None
        kind = definition.steps[token.step].type
        if kind in passing and (command := passing[kind].passes(token)):
            return command
    return None


def _moved(definition: Definition, state: State | None, command: Command, world: World) -> Advance | None:
    try:
        return advance(_without_approval_forms(definition), state, command, world)
    except Refused:
        return None


@lru_cache(maxsize=64)
def _without_approval_forms(definition: Definition) -> Definition:
    """What an approver would fill in is not known, so it is not asked for."""
    steps = {
        key: {
            name: value for name, value in step.settings.items() if name != "form" or not asks_form(step, deciding=True)
        }
        for key, step in definition.steps.items()
    }
    return Definition({**definition.document, "steps": steps})


def _stops(events: list[Emitted]) -> Iterator[Stop]:
    for emitted in events:
        match emitted.event:
            case LevelOpened() as level:
                people = _assignees(level.tasks)
                yield Stop("level", level.step, level.name, people, level.need, level.rule, level.values)
            case TaskOpened() as form:
                yield Stop("form", form.step, form.name, _assignees(form.tasks))
            case PeopleTold() as told:
                yield Stop("told", told.step, people=tuple(told.people))
            case CallRequested(step=step):
                yield Stop("call", step)
            case Blocked(step=step):
                yield Stop("stuck", step)
            case InstanceEnded() as end:
                yield Stop("end", end.step, status=end.status)


def _assignees(tasks: list[OpenTask]) -> tuple[str, ...]:
    return tuple(task.assignee for task in tasks)
