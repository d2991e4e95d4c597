"""Replay of a past request through another document: the same answers at the same times, run by `advance`.

What people, other systems and the clock did is read from the events. An answer for which nobody is asked any more is
passed over; what is asked besides stays open.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from msgspec.structs import replace

from designer.trial.play import Turn, go_on, run
from designer.trial.script import Move, Script
from designer.trial.trace import Edge, asked, followed, standing
from engine.definition import Definition
from engine.people import Directory
from engine.reasons import Reason, reason

# Of one request; longer ones are not replayed.
MOST_EVENTS = 300


class Past(NamedTuple):
    """What is known of a request. moves: with when each was made. until: its newest event. asked: as in trace.py.

    status: "" of one that goes on. steps: where it stands or ended.
    """

    script: Script
    moves: Sequence[tuple[datetime, Move]]
    until: datetime
    path: tuple[Edge, ...]
    asked: tuple[str, ...]
    status: str
    steps: tuple[str, ...]


class Way(NamedTuple):
    """What came of a run, as in Past. refused: why it could not begin."""

    path: tuple[Edge, ...]
    asked: tuple[str, ...]
    status: str
    steps: tuple[str, ...]
    refused: Reason | None = None


def past(events: Sequence[Mapping[str, Any]], status: str, steps: Sequence[str]) -> Past:
    """events: type, data and at of all there are, oldest first."""
    first = events[0]["data"]
    script = Script(first["data"], first["requester"], events[0]["at"])
    path = [(first["step"], "submitted")]
    path += [(one["data"]["step"], one["data"]["outcome"]) for one in events if one["type"] == "StepCompleted"]
    questions = [found for one in events if (found := _question(one["type"], one["data"]))]
    return Past(script, list(_moves(events)), events[-1]["at"], tuple(path), tuple(questions), status, tuple(steps))


def _question(kind: str, data: Mapping[str, Any]) -> str:
    if kind == "LevelOpened":
        return f"{data['step']}/{data['level']}"
    return str(data["step"]) if kind == "TaskOpened" else ""


def _moves(events: Sequence[Mapping[str, Any]]) -> Iterator[tuple[datetime, Move]]:
    for one in events:
        if move := MOVES.get(one["type"]):
            yield one["at"], move(one["data"])


def _decided(data: Mapping[str, Any]) -> Move:
    comment, values = data.get("comment") or "…", data.get("values") or {}
    return Move("decide", data["step"], data["person"], data["outcome"], comment, values)


def _corrected(data: Mapping[str, Any]) -> Move:
    return Move("correct", by=data["person"], data=data["after"], cleared=data.get("cleared") or [])


# What was not the flow's own doing, by the type of event. Why it was done changes nothing.
MOVES: dict[str, Callable[[Mapping[str, Any]], Move]] = {
    "TaskDecided": _decided,
    "TaskSubmitted": lambda data: Move("submit", data["step"], data["person"], data=data["data"]),
    "EventReceived": lambda data: Move("receive", data["step"], answer=data.get("result")),
    "CallDone": lambda data: Move("succeed", data["step"], answer=data.get("result")),
    "CallFailed": lambda data: Move("fail", data["step"], error=data.get("error") or ""),
    "DataCorrected": _corrected,
    "Unblocked": lambda _: Move("retry"),
    "Withdrawn": lambda _: Move("withdraw"),
    "Cancelled": lambda _: Move("cancel"),
    "CompensationDone": lambda data: Move("succeed", data["step"]),
    "CompensationFailed": lambda data: Move("fail", data["step"]),
    "UndoneByHand": lambda _: Move("undone"),
    "CompensationAbandoned": lambda _: Move("cancel"),
}


def way(definition: Definition, directory: Directory, past: Past) -> Way:
    turns = run(definition, directory, past.script)
    if turns[0].refused:
        return Way((), (), "", (), turns[0].refused.reason)
    for at, move in past.moves:
        if not _wait(definition, turns, at):
            break
        _do(definition, turns, move)
    else:
        _wait(definition, turns, past.until)
    state = turns[-1].state
    status = state.status if state and state.ended else ""
    return Way(tuple(followed(definition, turns)), tuple(asked(turns)), status, tuple(standing(turns)))


def _wait(definition: Definition, turns: list[Turn], until: datetime) -> bool:
    """Whether it came so far. More timers than one run may have would be fired anew for all that comes after."""
    gone = until - turns[-1].at
    if gone <= timedelta(0) or _over(turns[-1]):
        return True
    return _do(definition, turns, Move("wait", length=f"P{gone.days}DT{gone.seconds}.{gone.microseconds:06}S"))


def _do(definition: Definition, turns: list[Turn], move: Move) -> bool:
    """By whoever did it; where somebody else is asked now, by that person. Whether it could be done."""
    spent = sum(len(turn.happened) for turn in turns)
    for one in (move, Move(move.do, move.step, "", move.outcome, move.comment, move.data)):
        made = go_on(definition, turns[-1], one, spent=spent)
        if not made.refused or one.do not in ("decide", "submit"):
            break
    if not made.refused:
        turns.append(made)
    return not made.refused


def together(directory: Directory, past: Past) -> Directory:
    """Today's people, among whom those who acted may act as they might then."""
    acted = {past.script.requester, *(move.by for _, move in past.moves)}
    back = {key: replace(one, active=True, decides=True) for key, one in directory.people.items() if key in acted}
    return replace(directory, people={**directory.people, **back})


def _over(turn: Turn) -> bool:
    return turn.state is None or bool(turn.state.ended)


def differences(did: Past | Way, will: Way) -> list[Reason]:
    """Nothing where it goes the same way."""
    if will.refused:
        return [reason("replay_refused", why=will.refused)]
    return [*_paths(did, will), *_questions(did, will), *_ends(did, will)]


def _paths(did: Past | Way, will: Way) -> Iterator[Reason]:
    """The first step from which it goes another way."""
    for one, other in zip(did.path, will.path, strict=False):
        if one == other:
            continue
        if one[0] == other[0]:
            yield reason("replay_outcome", step=one[0], got=other[1], expected=one[1])
        else:
            yield reason("replay_step", step=other[0], next=one[0])
        return


def _questions(did: Past | Way, will: Way) -> Iterator[Reason]:
    before, now = Counter(did.asked), Counter(will.asked)
    for step, level in map(_parts, now - before):
        yield reason("replay_asked", step=step, level=level) if level else reason("replay_form", step=step)
    for step, level in map(_parts, before - now):
        yield reason("replay_not_asked", step=step, level=level) if level else reason("replay_no_form", step=step)


def _parts(question: str) -> tuple[str, str]:
    step, _, level = question.partition("/")
    return step, level


def _ends(did: Past | Way, will: Way) -> Iterator[Reason]:
    if did.status == will.status and set(did.steps) == set(will.steps):
        return
    if not will.status or did.status == will.status:
        yield reason("replay_stands", steps=will.steps, others=did.steps)
    elif did.status:
        yield reason("replay_ends", got=will.status, expected=did.status)
    else:
        yield reason("replay_over", got=will.status)
