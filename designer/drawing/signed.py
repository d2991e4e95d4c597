"""Who signed and who is asked, on the rows of a request's drawing."""

from collections.abc import Mapping
from dataclasses import replace

from designer.drawing.faces import Face, measured
from engine.card_rows import Row
from engine.definition import Definition
from engine.people import Directory
from engine.signatures import counting
from engine.state import State
from engine.wording.values import either, listed

Level = tuple[str, str]
BY_OTHERS = {"timer": "the clock, as nobody answered in time", "rule": "a rule"}
MOST_NAMES = 3


def with_signers(faces: Mapping[str, Face], definition: Definition, state: State, people: Directory) -> dict[str, Face]:
    """The same cards, on which a level says whose signature counts, or whom it waits for."""
    signed, asked = _signed(definition, state, people), _asked(state, people)
    return {step: _told(step, face, signed, asked) for step, face in faces.items()}


def _signed(definition: Definition, state: State, people: Directory) -> dict[Level, list[str]]:
    found: dict[Level, list[str]] = {}
    for one in counting(definition, state):
        name = people.name(one.person) if one.person else BY_OTHERS.get(one.by, "")
        found.setdefault((one.step, one.level), []).append(name)
    return found


def _asked(state: State, people: Directory) -> dict[Level, list[str]]:
    return {
        (token.step, token.wait.level): [people.name(task.assignee) for task in token.wait.tasks]
        for token in state.tokens
        if token.wait and token.wait.level
    }


def _told(step: str, face: Face, signed: Mapping[Level, list[str]], asked: Mapping[Level, list[str]]) -> Face:
    rows = tuple(_row(row, signed.get((step, row.key), []), asked.get((step, row.key), [])) for row in face.rows)
    return face if rows == face.rows else measured(replace(face, rows=rows))


def _row(row: Row, signed: list[str], asked: list[str]) -> Row:
    if not row.key or not (signed or asked):
        return row
    agreed = f"signed by {listed(signed)}" if signed else ""
    waits = f"asks {either(_few(asked))}" if asked else ""
    more = ", ".join(filter(None, (agreed, waits)))
    return Row(row.text, row.lead, row.note, row.timed, row.key, "waiting" if asked else "done", more)


def _few(names: list[str]) -> list[str]:
    more = len(names) - MOST_NAMES
    return [*names[:MOST_NAMES], f"{more} more"] if more > 1 else names
