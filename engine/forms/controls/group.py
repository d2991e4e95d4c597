"""Groups of fields, and lists drawn row by row."""

from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from engine.forms.controls import TYPE, Control, question
from engine.forms.offer import COLUMNS, COPYABLE, ENTRIES, ORDERABLE, Offer
from engine.forms.schema import Schema

if TYPE_CHECKING:
    from engine.forms.nodes import Node
    from engine.forms.read import Reader


class _Parts(Control):
    """Drawn as what is inside of it, and so the usual control of its type."""

    grouped = True
    plain = False

    def usual(self, schema: Schema, items: Schema) -> int:
        if self.form:
            return super().usual(schema, items)
        return TYPE if self.fits(schema, items) else 0

    def template(self, node: "Node", text: str) -> str:
        return self.name


class Group(_Parts):
    name = "object"
    nests = "fields"
    offer: Offer | None = Offer(
        "Group",
        "layers",
        70,
        {"type": "object", "properties": {"text": {"type": "string", "title": "Text", "maxLength": 200}}},
        settings={"ui:columns": COLUMNS},
    )
    silent = True

    def fits(self, schema: Schema, items: Schema) -> bool:
        return question(schema, items) == "object" and isinstance(schema.get("properties"), dict)

    def read(self, node: "Node", reader: "Reader", held: Any) -> Any:
        return reader.group(node, held)

    def emptied(self, node: "Node", value: Any, text: str) -> Any:
        exists = value is not None and (isinstance(node.nothing, dict) or not node.is_blank(value))
        return UNSET if exists else None if value is None else {}


class Settings(Group):
    """Of which what nobody set is folded."""

    name = form = "settings"
    offer = None


class Rows(_Parts):
    name = "array"
    nests = "rows"
    offer: Offer | None = Offer(
        "Repeating group",
        "table",
        71,
        {
            "type": "array",
            "maxItems": 50,
            "items": {
                "type": "object",
                "required": ["text"],
                "properties": {"text": {"type": "string", "title": "Text", "minLength": 1, "maxLength": 200}},
            },
        },
        settings={**ENTRIES, "ui:orderable": ORDERABLE, "ui:copyable": COPYABLE},
    )
    listed = True

    def fits(self, schema: Schema, items: Schema) -> bool:
        return question(schema, items) in ("array", "choices") and bool(items or schema.get("prefixItems"))

    def read(self, node: "Node", reader: "Reader", held: Any) -> Any:
        return reader.rows(node, held)


CONTROLS: tuple[Control, ...] = (Group(), Settings(), Rows())
