"""One box to tick: yes or no, or a consent that must be given."""

from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from engine.forms.controls import TYPE, Control
from engine.forms.offer import Offer
from engine.forms.schema import Choice, Schema

if TYPE_CHECKING:
    from engine.forms.nodes import Node
    from engine.forms.read import Reader

_NOT_TICKED = ("", "false", "0", "off")


class Checkbox(Control):
    name = "checkbox"
    offer = Offer("Tick box", "check", 34, {"type": "boolean"})
    asks = frozenset({"boolean"})
    silent = wordless = labelled = True
    plain = False

    def usual(self, schema: Schema, items: Schema) -> int:
        return TYPE if self.fits(schema, items) else 0

    def offers(self, schema: Schema, names: list[Any] | None) -> list[Choice]:
        return []

    def shows(self, node: "Node", value: Any, text: str) -> str | bool:
        return text if node.read_only else value is True

    def read(self, node: "Node", reader: "Reader", held: Any) -> bool:
        return reader.text(node) not in _NOT_TICKED

    def start(self, node: "Node") -> Any:
        return UNSET if node.read_only else False

    def is_blank(self, value: Any) -> bool:
        return value is False or super().is_blank(value)

    def emptied(self, node: "Node", value: Any, text: str) -> Any:
        return UNSET

    def is_marked(self, node: "Node") -> bool:
        return node.schema.get("const") is True or node.schema.get("enum") == [True]


CONTROLS: tuple[Control, ...] = (Checkbox(),)
