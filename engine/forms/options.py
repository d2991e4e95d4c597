"""What can be chosen, with what is chosen marked."""

from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from engine.forms import schema
from engine.forms.field import Option
from engine.forms.nodes import Node


def options(node: Node, value: Any) -> Iterator[Option]:
    """A disabled choice that is selected stays enabled, for a browser would not post it."""
    if node.widget not in ("select", "radio", "checkboxes", "multiselect"):
        return
    picked = _names(value if node.is_list and isinstance(value, list) else [value])
    closed = _names(node.options.get("enumDisabled") or [])
    chosen = not picked.isdisjoint(node.choices)
    if node.widget == "select" and not (chosen and node.required):
        yield Option("", str(node.options.get("placeholder") or "Choose…"), not chosen, False)
    if node.widget == "radio" and not node.required:
        yield Option("", "No answer", not chosen, False)
    for name, choice in node.choices.items():
        yield Option(name, choice.label, name in picked, name in closed and name not in picked)


def _names(values: list[Any]) -> set[str]:
    return {schema.digest(value) for value in values if value is not UNSET}


def suggestions(node: Node) -> tuple[str, ...]:
    examples = node.schema.get("examples")
    if node.widget not in ("text", "email", "url", "number") or not isinstance(examples, list):
        return ()
    return tuple(schema.label(example) for example in examples)
