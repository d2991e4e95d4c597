"""Texts with {places} for fields of the request: which fields there are, and how it reads with sample data."""

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from engine.forms.controls import Control
from engine.forms.controls.text import lengths
from engine.forms.samples import sample
from engine.placeholders import fill

if TYPE_CHECKING:
    from engine.forms.nodes import Node


class Filled(Struct, frozen=True):
    """fields: to pick from, by the place that stands for each. preview: empty where the text has no place in it."""

    fields: dict[str, str]
    preview: str
    several: bool


class Template(Control):
    name = form = "template"
    asks = frozenset({"string"})

    def limits(self, node: "Node") -> dict[str, str | int]:
        return lengths(node)

    def content(self, node: "Node", value: Any) -> Filled:
        around = node.form.around
        fields = {f"{{{name}}}": title for name, title in around.fields.items()}
        text = value if isinstance(value, str) else ""
        filled = fill(text, sample(around.data_schemas))
        longest = node.schema.get("maxLength")
        several = "\n" in text or not isinstance(longest, int) or longest > 500
        return Filled(fields, filled if filled != text else "", several)


CONTROLS: tuple[Control, ...] = (Template(),)
