"""Text inputs: one line, several lines, e-mail and web addresses."""

import re
from typing import TYPE_CHECKING, Any

from engine.forms import schema as form_schema
from engine.forms.controls import FORMAT, TYPE, Control, Limits
from engine.forms.controls.number import number_limits
from engine.forms.offer import LENGTHS, LINES, PATTERN, PLACEHOLDER, Offer
from engine.forms.schema import Schema

if TYPE_CHECKING:
    from engine.forms.nodes import Node

_CLASS = re.compile(r"((?<!\\)\[\^?)((?:\\.|[^\\\]])+)\]")
_EDGE_OR_SYNTAX = re.compile(r"(?<!\\)(?:^-|-$|[(){}/|])")
EXAMPLE: Schema = {"ui:placeholder": PLACEHOLDER}
_INPUT_TYPES = {"text", "search", "tel", "email", "url", "password"}


class Text(Control):
    """A colour or a range is typed, too, for its own control always posts a value."""

    name = "text"
    offer = Offer(
        "Text",
        "pencil",
        10,
        {"type": "string", "maxLength": 200},
        settings={"ui:placeholder": PLACEHOLDER, **LENGTHS, "pattern": PATTERN},
    )
    names: tuple[str, ...] = ("password", "hostname", "ipv4", "ipv6", "color")
    asks = frozenset({"string", "number", "integer"})
    input_type = "text"
    suggests = True

    def usual(self, schema: Schema, items: Schema) -> int:
        return TYPE if self.fits(schema, items) and form_schema.kind(schema) == "string" else 0

    def template(self, node: "Node", text: str) -> str:
        """An input of one line would lose the line breaks."""
        return "textarea" if "\n" in text and not node.read_only else super().template(node, text)

    def limits(self, node: "Node") -> Limits:
        if node.kind in ("number", "integer"):
            return number_limits(node)
        found = lengths(node)
        if isinstance(node.schema.get("pattern"), str):
            # HTML wants the whole text to match, JSON Schema any part of it.
            found["pattern"] = f".*(?:{_for_browsers(node.schema['pattern'])}).*"
        return found

    def type(self, node: "Node", text: str) -> str:
        wish = "password" if node.options.get("widget") == "password" else node.options.get("inputType")
        return str(wish) if wish in _INPUT_TYPES else self.input_type


def _for_browsers(pattern: str) -> str:
    """Browsers read patterns with the flag `v`: inside of [ ] these characters do not stand for themselves there."""
    return _CLASS.sub(lambda found: found[1] + _EDGE_OR_SYNTAX.sub(r"\\\g<0>", found[2]) + "]", pattern)


class TextArea(Control):
    name = "textarea"
    offer = Offer(
        "Long text",
        "file-text",
        11,
        {"type": "string", "maxLength": 2000},
        ui={"ui:widget": "textarea"},
        settings={"ui:placeholder": PLACEHOLDER, "ui:rows": LINES, **LENGTHS},
    )
    asks = frozenset({"string"})

    def is_empty(self, text: str) -> bool:
        return not text

    def limits(self, node: "Node") -> Limits:
        rows = node.options.get("rows")
        return {**lengths(node), "rows": rows if isinstance(rows, int) else 4}

    def display(self, node: "Node", value: Any, siblings: Any) -> tuple[str, str]:
        text, kind = super().display(node, value, siblings)
        return text, "long" if isinstance(value, str) else kind


class Address(Text):
    """`form`: the format of JSON Schema that it is for."""

    names: tuple[str, ...] = ()
    form: str
    asks = frozenset({"string"})

    def usual(self, schema: Schema, items: Schema) -> int:
        return FORMAT if self.fits(schema, items) and schema.get("format") == self.form else 0

    def type(self, node: "Node", text: str) -> str:
        return self.input_type

    def value(self, node: "Node", text: str) -> str:
        return text.strip()

    def display(self, node: "Node", value: Any, siblings: Any) -> tuple[str, str]:
        return (value, self.name) if isinstance(value, str) else super().display(node, value, siblings)


class Email(Address):
    name = form = input_type = "email"
    offer = Offer("E-mail address", "mail", 12, {"type": "string", "format": "email"}, settings=EXAMPLE)


class Url(Address):
    name = input_type = "url"
    offer = Offer("Web address", "link", 13, {"type": "string", "format": "uri"}, settings=EXAMPLE)
    names = ("uri",)
    form = "uri"


def lengths(node: "Node") -> Limits:
    return {
        html: node.schema[word]
        for html, word in (("minlength", "minLength"), ("maxlength", "maxLength"))
        if isinstance(node.schema.get(word), int) and node.schema[word] > 0
    }


CONTROLS: tuple[Control, ...] = (Text(), TextArea(), Email(), Url())
