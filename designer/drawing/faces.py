"""What a card shows, and how high that makes it. The step types say it; nothing here knows one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from designer.drawing.flow import Steps
from designer.drawing.text import line_count, width
from engine.card_rows import Row
from engine.definition import Definition
from engine.people import Directory
from engine.registry import some
from engine.steps import Detailed, step_types
from engine.wording.values import clean

CARD_W, PAD, BORDER, TILE = 256, 12, 1, 36
INSIDE = CARD_W - 2 * (PAD + BORDER)
KIND, NAME, LINE, ROW_PAD, GAP = 16, 18, 17, 6, 4
NAME_SIZE, TEXT_SIZE, COLUMN_GAP, SIGN = 14, 12.5, 10, 22
FOLDED, UNKNOWN = "layers", "circle"
INCOMPLETE = "Not set up yet"
LONGEST_NAME, LONGEST_TEXT, LONGEST_SIDE = 160, 240, 80
# What a draft may lack while it is being written.
UNFINISHED = (AttributeError, KeyError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Face:
    """kind: the type in words. sentence: empty where rows say it. columns: every row fits into one line of three."""

    kind: str
    icon: str
    name: str
    sentence: str = ""
    rows: tuple[Row, ...] = ()
    columns: bool = True
    shape: str = "box"
    height: int = 0

    @property
    def levels(self) -> bool:
        """Rows share their columns."""
        return self.columns and any(row.signs for row in self.rows)


def faces_of(definition: Definition, people: Directory | None = None) -> dict[str, Face]:
    """By step id. people: gives those their names who are asked by id or address."""
    types, detailed = step_types(), some("engine.steps", Detailed)
    faces = {}
    for key, step in definition.steps.items():
        module = types.get(step.type)
        if module is None:
            faces[key] = measured(unknown(step.type, step.name))
            continue
        try:
            rows = detailed[step.type].rows(definition, step, people) if step.type in detailed else []
            sentence = module.sentence(step, people) or INCOMPLETE
        except UNFINISHED:
            rows, sentence = [], INCOMPLETE
        faces[key] = measured(Face(module.LABEL, module.ICON, step.name, sentence, tuple(rows), shape=module.SHAPE))
    return faces


def faces_of_draft(document: Mapping[str, Any], people: Directory | None = None) -> dict[str, Face]:
    """document: one that can be drawn: start, and steps with type, name and outcomes. All else may be anything."""
    data = document.get("data")
    known = {"key": "", "name": "", **document, "data": data if isinstance(data, dict) else {}, "zone": "UTC"}
    return faces_of(Definition(known), people)


def unknown(kind: str, name: str) -> Face:
    return Face(clean(kind.replace("_", " ").capitalize()), UNKNOWN, name)


def icons() -> frozenset[str]:
    """All that a card may show."""
    return frozenset({FOLDED, UNKNOWN, *(kind.ICON for kind in step_types().values())})


def plain_faces(steps: Steps) -> dict[str, Face]:
    """Of a document that is no definition: names and types alone."""
    return {key: measured(unknown(str(step["type"]), str(step["name"]))) for key, step in steps.items()}


def measured(face: Face) -> Face:
    """Its texts cut to what a card can hold at most, its height to what they need."""
    name = clean(face.name, LONGEST_NAME)
    told = any(not row.timed for row in face.rows)
    sentence = "" if told else clean(face.sentence, LONGEST_TEXT)
    rows = tuple(_bounded(row) for row in face.rows)
    columns = _columns_fit(rows)
    height = 2 * (PAD + BORDER) + GAP + KIND + NAME * max(1, line_count(name, INSIDE - TILE, NAME_SIZE, True))
    if sentence:
        height += LINE * line_count(sentence, INSIDE, TEXT_SIZE)
    if rows:
        height += sum(_row_height(row, columns) for row in rows) - PAD + GAP
    return replace(face, name=name, sentence=sentence, rows=rows, columns=columns, height=height)


def _bounded(row: Row) -> Row:
    text, lead, note = clean(row.text, LONGEST_TEXT), clean(row.lead, LONGEST_SIDE), clean(row.note, LONGEST_SIDE)
    return Row(text, lead, note, row.timed, row.key, row.state, clean(row.more, LONGEST_TEXT))


def _columns_fit(rows: tuple[Row, ...]) -> bool:
    three = [row for row in rows if row.signs]
    widest = [
        max((width(row.lead, TEXT_SIZE) for row in three), default=0),
        max((width(row.text, TEXT_SIZE, True) for row in three), default=0),
        max((width(row.note, TEXT_SIZE) for row in three), default=0),
    ]
    return sum(widest) + 2 * COLUMN_GAP <= INSIDE


def _row_height(row: Row, columns: bool) -> int:
    room = INSIDE - (SIGN if row.timed else 0)
    text = " ".join(filter(None, (row.lead, row.text, row.note)))
    lines = 1 if row.signs and columns else max(1, line_count(text, room, TEXT_SIZE, bold=row.signs))
    lines += line_count(row.more, INSIDE - SIGN, TEXT_SIZE) if row.more else 0
    return 2 * ROW_PAD + BORDER + LINE * lines


def heights(faces: Mapping[str, Face]) -> dict[str, int]:
    return {step: face.height for step, face in faces.items()}
