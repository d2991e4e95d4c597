"""Names with values, as rows of two: headers, what a call sends, what a branch sets, how a changed field is treated."""

import re
from typing import TYPE_CHECKING, Any

from msgspec import UNSET, Struct

from engine.forms import schema as form_schema
from engine.forms import values
from engine.forms.controls import Control
from engine.forms.schema import Schema
from engine.forms.values import Typed, Unreadable
from engine.reasons import reason

if TYPE_CHECKING:
    from engine.forms.nodes import Node
    from engine.forms.read import Reader

EMPTY_ROWS = 1
# What would be no text if it were read as JSON.
_JSON = re.compile(r'\s*(\[|"|\{\s*["}]|(-?\d+(\.\d+)?([eE][+-]?\d+)?|true|false|null)\s*$)')


class Pair(Struct, frozen=True):
    name: str
    value: str


class Pairs(Struct, frozen=True):
    """names: that can be chosen, with what they are called; choices: of values. Empty: anything can be written.

    raw: it is no object, and written as JSON.
    """

    rows: list[Pair]
    names: dict[str, str]
    choices: dict[str, str]
    raw: bool = False


class NamedValues(Control):
    """`key:PLACE` are the names. An object of anything, or of texts; its names are those of fields where its schema
    says `propertyNames` of the format "data-field"."""

    name = form = "pairs"
    grouped = silent = whole = wordless = True
    plain = False

    def fits(self, schema: Schema, items: Schema) -> bool:
        return True

    def content(self, node: "Node", value: Any) -> Pairs:
        held = value if isinstance(value, dict) else {}
        names = node.form.around.fields if _of_fields(node) else {}
        names = {**names, **{name: name for name in held if name not in names}} if names else {}
        rows = [Pair(name, _text(node, item)) for name, item in held.items()] + [Pair("", "")] * EMPTY_ROWS
        choices = _choices(node)
        gone = {row.value: row.value for row in rows if row.value and row.value not in choices} if choices else {}
        return Pairs(rows, names, {**choices, **gone}, raw=_is_raw(value))

    def shows(self, node: "Node", value: Any, text: str) -> str | bool:
        if not _is_raw(value):
            return ""
        return value if isinstance(value, Typed) else form_schema.to_json(value, indent=2)

    def read(self, node: "Node", reader: "Reader", held: Any) -> Any:
        names = reader.beside(node, "key")
        if not names and reader.text(node):
            return self._raw(node, reader, held)
        known = held if isinstance(held, dict) else {}
        before = {_text(node, item) for item in known.values()}
        found: dict[str, Any] = {}
        for name, text in zip(names, reader.texts(node), strict=False):
            if name.strip():
                found[name] = self._one(node, reader, name, text, known.get(name, UNSET))
            elif text.strip() and not _choices(node) and text not in before:
                problem = Unreadable("name", reason("pair_nameless", text=text[:40]))
                found[name] = reader.refused(node, text, problem)
        return found or (held if held == {} else UNSET)

    def _one(self, node: "Node", reader: "Reader", name: str, text: str, held: Any) -> Any:
        if held is not UNSET and _text(node, held) == text:
            return held
        try:
            return _value(node, name, text)
        except Unreadable as problem:
            return reader.refused(node, text, problem)

    def _raw(self, node: "Node", reader: "Reader", held: Any) -> Any:
        text = reader.text(node)
        if not isinstance(held, Typed) and form_schema.to_json(held, indent=2) == text:
            return held
        try:
            return values.from_json(text)
        except Unreadable as problem:
            return reader.refused(node, text, problem)


def _is_raw(value: Any) -> bool:
    return value is not UNSET and value is not None and not isinstance(value, dict)


def _of_fields(node: "Node") -> bool:
    names = node.schema.get("propertyNames")
    return isinstance(names, dict) and names.get("format") == "data-field"


def _values_of(node: "Node") -> Schema:
    found = node.schema.get("additionalProperties")
    return found if isinstance(found, dict) else {}


def _choices(node: "Node") -> dict[str, str]:
    return {str(choice.value): choice.label for choice in form_schema.choices(_values_of(node))}


def _text(node: "Node", value: Any) -> str:
    """A text as it is, but for one that would be read as something else; anything else as JSON."""
    if isinstance(value, Typed) or (isinstance(value, str) and (_plain(node) or not _JSON.match(value))):
        return value
    return form_schema.to_json(value)


def _plain(node: "Node") -> bool:
    return form_schema.kind(_values_of(node)) == "string" or bool(_choices(node))


def _value(node: "Node", name: str, text: str) -> Any:
    """A number or a yes where the field of that name is one. Raises Unreadable."""
    if "\x00" in text or "\x00" in name:
        raise Unreadable("characters", reason("odd_character"))
    if _plain(node):
        return text
    kind = form_schema.kind(_schema_of(node, name))
    if kind == "boolean" and text.strip().lower() in ("yes", "no"):
        return text.strip().lower() == "yes"
    if kind == "string" and not text.lstrip().startswith('"'):
        return text
    return values.from_json(text) if _JSON.match(text) else text


def _schema_of(node: "Node", name: str) -> Schema:
    found = node.form.around.data_schemas.get(name) if _of_fields(node) else None
    return found if isinstance(found, dict) else {}


CONTROLS: tuple[Control, ...] = (NamedValues(),)
