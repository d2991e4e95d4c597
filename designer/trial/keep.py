"""A script as a test case: the same moves among made-up people, so that the test goes the same way in every tenant.

Whoever was asked second of several is asked second again. Where the usual company goes another way, because here one
person is both manager and director, the relations of the people who count are played, under made-up names.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from msgspec.structs import replace

from designer.trial.cases import play
from designer.trial.company import company
from designer.trial.play import Turn, go_on, run
from designer.trial.script import Case, Expected, Move, Played, Script
from designer.trial.trace import asked, followed, standing
from engine.definition import Definition
from engine.people import Directory, Person


def as_case(definition: Definition, directory: Directory, script: Script, name: str) -> Case | None:
    """None where made-up people cannot go the same way."""
    turns = run(definition, directory, script)
    expect = _outcome(definition, turns)
    usual = Case(name=name, data=script.data, at=script.at, expect=expect)
    for people in ({}, _relations(definition, directory, usual, turns)):
        case = replace(usual, people=people)
        moves = _moves(definition, company(definition, case), turns, case)
        made = replace(case, moves=moves) if moves is not None else None
        if made and _outcome(definition, play(definition, made)) == expect:
            return made
    return None


def _outcome(definition: Definition, turns: Sequence[Turn]) -> Expected:
    """All that a test looks at; of the data what the flow changed."""
    state, first = turns[-1].state, turns[0].state
    if state is None or first is None:
        return Expected(step="")
    path = [f"{step}:{outcome}" for step, outcome in followed(definition, turns)]
    before = turns[0].state.data if turns[0].state else {}
    changed = {key: state.data.get(key) for key in {**before, **state.data} if before.get(key) != state.data.get(key)}
    [step, *_] = standing(turns) or [""]
    return Expected(state.status, step, path, list(asked(turns)), changed or None)


def _moves(definition: Definition, people: Directory, turns: Sequence[Turn], case: Case) -> list[Move] | None:
    """Each move by whoever stands in the same place there. None where nobody does."""
    turn = run(definition, people, case)[0]
    made: list[Move] = []
    for before, real in pairwise(turns):
        move = real.move
        if move is None or turn.refused:
            return None
        by = _double(definition, before, turn, move)
        if by is None:
            return None
        made.append(replace(move, by=by))
        turn = go_on(definition, turn, made[-1])
    return made


def _double(definition: Definition, real: Turn, made: Turn, move: Move) -> str | None:
    """Who makes the move there: "" for the first who is asked."""
    person = real.directory.find(move.by) if move.by else None
    if person is None:
        return ""
    here, there = list(_asked(real, move.step)), list(_asked(made, move.step))
    if person.id in here:
        place = here.index(person.id)
        if place >= len(there):
            return None
        return "" if place == 0 and move.do != "leave" else there[place]
    if real.state and person.id == real.state.requester:
        return "requester"
    return ""


def _asked(turn: Turn, step: str) -> Iterator[str]:
    tokens = turn.state.tokens if turn.state else ()
    return (task.assignee for one in tokens if one.wait and step in ("", one.step) for task in one.wait.tasks)


def _relations(definition: Definition, directory: Directory, case: Case, turns: Sequence[Turn]) -> dict[str, Played]:
    """Who reports to whom and who is in which group, of everybody who may be asked; all others are out of the way."""
    usual = company(definition, case)
    requester = turns[0].state.requester if turns[0].state else ""
    handles = _handles(directory, usual, requester)
    played = {key: _played(directory.people[person], key, handles, directory, usual) for person, key in handles.items()}
    return {**{key: Played(groups=[], roles=[]) for key in usual.people if key not in played}, **played}


def _handles(directory: Directory, usual: Directory, requester: str) -> dict[str, str]:
    """By id: the requester, the line above, members of the groups and roles that the definition names."""
    found = {requester: "requester"}
    for number, person in enumerate(directory.line(requester), 1):
        found.setdefault(person, "manager" if number == 1 else f"manager-{number}")
    for group in usual.groups:
        for number, person in enumerate(directory.groups.get(group, ())[:20], 1):
            found.setdefault(person, f"{group}-{number}")
    named = {person.id for person in usual.people.values()}
    for one in directory.people.values():
        for word in named & {one.id, one.email, one.handle}:
            found[one.id] = word
    return {person: key for person, key in found.items() if person in directory.people}


def _played(person: Person, key: str, handles: dict[str, str], here: Directory, usual: Directory) -> Played:
    groups = [group for group in usual.groups if person.id in here.groups.get(group, ())]
    known = {role for one in usual.people.values() for role in one.roles}
    facts: dict[str, Any] = {"roles": [role for role in person.roles if role in known], "groups": groups}
    manager = handles.get(person.manager or "")
    return Played(manager=manager, active=person.active, decides=person.decides, **facts)
