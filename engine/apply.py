"""The reducer, and what the events share that change the state. Replaying is exact: nothing else changes a state."""

from collections.abc import Iterable, Mapping
from typing import Any

from engine import json_text
from engine.events import Event, read
from engine.state import OpenTask, Passed, Signature, State, Token, Wait

Data = Mapping[str, Any]


def fold(events: Iterable[tuple[str, Data]]) -> State:
    """The state that (type, data) pairs, in order of their seq, lead to."""
    state = State(instance="", requester="", data={})
    for kind, data in events:
        replay(state, kind, data)
    return state


def replay(state: State, kind: str, data: Data) -> None:
    """Changes `state` by a stored event. Raises what `events.read` does."""
    apply(state, read(kind, data))


def apply(state: State, event: Event) -> None:
    """Changes `state` in place."""
    event.apply(state)
    state.seq += 1


def waiting(state: State, token: int) -> Wait:
    wait = state.token(token).wait
    if wait is None:
        raise ValueError(f"token {token} waits for nobody")
    return wait


def close(wait: Wait, tasks: Iterable[str]) -> None:
    gone = set(tasks)
    wait.tasks = [task for task in wait.tasks if task.id not in gone]


def hand_over(wait: Wait, gone: Iterable[str], tasks: Iterable[OpenTask]) -> None:
    close(wait, gone)
    wait.tasks = [*wait.tasks, *tasks]


def change(state: State, values: Data, cleared: Iterable[str] = ()) -> None:
    """Write values and take others away, and remember in which event a field became another one."""
    for name, value in values.items():
        if name not in state.data or json_text.canonical(state.data[name]) != json_text.canonical(value):
            state.data[name], state.changed[name] = value, state.seq + 1
    for name in cleared:
        if name in state.data:
            del state.data[name]
            state.changed[name] = state.seq + 1


def sign(state: State, signature: Signature) -> None:
    """Add a signature; it stands in for an earlier one of the same person at the same level."""
    own = (signature.step, signature.level, signature.by, signature.person)
    others = [one for one in state.signed if (one.step, one.level, one.by, one.person) != own]
    state.signed = [*others, signature]
    state.timed_out = False


def move(state: State, moved: Token, to: str) -> None:
    """The token arrives at a step, which is still to be entered."""
    moved.step, moved.visit, moved.wait, moved.effect, moved.blocked = to, state.seq + 1, None, None, None


def leave(state: State, moved: Token, *, approved: bool) -> None:
    """Note the step as passed, once, however often the token came through it."""
    passed = Passed(moved.step, state.seq + 1, approved)
    trail = [passed if one.step == passed.step else one for one in moved.trail]
    moved.trail = trail if passed in trail else [*trail, passed]


def begin_round(state: State, moved: Token, to: str) -> None:
    """A step that is come to again asks anew, except for what was kept; what came after it is no longer behind it."""
    steps = [one.step for one in moved.trail]
    if to in steps:
        moved.trail = moved.trail[: steps.index(to)]
    if to in moved.keep:
        moved.keep = [step for step in moved.keep if step != to]
    elif any(signature.step == to for signature in state.signed):
        state.signed = [signature for signature in state.signed if signature.step != to]
