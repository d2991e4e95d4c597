"""Attributes of a control that follow from its schema, so that a browser can help before the post."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

from engine import numbers
from engine.forms.nodes import Node
from engine.forms.schema import is_number

Limits = dict[str, str | int]

_INPUT_TYPES = {"text", "search", "tel", "email", "url", "password"}
_NATIVE = {"text", "number", "email", "url", "date", "time", "datetime"}
_SHAPES = {
    "number": r"-?\d+(\.\d+)?",
    "date": r"\d{4}-\d\d-\d\d",
    "time": r"\d\d:\d\d(:\d\d)?",
    "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?",
}
_CALENDAR: dict[str, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime": datetime.fromisoformat,
}


def limits(node: Node, text: str) -> Limits:
    found: Limits = {}
    if node.widget in ("text", "textarea", "email", "url"):
        found |= _of_text(node)
    if node.widget in ("number", "text") and node.kind in ("number", "integer"):
        found |= _of_number(node)
    if node.widget == "textarea":
        rows = node.options.get("rows")
        found["rows"] = rows if isinstance(rows, int) else 4
    if node.widget == "file" and node.options.get("accept"):
        found["accept"] = str(node.options["accept"])
    if node.options.get("autocomplete"):
        found["autocomplete"] = str(node.options["autocomplete"])
    if node.options.get("autofocus"):
        found["autofocus"] = ""
    if node.widget in _NATIVE:
        found["type"] = _input_type(node, text)
    return found


def open_bounds(node: Node) -> str:
    """Bounds that HTML has no attribute for, in words."""
    over, under = node.schema.get("exclusiveMinimum"), node.schema.get("exclusiveMaximum")
    if node.kind != "number" and not (node.kind == "integer" and node.widget == "money"):
        return ""
    words = [f"more than {numbers.written(over)}"] if is_number(over) else []
    words += [f"less than {numbers.written(under)}"] if is_number(under) else []
    return " and ".join(words).capitalize() + "." if words else ""


def _of_text(node: Node) -> Limits:
    schema = node.schema
    found: Limits = {
        html: schema[word]
        for html, word in (("minlength", "minLength"), ("maxlength", "maxLength"))
        if isinstance(schema.get(word), int) and schema[word] > 0
    }
    if isinstance(schema.get("pattern"), str) and node.widget != "textarea":
        # HTML wants the whole text to match, JSON Schema any part of it.
        found["pattern"] = f".*(?:{schema['pattern']}).*"
    return found


def _of_number(node: Node) -> Limits:
    schema, found = node.schema, Limits()
    least = _bounds(node, "minimum", "exclusiveMinimum", 1)
    most = _bounds(node, "maximum", "exclusiveMaximum", -1)
    if least:
        found["min"] = numbers.written(max(least))
    if most:
        found["max"] = numbers.written(min(most))
    multiple = schema.get("multipleOf")
    # A browser counts its steps from the minimum, JSON Schema from zero.
    if is_number(multiple) and multiple > 0 and not Decimal(max(least, default=0)) % Decimal(multiple):
        return found | {"step": numbers.written(multiple)}
    return found | {"step": 1 if node.kind == "integer" else "any"}


def _bounds(node: Node, closed: str, opened: str, step: int) -> list[int | Decimal]:
    """A whole number beyond 5 is at least 6; of others the bound itself is the best that HTML can say."""
    bound, beyond = node.schema.get(closed), node.schema.get(opened)
    bounds = [bound] if is_number(bound) else []
    if is_number(beyond):
        bounds.append(beyond + step if node.kind == "integer" and isinstance(beyond, int) else beyond)
    return bounds


def _input_type(node: Node, text: str) -> str:
    wish = "password" if node.options.get("widget") == "password" else node.options.get("inputType")
    if node.widget == "text" and wish in _INPUT_TYPES:
        return str(wish)
    if text and not _survives(node.widget, text):
        return "text"
    return "datetime-local" if node.widget == "datetime" else node.widget


def _survives(widget: str, text: str) -> bool:
    """Whether a browser keeps the text in a control of this type, instead of emptying it."""
    if widget not in _SHAPES:
        return True
    if not re.fullmatch(_SHAPES[widget], text, re.ASCII):
        return False
    try:
        _CALENDAR.get(widget, str)(text)
    except ValueError:
        return False
    return True
