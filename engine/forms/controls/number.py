"""Number inputs, and the bounds that a browser checks."""

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from engine import numbers
from engine.forms import values
from engine.forms.controls import TYPE, Control, Limits
from engine.forms.offer import BOUNDS, MULTIPLE, PLACEHOLDER, Offer
from engine.forms.schema import Schema, is_number

if TYPE_CHECKING:
    from engine.forms.nodes import Node


class Number(Control):
    """A range is typed, too, for its own control always posts a value."""

    name = input_type = "number"
    offer = Offer(
        "Number",
        "chart-column",
        21,
        {"type": "number"},
        settings={"ui:placeholder": PLACEHOLDER, **BOUNDS, "multipleOf": MULTIPLE},
    )
    names = ("updown", "range")
    asks = frozenset({"number", "integer"})
    suggests = True

    def usual(self, schema: Schema, items: Schema) -> int:
        return TYPE if self.fits(schema, items) else 0

    def value(self, node: "Node", text: str) -> int | Decimal:
        return values.number(text)

    def limits(self, node: "Node") -> Limits:
        return number_limits(node)

    def survives(self, text: str) -> bool:
        return bool(re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII))

    def hint(self, node: "Node") -> str:
        """HTML has no attribute for the open bounds of fractions."""
        return open_bounds(node) if node.kind == "number" else ""


def open_bounds(node: "Node") -> str:
    """Bounds that the value may not touch, in words."""
    over, under = node.schema.get("exclusiveMinimum"), node.schema.get("exclusiveMaximum")
    words = [f"more than {numbers.written(over)}"] if is_number(over) else []
    words += [f"less than {numbers.written(under)}"] if is_number(under) else []
    return " and ".join(words).capitalize() + "." if words else ""


def number_limits(node: "Node") -> Limits:
    found: Limits = {}
    least = _bounds(node, "minimum", "exclusiveMinimum", 1)
    most = _bounds(node, "maximum", "exclusiveMaximum", -1)
    if least:
        found["min"] = numbers.written(max(least))
    if most:
        found["max"] = numbers.written(min(most))
    multiple = node.schema.get("multipleOf")
    # A browser counts its steps from the minimum, JSON Schema from zero.
    if is_number(multiple) and multiple > 0 and not Decimal(max(least, default=0)) % Decimal(multiple):
        return found | {"step": numbers.written(multiple)}
    return found | {"step": 1 if node.kind == "integer" else "any"}


def _bounds(node: "Node", closed: str, opened: str, step: int) -> list[int | Decimal]:
    """A whole number beyond 5 is at least 6; of others the bound itself is the best that HTML can say."""
    bound, beyond = node.schema.get(closed), node.schema.get(opened)
    bounds = [bound] if is_number(bound) else []
    if is_number(beyond):
        bounds.append(beyond + step if node.kind == "integer" and isinstance(beyond, int) else beyond)
    return bounds


CONTROLS: tuple[Control, ...] = (Number(),)
