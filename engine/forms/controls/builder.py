"""The form of a step: its fields are named here, and built on a page of their own."""

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from engine.forms import schema as form_schema
from engine.forms.controls import Control
from engine.pointers import split

if TYPE_CHECKING:
    from engine.forms.nodes import Node
    from engine.forms.read import Reader

MOST_NAMED = 12


class Built(Struct, frozen=True):
    """labels: of its fields, the first of them. more: how many others. step: whose form it is."""

    labels: list[str]
    more: int
    step: str
    here: str


class FormBuilder(Control):
    name = form = "form-builder"
    asks = frozenset({"object"})
    silent = wordless = whole = True

    def content(self, node: "Node", value: Any) -> Built:
        around = node.form.around
        schema = value.get("schema") if isinstance(value, dict) else None
        schema = schema or around.document.get("data")
        properties = schema.get("properties") if isinstance(schema, dict) else None
        parts = properties if isinstance(properties, dict) else {}
        labels = [
            form_schema.label(part.get("title") or name) if isinstance(part, dict) else name
            for name, part in parts.items()
        ]
        step = (split(around.at) or [""])[-1]
        return Built(labels[:MOST_NAMED], len(labels[MOST_NAMED:]), step, around.here)

    def read(self, node: "Node", reader: "Reader", held: Any) -> Any:
        """It is changed elsewhere."""
        return held


CONTROLS: tuple[Control, ...] = (FormBuilder(),)
