"""The moves with which everybody who is asked says yes and every call succeeds, until a form is to be filled in."""

from math import ceil

from designer.trial.play import Turn, go_on
from designer.trial.script import Move
from engine.commands import Command, Decide, EffectSucceeded, FireTimer, Receive, Submit
from engine.definition import Definition
from engine.registry import some
from engine.steps import Passes

MOST_MOVES = 60


def approve_all(definition: Definition, turn: Turn) -> list[Move]:
    """As explicit moves, which a test can keep. None where the next thing to do is not a yes."""
    made: list[Move] = []
    while len(made) < MOST_MOVES and turn.state:
        move = _next(definition, turn)
        following = go_on(definition, turn, move) if move else turn
        if move is None or following.refused or not following.events:
            break
        made.append(move)
        turn = following
    return made


def _next(definition: Definition, turn: Turn) -> Move | None:
    passing, state = some("engine.steps", Passes), turn.state
    for token in state.tokens if state and not state.blocked else ():
        kind = definition.steps[token.step].type
        if kind in passing and (command := passing[kind].passes(token)):
            return _move(command, token.step, turn)
    return None


def _move(command: Command, step: str, turn: Turn) -> Move | None:
    match command:
        case Decide(person=person, outcome=outcome):
            return Move("decide", step=step, by=person, outcome=outcome)
        case Submit(person=person, data=data):
            return Move("submit", step=step, by=person, data=data)
        case EffectSucceeded(result=result):
            return Move("succeed", step=step, answer=result)
        case Receive(data=data):
            return Move("receive", step=step, answer=data)
        case FireTimer(timer=timer) if timer in turn.timers:
            return Move("wait", length=f"PT{ceil((turn.timers[timer] - turn.at).total_seconds())}S")
    return None
