"""Attributes of a control by which a browser helps before the post."""

from engine.forms.controls import Limits
from engine.forms.nodes import Node


def limits(node: Node, text: str) -> Limits:
    found = node.control.limits(node)
    if node.options.get("autocomplete"):
        found["autocomplete"] = str(node.options["autocomplete"])
    if node.options.get("autofocus"):
        found["autofocus"] = ""
    if node.control.input_type:
        found["type"] = node.control.type(node, text)
    return found
