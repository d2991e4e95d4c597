"""A script run turn by turn. Each turn is what `advance` made of it, or why it refused; nothing is guessed here."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from designer.trial.script import Move, Script
from engine import forms
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
from engine.definition import Definition
from engine.effects import ClearTimer, Effect, SetTimer
from engine.events import Emitted
from engine.interpreter import World, advance
from engine.people import Directory, Person
from engine.reasons import Reason
from engine.state import State, Token
from engine.timers import DurationError, parse_duration

INSTANCE = "00000000-0000-7000-8000-000000000000"
# Commands of one script, most of which are timers that a wait lets fire.
MOST_COMMANDS = 400


class Happened(Struct, frozen=True):
    """by: the id of whoever did it, "" for the clock and other systems. state: afterwards."""

    at: datetime
    command: Command
    by: str
    events: list[Emitted]
    effects: list[Effect]
    state: State


class Refusal(Struct, frozen=True):
    """errors: by the pointer of a field."""

    reason: Reason
    errors: tuple[tuple[str, Reason], ...] = ()


class Turn(Struct, frozen=True):
    """What came of a move; of the start where `move` is None. at, state, directory, timers: afterwards.

    refused: nothing happened, or in a wait no more than `happened`. timers: when each that is armed will fire.
    """

    move: Move | None
    at: datetime
    happened: tuple[Happened, ...]
    state: State | None
    directory: Directory
    timers: dict[str, datetime]
    refused: Refusal | None = None

    @property
    def events(self) -> list[Emitted]:
        return [emitted for part in self.happened for emitted in part.events]


def run(definition: Definition, directory: Directory, script: Script, version: int = 1) -> list[Turn]:
    """The start and a turn for each move, up to the first that is refused. Raises nothing that the script can cause.

    version: the number that the definition would be published under.
    """
    turns = [_begin(definition, directory, script, version)]
    for move in script.moves:
        if turns[-1].refused:
            break
        turns.append(go_on(definition, turns[-1], move, spent=sum(len(turn.happened) for turn in turns)))
    return turns


def _begin(definition: Definition, directory: Directory, script: Script, version: int) -> Turn:
    before = Turn(None, script.at, (), None, directory, {})
    return _taken(_Clock(definition, before, 0), lambda clock: _start(clock, script, version), None)


def go_on(definition: Definition, before: Turn, move: Move, *, spent: int = 0) -> Turn:
    """One more turn. spent: how many commands there were."""
    return _taken(_Clock(definition, before, spent), lambda clock: MOVES[move.do](clock, move), move)


def _taken(clock: "_Clock", act: Any, move: Move | None) -> Turn:
    refused = None
    try:
        act(clock)
    except Refused as wrong:
        refused = Refusal(wrong.reason, tuple(wrong.errors))
    return Turn(move, clock.now, tuple(clock.happened), clock.state, clock.directory, clock.timers, refused)


class _Clock:
    """A request in the middle of a turn, with the timers that are armed."""

    def __init__(self, definition: Definition, before: Turn, spent: int) -> None:
        self.definition, self.directory = definition, before.directory
        self.now, self.state, self.timers = before.at, before.state, dict(before.timers)
        self.happened: list[Happened] = []
        self._left = MOST_COMMANDS - spent

    @property
    def begun(self) -> State:
        if self.state is None:
            raise Refused("trial_not_begun")
        return self.state

    def send(self, command: Command, by: str = "") -> None:
        """Raises Refused."""
        if self.state is None and not isinstance(command, Start):
            raise Refused("trial_not_begun")
        if len(self.happened) >= self._left:
            raise Refused("trial_too_long", most=MOST_COMMANDS)
        made = advance(self.definition, self.state, command, World(self.now, self.directory))
        self.state = made.state
        for effect in made.effects:
            if isinstance(effect, SetTimer):
                self.timers[effect.id] = effect.due
        for effect in made.effects:
            if isinstance(effect, ClearTimer):
                self.timers.pop(effect.id, None)
        self.happened.append(Happened(self.now, command, by, made.events, made.effects, made.state))

    def person(self, word: str) -> Person:
        found = self.directory.find(word)
        if found is None:
            raise Refused("trial_nobody", text=word)
        return found


def _start(clock: _Clock, script: Script, version: int) -> None:
    definition, requester = clock.definition, clock.person(script.requester)
    kept, errors = forms.accepted(*definition.form(definition.start), script.data, definition.asked(definition.start))
    if errors:
        raise Refused("values", [(error.pointer, error.reason) for error in errors])
    title = definition.title(kept)
    clock.send(Start(INSTANCE, requester.id, kept, title, definition.key, version, ""), requester.id)


def _decide(clock: _Clock, move: Move) -> None:
    task, person = _asked(clock, move)
    clock.send(Decide(task, person, move.outcome, move.comment, move.data), person)


def _submit(clock: _Clock, move: Move) -> None:
    task, person = _asked(clock, move)
    clock.send(Submit(task, person, move.data), person)


def _asked(clock: _Clock, move: Move) -> tuple[str, str]:
    """The open task that is meant, and whose it is."""
    person = clock.person(move.by) if move.by else None
    for token in _tokens(clock, move.step):
        for task in token.wait.tasks if token.wait else ():
            if person is None or person.id == task.assignee:
                return task.id, task.assignee
    if person:
        raise Refused("trial_not_asked", text=person.name)
    raise Refused("trial_asks_nobody")


def _tokens(clock: _Clock, step: str) -> Iterator[Token]:
    return (token for token in clock.begun.tokens if step in ("", token.step))


def _wait(clock: _Clock, move: Move) -> None:
    """Every timer that is due by then fires at its moment, also those that only arise meanwhile."""
    try:
        until = parse_duration(move.length).after(clock.now)
    except DurationError as wrong:
        raise Refused("trial_wait", why=wrong.reason) from wrong
    except (ValueError, OverflowError) as wrong:
        raise Refused("trial_wait_endless") from wrong
    while clock.timers:
        timer, due = min(clock.timers.items(), key=lambda item: item[1])
        if due > until:
            break
        clock.now = max(clock.now, due)
        del clock.timers[timer]
        clock.send(FireTimer(timer))
    clock.now = until


def _receive(clock: _Clock, move: Move) -> None:
    came = move.answer if isinstance(move.answer, dict) else {}
    for token in _tokens(clock, move.step):
        if token.wait and token.wait.expects:
            clock.send(Receive(token.wait.expects, "tried", came))
            return
    raise Refused("trial_expects_nothing")


def _succeed(clock: _Clock, move: Move) -> None:
    clock.send(EffectSucceeded(_call(clock, move), move.answer))


def _fail(clock: _Clock, move: Move) -> None:
    clock.send(EffectFailed(_call(clock, move), move.error or "HTTP 500"))


def _call(clock: _Clock, move: Move) -> str:
    for step, effect in calls(clock.begun):
        if move.step in ("", step):
            return effect
    raise Refused("trial_no_call")


def calls(state: State) -> list[tuple[str, str]]:
    """The step and the effect of every call that is not answered yet."""
    undoing = [(state.undo[-1].step, state.undoing)] if state.undoing and state.undo else []
    return [*undoing, *((token.step, token.effect) for token in state.tokens if token.effect)]


def _leave(clock: _Clock, move: Move) -> None:
    person = clock.person(move.by)
    people = {**clock.directory.people, person.id: replace(person, active=False)}
    clock.directory = replace(clock.directory, people=people)
    clock.send(HandOn(person.id))


def _withdraw(clock: _Clock, move: Move) -> None:
    requester = clock.begun.requester
    clock.send(Withdraw(requester, move.comment), requester)


def _cancel(clock: _Clock, move: Move) -> None:
    clock.send(Cancel(move.comment), _admin(clock, move))


def _retry(clock: _Clock, move: Move) -> None:
    clock.send(Retry(), _admin(clock, move))


def _correct(clock: _Clock, move: Move) -> None:
    admin = _admin(clock, move)
    clock.send(Correct(admin, move.data, move.comment or "Corrected", cleared=move.cleared), admin)


def _undone(clock: _Clock, move: Move) -> None:
    clock.send(MarkUndone(move.comment or "Done by hand"), _admin(clock, move))


def _admin(clock: _Clock, move: Move) -> str:
    if move.by:
        return clock.person(move.by).id
    return next((one.id for one in clock.directory.people.values() if "admin" in one.roles and one.active), "")


MOVES = {
    "decide": _decide,
    "submit": _submit,
    "wait": _wait,
    "receive": _receive,
    "succeed": _succeed,
    "fail": _fail,
    "leave": _leave,
    "withdraw": _withdraw,
    "cancel": _cancel,
    "retry": _retry,
    "correct": _correct,
    "undone": _undone,
}
