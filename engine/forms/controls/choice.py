"""Choices: one of several as a list or as radio buttons, or several of them as ticks or in a list."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from engine.forms import schema as form_schema
from engine.forms.controls import FORMAT, TYPE, Control, question
from engine.forms.field import Option
from engine.forms.offer import ENTRIES, INLINE, PLACEHOLDER, Offer
from engine.forms.schema import Choice, Schema

if TYPE_CHECKING:
    from engine.forms.nodes import Node
    from engine.forms.read import Reader

# What a new field offers until somebody writes choices of their own.
FIRST = ["First choice", "Second choice"]
SEVERAL: Schema = {
    "type": "array",
    "uniqueItems": True,
    "maxItems": 100,
    "items": {"type": "string", "enum": FIRST},
}


class One(Control):
    """One of several; of yes and no, too."""

    asks = frozenset({"choice", "boolean"})

    def offers(self, schema: Schema, names: list[Any] | None) -> list[Choice]:
        if "const" in schema or form_schema.kind(schema) != "boolean" or form_schema.has_choices(schema):
            return super().offers(schema, names)
        yes, *_, no = names if names and len(names) > 1 else ["Yes", "No"]
        return [Choice(True, str(yes)), Choice(False, str(no))]

    def options(self, node: "Node", value: Any) -> Iterator[Option]:
        yield from self.without(node, not _names([value]).isdisjoint(node.choices))
        yield from _drawn(node, [value])

    def without(self, node: "Node", chosen: bool) -> Iterator[Option]:
        """The option that stands for no answer, where there can be none."""
        raise NotImplementedError


class Select(One):
    name = "select"
    offer = Offer(
        "One of a list", "chevron-down", 30, {"type": "string", "enum": FIRST}, settings={"ui:placeholder": PLACEHOLDER}
    )

    def usual(self, schema: Schema, items: Schema) -> int:
        return TYPE if question(schema, items) == "choice" else 0

    def without(self, node: "Node", chosen: bool) -> Iterator[Option]:
        if not (chosen and node.required):
            yield Option("", str(node.options.get("placeholder") or "Choose…"), not chosen, False)


class Radio(One):
    name = "radio"
    offer = Offer(
        "Radio buttons",
        "circle-dot",
        31,
        {"type": "string", "enum": FIRST},
        ui={"ui:widget": "radio"},
        settings={"ui:inline": INLINE},
    )
    grouped = silent = True

    def without(self, node: "Node", chosen: bool) -> Iterator[Option]:
        if not node.required:
            yield Option("", "No answer", not chosen, False)


class Several(Control):
    asks = frozenset({"choices"})
    silent = wordless = whole = listed = True

    def options(self, node: "Node", value: Any) -> Iterator[Option]:
        yield from _drawn(node, value if isinstance(value, list) else [value])

    def read(self, node: "Node", reader: "Reader", held: Any) -> Any:
        return reader.ticks(node)


class Checkboxes(Several):
    """The usual one for a list of different choices: they are ticked, not typed row by row."""

    name = "checkboxes"
    offer = Offer(
        "Checkboxes",
        "list-checks",
        32,
        SEVERAL,
        settings={"ui:inline": INLINE, **ENTRIES},
    )
    grouped = True
    plain = False

    def usual(self, schema: Schema, items: Schema) -> int:
        return FORMAT if self.fits(schema, items) and schema.get("uniqueItems") else 0


class MultiSelect(Several):
    name = "multiselect"
    names = ("select",)
    offer = Offer(
        "Several of a list",
        "list-filter",
        33,
        SEVERAL,
        ui={"ui:widget": "select"},
        settings=ENTRIES,
    )

    def template(self, node: "Node", text: str) -> str:
        return "readonly" if node.read_only else "select"


def _drawn(node: "Node", chosen: list[Any]) -> Iterator[Option]:
    """A disabled choice that is selected stays enabled, for a browser would not post it."""
    picked, closed = _names(chosen), _names(node.options.get("enumDisabled") or [])
    for name, choice in node.choices.items():
        yield Option(name, choice.label, name in picked, name in closed and name not in picked)


def _names(given: list[Any]) -> set[str]:
    return {form_schema.digest(value) for value in given if value is not UNSET}


CONTROLS: tuple[Control, ...] = (Select(), Radio(), Checkboxes(), MultiSelect())
