"""advance(definition, state, command, world) -> state, events, effects. No I/O, no clock, no chance."""

from decimal import Decimal
from types import ModuleType
from typing import Any

import msgspec

from engine import ending
from engine.apply import fold
from engine.commands import (
    Cancel,
    Command,
    Decide,
    EffectFailed,
    EffectSucceeded,
    FireTimer,
    Refused,
    Retry,
    Start,
    Submit,
    Withdraw,
)
from engine.context import Run, World
from engine.definition import Definition
from engine.effects import Effect
from engine.events import Event
from engine.registry import discover
from engine.state import State, Token

__all__ = ["Advance", "World", "advance", "fold"]

MAX_STEPS = 500


class Advance(msgspec.Struct, frozen=True):
    state: State
    events: list[Event]
    effects: list[Effect]


def advance(definition: Definition, state: State | None, command: Command, world: World) -> Advance:
    """The state given is left as it is. Raises Refused when the command cannot be done; then nothing happened.

    A timer or an effect's answer that nobody waits for any more changes nothing: no events, no effects.
    """
    copy = State("", "", {}) if state is None else msgspec.convert(_plain(state), State)
    run = Run(definition, copy, world)
    _obey(run, command)
    _go_on(run)
    return Advance(run.state, run.events, run.effects)


def _obey(run: Run, command: Command) -> None:
    match command:
        case Start():
            _start(run, command)
        case Decide() | Submit():
            _answer(run, command)
        case FireTimer():
            _fire(run, command)
        case EffectSucceeded() | EffectFailed():
            _effect_answered(run, command)
        case Withdraw() | Cancel():
            ending.stop(run, command)
        case Retry():
            _retry(run)


def _start(run: Run, command: Start) -> None:
    definition = run.definition
    data = _plain(command)
    data["to"] = definition.steps[definition.start].outcomes["submitted"]
    data["step"] = definition.start
    run.emit("InstanceStarted", data, by="actor")
    run.arrived.append(run.state.tokens[0])


def _plain(struct: Start | State) -> dict[str, Any]:
    """Dictionaries and lists of its own; decimals stay decimals."""
    made: dict[str, Any] = msgspec.to_builtins(struct, builtin_types=(Decimal,))
    return made


def _answer(run: Run, command: Decide | Submit) -> None:
    if run.state.ended:
        raise Refused("ended", f"This request has ended: {run.state.ended.replace('_', ' ')}.")
    token = run.state.token_of(command.task)
    if token is None:
        raise Refused("closed", "This is no longer waiting for an answer.")
    _module(run, token).resume(run, token, command)


def _fire(run: Run, command: FireTimer) -> None:
    for token in run.state.tokens:
        if token.wait and token.wait.timer == command.timer:
            _module(run, token).fire(run, token)
            return


def _effect_answered(run: Run, command: EffectSucceeded | EffectFailed) -> None:
    if run.state.undoing == command.effect:
        ending.undone(run, command)
        return
    for token in run.state.tokens:
        if token.effect == command.effect:
            _module(run, token).answered(run, token, command)
            if run.state.closing:
                run.arrived.clear()
                ending.finish(run, token, run.state.closing)
            return


def _retry(run: Run) -> None:
    token = next((token for token in run.state.tokens if token.blocked), None)
    if token is None:
        raise Refused("nothing_blocked", "Nothing is stuck here.")
    run.emit("Unblocked", run.place(token), by="actor")
    if run.state.closing:
        ending.undo_next(run, token)
    else:
        run.arrived.append(token)


def _go_on(run: Run) -> None:
    """Enter the steps that were reached, until everything waits or has ended."""
    for _ in range(MAX_STEPS):
        if not run.arrived:
            return
        token = run.arrived.pop(0)
        _module(run, token).enter(run, token)
    for token in run.arrived:
        run.block(token, "The flow goes round in circles here without waiting for anybody.")


def _module(run: Run, token: Token) -> ModuleType:
    return discover("engine.steps")[run.step(token).type]
