"""The moves with which everybody who is asked says yes and every call succeeds, until a form is to be filled in."""

from designer.trial.play import Turn, go_on
from designer.trial.script import Move
from engine.commands import Command, Decide, EffectSucceeded, Submit
from engine.definition import Definition
from engine.registry import some
from engine.state import State
from engine.steps import Passes

MOST_MOVES = 60


def approve_all(definition: Definition, turn: Turn) -> list[Move]:
    """As explicit moves, which a test can keep. None where the next thing to do is not a yes."""
    made: list[Move] = []
    while len(made) < MOST_MOVES and turn.state:
        move = _next(definition, turn.state)
        following = go_on(definition, turn, move) if move else turn
        if move is None or following.refused or not following.events:
            break
        made.append(move)
        turn = following
    return made


def _next(definition: Definition, state: State) -> Move | None:
    passing = some("engine.steps", Passes)
    if state.blocked:
        return None
    for token in state.tokens:
        kind = definition.steps[token.step].type
        if kind in passing and (command := passing[kind].passes(token)):
            return _move(command, token.step)
    return None


def _move(command: Command, step: str) -> Move | None:
    match command:
        case Decide(person=person, outcome=outcome):
            return Move("decide", step=step, by=person, outcome=outcome)
        case Submit(person=person, data=data):
            return Move("submit", step=step, by=person, data=data)
        case EffectSucceeded(result=result):
            return Move("succeed", step=step, answer=result)
    return None
