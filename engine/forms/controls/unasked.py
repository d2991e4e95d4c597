"""Values that nobody is asked for: posted along unseen, or shown because there is only one."""

from typing import TYPE_CHECKING

from engine.forms.controls import FORMAT, Control, question
from engine.forms.offer import Offer
from engine.forms.schema import Schema

if TYPE_CHECKING:
    from engine.forms.nodes import Node


class Hidden(Control):
    name = "hidden"
    offer = Offer("Hidden value", "eye", 90, {"type": "string"}, ui={"ui:widget": "hidden"})

    def fits(self, schema: Schema, items: Schema) -> bool:
        return True

    def template(self, node: "Node", text: str) -> str:
        return self.name

    def is_empty(self, text: str) -> bool:
        return not text

    def is_marked(self, node: "Node") -> bool:
        return False


class Fixed(Control):
    name = "const"
    offer = Offer(
        "Fixed text",
        "lock",
        80,
        {"const": "Text that cannot be changed"},
        settings={"const": {"type": "string", "title": "What it says", "maxLength": 2000}},
    )

    def usual(self, schema: Schema, items: Schema) -> int:
        return FORMAT if question(schema, items) == "const" else 0

    def template(self, node: "Node", text: str) -> str:
        return "readonly"


CONTROLS: tuple[Control, ...] = (Hidden(), Fixed())
