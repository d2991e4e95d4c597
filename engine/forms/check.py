"""What a designer should mend in a uiSchema. None of it stops a form from being shown."""

from collections.abc import Iterator
from typing import Any

from engine.forms import widgets
from engine.forms.nodes import Node, tree
from engine.forms.schema import Schema
from engine.pointers import join

_STRUCTURE = ("items", "additionalItems", "additionalProperties", "anyOf", "oneOf", "definitions", "classNames")


def problems(schema: Schema, ui_schema: dict[str, Any] | None) -> list[tuple[str, str]]:
    """Each with its place in the data and a sentence."""
    return list(_problems(tree(schema, ui_schema or {})))


def _problems(node: Node) -> Iterator[tuple[str, str]]:
    name = node.label or "the form"
    wish = node.options.get("widget")
    if wish is not None and not widgets.known(wish):
        yield node.pointer, f'"{name}" asks for a control "{wish}" that does not exist.'
    if node.widget == "object":
        known = set(node.schema.get("properties") or {})
        yield from _strangers(node, known)
        yield from _order(node, known, name)
        if not node.repeated:
            for child in node.properties():
                yield from _problems(child)
    elif node.widget == "array" and not node.repeated:
        yield from _problems(node.row(0))


def _strangers(node: Node, known: set[str]) -> Iterator[tuple[str, str]]:
    for key in node.ui:
        if key not in known and key not in _STRUCTURE and not key.startswith("ui:"):
            yield join(node.pointer, key), f'The form describes a field "{key}" that its data does not have.'


def _order(node: Node, known: set[str], name: str) -> Iterator[tuple[str, str]]:
    order = node.options.get("order")
    if not isinstance(order, list) or "*" in order:
        return
    for key in sorted(known.difference(map(str, order))):
        yield join(node.pointer, key), f'The order of "{name}" leaves out "{key}", which is shown last.'
