"""A box for JSON: for what no other control can ask."""

from typing import TYPE_CHECKING, Any

from engine.forms import schema as form_schema
from engine.forms import values
from engine.forms.controls import ANYTHING, Control
from engine.forms.offer import Offer
from engine.forms.schema import Schema

if TYPE_CHECKING:
    from engine.forms.nodes import Node
    from engine.forms.read import Reader


class Json(Control):
    name = "json"
    offer = Offer("JSON", "scroll-text", 91, {"type": "object"})
    asks = frozenset({"object", "array", "choices", "any"})

    def usual(self, schema: Schema, items: Schema) -> int:
        return ANYTHING

    def text(self, node: "Node", value: Any) -> str:
        return form_schema.to_json(value, indent=2)

    def value(self, node: "Node", text: str) -> Any:
        return values.from_json(text)

    def read(self, node: "Node", reader: "Reader", held: Any) -> Any:
        return reader.json(node, held)


CONTROLS: tuple[Control, ...] = (Json(),)
