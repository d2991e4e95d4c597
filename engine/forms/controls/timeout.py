"""A time limit as a line of time with its sentence, over the settings that it is made from."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import UNSET, Struct

from engine.forms import schema as form_schema
from engine.forms.controls import Control
from engine.forms.controls.group import Group
from engine.forms.controls.span import FIELD, field_named, fields_offered
from engine.forms.field import Option
from engine.forms.schema import Schema
from engine.forms.values import Unreadable
from engine.reasons import reason
from engine.wording.time_limits import Mark, limit_sentence, marks

if TYPE_CHECKING:
    from engine.forms.nodes import Node
    from engine.forms.read import Reader

# Of the drawing, in its own units; marks are at least so far apart.
WIDTH, EDGE, APART = 320, 14, 26
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


class Point(Struct, frozen=True):
    kind: str
    x: int
    label: str


class Line(Struct, frozen=True):
    """usual: nothing is set, and this is what happens then. escalates: whether its settings are of use."""

    sentence: str
    points: list[Point]
    usual: bool
    escalates: bool


class TimeLimit(Group):
    name = form = "timeout"
    offer = None

    def content(self, node: "Node", value: Any) -> Line:
        held = value if isinstance(value, dict) and not node.is_blank(value) else None
        escalates = held is None or held.get("then") == "escalate" or any(key in held for key in ("to", "within"))
        return Line(limit_sentence(held, node.form.around.directory), _points(marks(held)), held is None, escalates)


def _points(found: list[Mark]) -> list[Point]:
    """From left to right as time goes, but never over one another."""
    last, room, points = found[-1].after if found else 0, WIDTH - 2 * EDGE, list[Point]()
    for mark in found:
        x = EDGE + round(room * mark.after / last) if last else EDGE
        points.append(Point(mark.kind, max(x, points[-1].x + APART) if points else x, _short(mark.after)))
    over = points[-1].x - (WIDTH - EDGE) if points else 0
    return [
        Point(one.kind, one.x - round(over * at / max(len(points) - 1, 1)), one.label) for at, one in enumerate(points)
    ]


def _short(seconds: float) -> str:
    """In the largest unit that leaves nothing over: "36 h"."""
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds and not seconds % size), (1, "s"))
    return f"{seconds / size:g} {unit}" if seconds else "0"


class ChoiceOrField(Control):
    """One of several, or what a field of the request says."""

    name = form = "choice-or-field"
    whole = True

    def fits(self, schema: Schema, items: Schema) -> bool:
        return True

    def template(self, node: "Node", text: str) -> str:
        return "readonly" if node.read_only else "select"

    def text(self, node: "Node", value: Any) -> str:
        return field_named(value) or form_schema.label(value)

    def options(self, node: "Node", value: Any) -> Iterator[Option]:
        chosen = "" if value is UNSET else self.text(node, value)
        offered = _offered(node)
        yield Option("", "as usual", not chosen, False)
        if chosen and chosen not in offered and not chosen.startswith(FIELD):
            yield Option(chosen, chosen, True, False)
        yield from (Option(key, name, key == chosen, False) for key, name in offered.items())
        yield from fields_offered(node, chosen, "what “{}” says")

    def read(self, node: "Node", reader: "Reader", held: Any) -> Any:
        text = reader.text(node)
        if text == ("" if held is UNSET else self.text(node, held)):
            return held
        if text.startswith(FIELD):
            return {"field": text.removeprefix(FIELD)}
        if text and text not in _offered(node):
            return reader.refused(node, text, Unreadable("enum", reason("not_offered")))
        return text or UNSET


def _offered(node: "Node") -> dict[str, str]:
    variants = node.whole.get("anyOf") or ()
    choices = next((form_schema.choices(one) for one in variants if form_schema.has_choices(one)), [])
    return {choice.value: choice.label for choice in choices if isinstance(choice.value, str)}


CONTROLS: tuple[Control, ...] = (TimeLimit(), ChoiceOrField())
