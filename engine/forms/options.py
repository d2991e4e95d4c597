"""What can be chosen, with what is chosen marked."""

from collections.abc import Iterator
from typing import Any

from engine.forms import schema
from engine.forms.field import Option
from engine.forms.nodes import Node
from engine.forms.schema import Choice


def options(node: Node, value: Any) -> Iterator[Option]:
    if node.widget not in ("select", "radio", "checkboxes", "multiselect"):
        return
    picked = value if node.is_list and isinstance(value, list) else [value]
    closed = node.options.get("enumDisabled") or []
    found = [_option(at, choice, picked, closed) for at, choice in enumerate(node.choices)]
    chosen = any(option.selected for option in found)
    if node.widget == "select" and not (chosen and node.required):
        yield Option("", str(node.options.get("placeholder") or "Choose…"), not chosen, False)
    if node.widget == "radio" and not node.required:
        yield Option("", "No answer", not chosen, False)
    yield from found


def suggestions(node: Node) -> tuple[str, ...]:
    examples = node.schema.get("examples")
    if node.widget not in ("text", "email", "url", "number") or not isinstance(examples, list):
        return ()
    return tuple(schema.label(example) for example in examples)


def _option(at: int, choice: Choice, picked: list[Any], closed: list[Any]) -> Option:
    """A disabled choice that is selected stays enabled, for a browser would not post it."""
    selected = _is_in(picked, choice.value)
    return Option(str(at), choice.label, selected, not selected and _is_in(closed, choice.value))


def _is_in(values: list[Any], value: Any) -> bool:
    return any(schema.same(value, one) for one in values)
