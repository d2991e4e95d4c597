"""Uploads: one file or several, as an object, or as a text for schemas that can hold nothing else."""

from typing import TYPE_CHECKING, Any

from engine.forms import schema as form_schema
from engine.forms import uploads
from engine.forms.controls import FORMAT, Control, Limits
from engine.forms.offer import Offer
from engine.forms.schema import Schema
from engine.forms.uploads import StoredFile

if TYPE_CHECKING:
    from engine.forms.nodes import Node
    from engine.forms.read import Reader


class File(Control):
    name = "file"
    names = ("data-url", "files")
    offer = Offer(
        "File",
        "paperclip",
        60,
        {"type": "object", "format": "file"},
        settings={
            "ui:accept": {"type": "string", "title": "Kinds of files", "description": "Endings or types: .pdf,image/*"}
        },
    )
    asks = frozenset({"string", "object", "array", "choices"})
    silent = wordless = whole = listed = uploads = True

    def usual(self, schema: Schema, items: Schema) -> int:
        asked = items if form_schema.kind(schema) == "array" else schema
        return FORMAT if self.fits(schema, items) and asked.get("format") in ("data-url", "file") else 0

    def template(self, node: "Node", text: str) -> str:
        return self.name

    def read(self, node: "Node", reader: "Reader", held: Any) -> Any:
        files = reader.files(node)
        if not files:
            return reader.nothing(node)
        if node.is_list:
            return [uploads.written(node.items, file) for file in files]
        return uploads.written(node.schema, files[-1])

    def files(self, value: Any) -> list[StoredFile]:
        return uploads.entries(value)

    def limits(self, node: "Node") -> Limits:
        return {"accept": str(node.options["accept"])} if node.options.get("accept") else {}


CONTROLS: tuple[Control, ...] = (File(),)
