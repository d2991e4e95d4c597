"""Turns in words: what was done, what happened, what a request then holds, and what can be done next."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from designer.trial.play import Happened, Refusal, Turn, calls
from designer.trial.script import Move
from engine.decisions import DECISIONS
from engine.definition import Definition
from engine.people import Directory
from engine.state import State
from engine.timers import DurationError, parse_duration
from engine.wording.clock import WORLD, Clock
from engine.wording.event_types import icon, tone
from engine.wording.events import line
from engine.wording.labels import labels_of
from engine.wording.names import Names, names_of
from engine.wording.sentences import sentence
from engine.wording.values import clean, count

VERBS = {"approved": "approves", "rejected": "rejects it", "changes_requested": "asks for changes"}
MOVES = {
    "submit": "{who} fills in the form",
    "wait": "Time passes: {length}",
    "receive": "The event{where} comes in",
    "succeed": "The call{where} succeeds",
    "fail": "The call{where} fails",
    "leave": "{who} leaves the company",
    "withdraw": "The requester withdraws it",
    "cancel": "An administrator cancels it",
    "retry": "An administrator tries it again",
    "correct": "An administrator corrects the data",
    "undone": "An administrator undoes by hand what is left",
}
UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


class Line(NamedTuple):
    """One event. facts: what one may want to know besides, such as the values that a rule read."""

    at: datetime
    text: str
    facts: tuple[str, ...]
    icon: str
    tone: str


class Value(NamedTuple):
    """A field of the request. before: as it was a turn ago, where it has changed."""

    key: str
    label: str
    text: str
    before: str | None


class Question(NamedTuple):
    """Somebody is asked. outcomes: the decisions there are; none where a form is to be filled in."""

    step: str
    person: str
    name: str
    outcomes: tuple[str, ...]


def names(definition: Definition, directory: Directory, clock: Clock = WORLD) -> Names:
    people = {key: person.name for key, person in directory.people.items()}
    return names_of(definition, people, {}, clock=clock, directory=directory)


def title(definition: Definition, before: Turn | None, turn: Turn) -> str:
    """What was done, as a sentence without its full stop."""
    move, people = turn.move, turn.directory
    if move is None:
        return f"{people.name(turn.state.requester)} sends the request" if turn.state else "The request is sent"
    by = _by(before, turn, move)
    who = people.name(by) if by else "Somebody"
    if move.do == "decide":
        return f"{who} {VERBS.get(move.outcome, f'decides “{clean(move.outcome)}”')}"
    where = f" at “{definition.steps[move.step].name}”" if move.step in definition.steps else ""
    return MOVES[move.do].format(who=who, where=where, length=_length(move.length))


def _by(before: Turn | None, turn: Turn, move: Move) -> str:
    if turn.happened and turn.happened[0].by:
        return turn.happened[0].by
    found = before.directory.find(move.by) if before and move.by else None
    return found.id if found else ""


def _length(text: str) -> str:
    try:
        seconds = int(parse_duration(text).longest.total_seconds())
    except DurationError:
        return clean(text)
    return span(seconds)


def span(seconds: int) -> str:
    """In its two largest units: 3 days, 1 day and 4 hours."""
    parts = []
    for size, unit in UNITS:
        if seconds >= size:
            parts.append(count(seconds // size, unit))
            seconds %= size
    return " and ".join(parts[:2]) or "no time"


def lines(turn: Turn, told: Names) -> Iterator[Line]:
    """Every event of a turn, as the record of a request would have it."""
    for part in turn.happened:
        for event in rows(part, turn.directory):
            text, facts = line(event, told)
            yield Line(part.at, text, facts, icon(event["type"]), tone(event))


def rows(part: Happened, directory: Directory) -> Iterator[dict[str, Any]]:
    """Events as they would be stored, as far as their words need it."""
    for one in part.events:
        own = one.by == "actor" and part.by
        actor = {"actor_id": part.by if own else None, "actor_name": directory.name(part.by) if own else "Signoff"}
        yield {"type": one.type, "data": one.data, "at": part.at, "actor_kind": "user" if own else one.by} | actor


def values(definition: Definition, told: Names, before: State | None, state: State) -> list[Value]:
    """All fields, in the order of the data's schema; what a turn took away stands at the end."""
    old = before.data if before else {}
    known = definition.data_schema.get("properties", {})
    order = [*(key for key in known if key in state.data or key in old)]
    order += [key for key in (*state.data, *old) if key not in known and key not in order]
    return [_value(told, key, old, state.data, first=before is None) for key in dict.fromkeys(order)]


def _value(told: Names, key: str, old: dict[str, Any], data: dict[str, Any], *, first: bool) -> Value:
    def text(part: dict[str, Any]) -> str:
        return told.value(key, part[key], part) if key in part else ""

    changed = not first and old.get(key) != data.get(key)
    return Value(key, told.field(key), text(data), text(old) if changed else None)


def questions(definition: Definition, turn: Turn) -> list[Question]:
    """Everybody who is asked now. A level asks for a decision, anything else for a form."""
    found: list[Question] = []
    for token in turn.state.tokens if turn.state else ():
        if wait := token.wait:
            led = definition.steps[token.step].outcomes
            ways = tuple(way for way in DECISIONS if way in led) if wait.level else ()
            people = [task.assignee for task in wait.tasks]
            found += [Question(token.step, person, turn.directory.name(person), ways) for person in people]
    return found


def waiting_calls(definition: Definition, state: State | None) -> list[tuple[str, str]]:
    """The id and the name of each step whose call is not answered."""
    return [(step, definition.steps[step].name) for step, _ in calls(state)] if state else []


def expected(definition: Definition, state: State | None) -> list[tuple[str, str]]:
    """The id and the name of each step that waits for an event from outside."""
    tokens = state.tokens if state else ()
    return [(one.step, definition.steps[one.step].name) for one in tokens if one.wait and one.wait.expects]


def refusal(definition: Definition, directory: Directory, refused: Refusal) -> str:
    """With the fields it is about."""
    labels = labels_of(definition.document, directory)
    told = names(definition, directory)
    fields = [f"{told.field(pointer.strip('/'))}: {sentence(why)}" for pointer, why in refused.errors if pointer]
    return " ".join([sentence(refused.reason, labels), *fields[:5]])


def stuck(definition: Definition, turn: Turn) -> str:
    blocked = turn.state.blocked if turn.state else None
    return sentence(blocked, labels_of(definition.document, turn.directory)) if blocked else ""


def path_events(turns: Sequence[Turn]) -> Iterator[dict[str, Any]]:
    """For designer/drawing/path.py."""
    return ({"type": one.type, "data": one.data} for turn in turns for one in turn.events)
