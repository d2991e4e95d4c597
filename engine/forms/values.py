"""One value as the text of its control, and back. The type comes from the schema, never from the text."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from engine import numbers
from engine.forms import schema
from engine.reasons import Reason, reason

if TYPE_CHECKING:
    from engine.forms.nodes import Node

MAX_JSON, MAX_JSON_DEPTH = 300_000, 60


class Typed(str):
    """What somebody typed and we could not read, kept in the place of its value to be shown again."""

    __slots__ = ()


class Picked(Typed):
    """Stands in the place of a value that is still empty: `variant` is the name of the one that was picked for it."""

    __slots__ = ("variant",)
    variant: str


def picked(variant: str) -> Picked:
    made = Picked("")
    made.variant = variant
    return made


class Unreadable(Exception):
    """What was typed is no value of this place; `keyword` names the kind of trouble."""

    def __init__(self, keyword: str, why: Reason) -> None:
        super().__init__(why.code)
        self.keyword = keyword
        self.reason = why


def text(node: "Node", value: Any) -> str:
    """As most controls write it."""
    if node.is_list:
        return schema.to_json(value)
    if node.choices:
        name = schema.digest(value)
        return name if name in node.choices else ""
    if isinstance(value, str):
        return value
    return numbers.written(value) if schema.is_number(value) else schema.to_json(value)


def decode(node: "Node", text: str) -> Any:
    """The value of a text that is not empty; raises Unreadable."""
    if "\x00" in text:
        raise Unreadable("characters", reason("odd_character"))
    if node.choices and node.widget != "json" and not node.is_list:
        return chosen(node, text)
    if node.locked or node.is_list:
        return plain(node, text)
    return node.control.value(node, text)


def plain(node: "Node", text: str) -> Any:
    """By the type alone."""
    if node.kind in ("number", "integer"):
        return number(text)
    return text if node.kind == "string" else from_json(text)


def number(text: str) -> int | Decimal:
    """Raises Unreadable."""
    try:
        return numbers.read(text)
    except numbers.Unreadable as problem:
        raise Unreadable("type", problem.reason) from problem


def chosen(node: "Node", text: str) -> Any:
    if text not in node.choices:
        raise Unreadable("enum", reason("not_offered"))
    return node.choices[text].value


def from_json(text: str) -> Any:
    """Raises Unreadable."""
    if len(text) > MAX_JSON:
        raise Unreadable("json", reason("json_long", most=MAX_JSON))
    try:
        return _exact(schema.from_json(text))
    except msgspec.DecodeError as problem:
        raise Unreadable("json", reason("no_json", error=str(problem))) from problem
    except numbers.Unreadable as problem:
        raise Unreadable("json", problem.reason) from problem
    except RecursionError as problem:
        raise Unreadable("json", reason("too_deep")) from problem


def _exact(value: Any, depth: int = 0) -> Any:
    """As it was read, with numbers of too many digits and characters that can't be kept refused."""
    if depth > MAX_JSON_DEPTH:
        raise RecursionError
    if isinstance(value, str) and "\x00" in value:
        raise Unreadable("json", reason("odd_character"))
    if isinstance(value, dict):
        return {_exact(key): _exact(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_exact(item, depth + 1) for item in value]
    return numbers.plain(Decimal(value)) if isinstance(value, int) and not isinstance(value, bool) else value
