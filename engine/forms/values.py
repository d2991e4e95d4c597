"""One value as the text of its control, and back. The type comes from the schema, never from the text."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from engine import money, numbers
from engine.forms import schema
from engine.forms.nodes import Node

MAX_JSON, MAX_JSON_DEPTH = 300_000, 60
_WITHOUT_ZONE = re.compile(r"\d{4,}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?", re.ASCII)
_IN_UTC = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?)Z", re.ASCII)
_CODE = re.compile("[A-Z]{3}", re.ASCII)


class Typed(str):
    """What somebody typed and we could not read, kept in the place of its value to be shown again."""

    __slots__ = ()


class Unreadable(Exception):
    """What was typed is no value of this place; `keyword` names the kind of trouble."""

    def __init__(self, keyword: str, message: str) -> None:
        super().__init__(message)
        self.keyword = keyword
        self.message = message


def encode(node: Node, value: Any) -> str:
    """What was typed and could not be read is shown again as it was typed."""
    if node.widget == "json":
        return schema.to_json(value, indent=2)
    if node.is_list:
        return schema.to_json(value)
    if node.choices:
        name = schema.digest(value)
        return name if name in node.choices else ""
    if isinstance(value, str):
        in_utc = node.widget == "datetime" and not node.read_only and _IN_UTC.fullmatch(value)
        return in_utc[1] if in_utc else value
    if node.widget == "money" and schema.is_number(value):
        return money.written(value, currency(node))
    return numbers.written(value) if schema.is_number(value) else schema.to_json(value)


def decode(node: Node, text: str) -> Any:
    """The value of a text that is not empty; raises Unreadable."""
    if "\x00" in text:
        raise Unreadable("characters", "This contains a character that cannot be kept.")
    if node.choices and node.widget != "json" and not node.is_list:
        return chosen(node, text)
    return _DECODERS.get(_reading(node), _text)(node, text)


def chosen(node: Node, text: str) -> Any:
    if text not in node.choices:
        raise Unreadable("enum", "Choose one of the options. What was chosen is not offered here.")
    return node.choices[text].value


def from_json(text: str) -> Any:
    """Raises Unreadable."""
    if len(text) > MAX_JSON:
        raise Unreadable("json", f"This is longer than {MAX_JSON} characters.")
    try:
        return _exact(schema.from_json(text))
    except msgspec.DecodeError as problem:
        raise Unreadable("json", f"This is not JSON: {problem}.") from problem
    except numbers.Unreadable as problem:
        raise Unreadable("json", str(problem)) from problem
    except RecursionError as problem:
        raise Unreadable("json", "This is nested too deeply.") from problem


def currency(node: Node, siblings: Any = None) -> str:
    """The code that the uiSchema gives, or that stands in the field beside it which the uiSchema names."""
    named = node.options.get("money", node.options.get("currency"))
    if isinstance(named, str) and not _CODE.fullmatch(named) and isinstance(siblings, dict):
        named = siblings.get(named)
    return named if isinstance(named, str) and _CODE.fullmatch(named) else ""


def is_same_moment(node: Node, one: Any, other: Any) -> bool:
    """A browser shortens what it is given: 10:15:00.000 comes back as 10:15."""
    if node.widget != "datetime" or not isinstance(one, str) or not isinstance(other, str):
        return False
    try:
        return datetime.fromisoformat(one) == datetime.fromisoformat(other)
    except (ValueError, TypeError):
        return False


def is_empty(node: Node, text: str) -> bool:
    return not text if node.widget in ("hidden", "textarea") else not text.strip()


def _reading(node: Node) -> str:
    if node.widget == "hidden" or node.read_only or node.is_list:
        return node.kind if node.kind in ("string", "number", "integer") else "json"
    return node.widget if node.widget in _DECODERS else node.kind


def _text(node: Node, text: str) -> str:
    return text


def _trimmed(node: Node, text: str) -> str:
    return text.strip()


def _moment(node: Node, text: str) -> str:
    """A browser's field for date and time knows no zone: it is read as UTC, which its help says."""
    text = text.strip()
    if not (match := _WITHOUT_ZONE.fullmatch(text)):
        return text
    return f"{text}Z" if match[1] else f"{text}:00Z"


def _number(node: Node, text: str) -> int | Decimal:
    try:
        return numbers.read(text)
    except numbers.Unreadable as problem:
        raise Unreadable("type", str(problem)) from problem


def _money(node: Node, text: str) -> int | Decimal:
    try:
        return money.read(text, currency(node))
    except numbers.Unreadable as problem:
        raise Unreadable("type", str(problem)) from problem


def _json(node: Node, text: str) -> Any:
    return from_json(text)


def _exact(value: Any, depth: int = 0) -> Any:
    """As it was read, with numbers of too many digits and characters that can't be kept refused."""
    if depth > MAX_JSON_DEPTH:
        raise RecursionError
    if isinstance(value, str) and "\x00" in value:
        raise Unreadable("json", "This contains a character that cannot be kept.")
    if isinstance(value, dict):
        return {_exact(key): _exact(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_exact(item, depth + 1) for item in value]
    return numbers.plain(Decimal(value)) if isinstance(value, int) and not isinstance(value, bool) else value


_DECODERS: dict[str, Callable[[Node, str], Any]] = {
    "number": _number,
    "integer": _number,
    "money": _money,
    "json": _json,
    "date": _trimmed,
    "time": _trimmed,
    "datetime": _moment,
    "email": _trimmed,
    "url": _trimmed,
}
