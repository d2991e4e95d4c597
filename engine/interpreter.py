"""advance(definition, state, command, world) -> state, events, effects. No I/O, no clock, no chance.

Total: a command is refused, or done, or its token stops as Blocked, whatever the document, the data or an answer.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import msgspec

from engine import approvals, ending, mending
from engine.apply import fold
from engine.commands import (
    Cancel,
    Command,
    Correct,
    Decide,
    EffectFailed,
    EffectSucceeded,
    FireTimer,
    HandOn,
    MarkUndone,
    Receive,
    Refused,
    Retry,
    Start,
    Submit,
    Withdraw,
)
from engine.context import Run, Savepoint, World
from engine.definition import Definition
from engine.effects import Effect
from engine.events import Emitted
from engine.events.instance import InstanceStarted
from engine.events.steps import StepCompleted
from engine.human_tasks import close_rest
from engine.reasons import reason
from engine.registry import some
from engine.request_data import size
from engine.state import FORMAT, State, Token
from engine.steps import Asks, Calls, Receives, Timed, step_types
from engine.stops import MAX_ASKED, MAX_DATA, MAX_EFFECTS, MAX_VISITS, Stop, stop_of

__all__ = ["Advance", "World", "advance", "fold"]


Does = TypeVar("Does")
# Commands that nobody sent, who could be told that they are refused.
OF_NOBODY = (FireTimer, EffectSucceeded, EffectFailed, Receive, HandOn)


class Advance(msgspec.Struct, frozen=True):
    """faults: exceptions that nobody foresaw, of steps that stopped as "internal"; for the log."""

    state: State
    events: list[Emitted]
    effects: list[Effect]
    faults: tuple[Exception, ...] = ()


def advance(definition: Definition, state: State | None, command: Command, world: World) -> Advance:
    """The state given is left as it is. Raises Refused when the command cannot be done; then nothing happened.

    A timer or an effect's answer that nobody waits for any more changes nothing: no events, no effects.
    """
    faults: list[Exception] = []
    try:
        run = Run(definition, state, world)
        _attempt(run, partial(_obey, command=command), faults, refusable=not isinstance(command, OF_NOBODY))
        _go_on(run, faults)
        approvals.tell_changes(run, run.state.seq - len(run.events))
    except Refused:
        raise
    except Exception as error:
        raise _refusal(error) from error
    return Advance(run.state, run.events, run.effects, tuple(faults))


def _refusal(error: Exception) -> Refused:
    if isinstance(error, Stop):
        return Refused(error.code, [("", error.reason)], **error.params)
    return Refused("unforeseen")


def _attempt(run: Run, act: Callable[[Run], None], faults: list[Exception], *, refusable: bool = False) -> None:
    """The one place where an exception becomes an incident: back to the savepoint, and blocked there.

    refusable: what somebody sent is refused as long as nothing of it stands.
    """
    try:
        act(run)
        _require_bounds(run)
    except Exception as error:
        if isinstance(error, Refused) or not run.at or (refusable and not run.saved.events):
            raise
        _stop(run, error, faults)


def _obey(run: Run, command: Command) -> None:
    OBEYED[type(command)](run, command)


def _start(run: Run, command: Start) -> None:
    definition = run.definition
    _require_small(run, command.data)
    to = definition.steps[definition.start].outcomes["submitted"]
    if to not in definition.steps:
        raise Stop("no_way", step=definition.start, outcome="submitted")
    run.emit(InstanceStarted(v=FORMAT, step=definition.start, to=to, **msgspec.structs.asdict(command)), by="actor")
    run.arrived.append(run.state.tokens[0].id)


def _answer(run: Run, command: Decide | Submit) -> None:
    if run.state.ended:
        raise Refused("ended", status=run.state.ended)
    token = run.state.token_of(command.task)
    if token is None:
        raise Refused("closed")
    _require_small(run, command.data if isinstance(command, Submit) else command.values)
    _acting(run, token, Asks).resume(run, token, command)


def _require_small(run: Run, data: dict[str, Any]) -> None:
    if data and size(run.state.data) + size(data) > MAX_DATA:
        raise Stop("too_large", kilobytes=MAX_DATA // 1000)


def _fire(run: Run, command: FireTimer) -> None:
    for token in run.state.tokens:
        if token.wait and token.wait.timer == command.timer:
            _acting(run, token, Timed).fire(run, token)
            return


def _receive(run: Run, command: Receive) -> None:
    for token in run.state.tokens:
        if token.wait and token.wait.expects == command.expected:
            _acting(run, token, Receives).receive(run, token, command)
            return


def _hand_on(run: Run, command: HandOn) -> None:
    asking = some("engine.steps", Asks)
    for token in run.state.tokens:
        if token.wait and run.step(token).type in asking:
            _acting(run, token, Asks).hand_on(run, token, command.person)


def _effect_answered(run: Run, command: EffectSucceeded | EffectFailed) -> None:
    if run.state.undoing == command.effect:
        ending.undone(run, command)
        return
    for token in run.state.tokens:
        if token.effect == command.effect:
            _acting(run, token, Calls).answered(run, token, command)
            if run.state.closing:
                run.arrived.clear()
                ending.finish(run, token, run.state.closing)
            return


def _go_on(run: Run, faults: list[Exception]) -> None:
    """Enter the steps that were reached, until everything waits or has ended."""
    begun: dict[tuple[int, str], list[tuple[Savepoint, dict[str, Any]]]] = {}
    while run.arrived:
        run.at = run.arrived.pop(0)
        run.save()
        if approvals.reopen(run, run.token(run.at)):
            continue
        visits = begun.setdefault((run.at, run.token(run.at).step), [])
        data = dict(run.state.data)
        if len(visits) == MAX_VISITS or any(data == before for _, before in visits):
            run.saved = visits[0][0]
            _attempt(run, _refuse_circle, faults)
        else:
            visits.append((run.saved, data))
            _attempt(run, _enter, faults)


def _enter(run: Run) -> None:
    token = run.token(run.at)
    step_types()[run.step(token).type].enter(run, token)


def _refuse_circle(run: Run) -> None:
    """A step that is reached again over the same data goes the same way. Nothing of the circle stands."""
    begun = run.events[run.saved.events :]
    steps = list(dict.fromkeys(one.event.step for one in begun if isinstance(one.event, StepCompleted)))
    raise Stop("circle", steps=steps)


def _require_bounds(run: Run) -> None:
    for token in run.state.tokens:
        asked = len(token.wait.tasks) if token.wait else 0
        if asked > MAX_ASKED:
            raise Stop("too_many_asked", step=token.step, count=asked, most=MAX_ASKED)
    if len(run.effects) > MAX_EFFECTS:
        raise Stop("too_many_effects", most=MAX_EFFECTS)


def _stop(run: Run, error: Exception, faults: list[Exception]) -> None:
    run.roll_back()
    token = run.token(run.at)
    stop = stop_of(error, token.step)
    if stop.code == "internal":
        faults.append(error)
    close_rest(run, token, "cancelled", reason("stopped"))
    run.block(token, stop)


def _acting(run: Run, token: Token, able: Callable[..., Does]) -> Does:
    """The token's step type, as one that can do what is to be done."""
    run.at = token.id
    return some("engine.steps", able)[run.step(token).type]


OBEYED: dict[type, Callable[[Run, Any], None]] = {
    Start: _start,
    Decide: _answer,
    Submit: _answer,
    FireTimer: _fire,
    EffectSucceeded: _effect_answered,
    EffectFailed: _effect_answered,
    Receive: _receive,
    Withdraw: ending.stop,
    Cancel: ending.stop,
    HandOn: _hand_on,
    Retry: mending.retry,
    Correct: mending.correct,
    MarkUndone: mending.mark_undone,
}
