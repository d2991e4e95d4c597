"""Buttons that change the number or order of rows. Each posts the whole form with what it wants done."""

from engine.forms.field import Button
from engine.forms.nodes import Node


def of_list(node: Node, count: int, label: str) -> tuple[Button, ...]:
    if not may_add(node, count):
        return ()
    title = node.items.get("title")
    words = f"Add {_within_sentence(str(title))}" if title else "Add"
    return (Button("add", f"add:{node.pointer}", words, f"{words} to {label}"),)


def of_row(node: Node, row: Node, count: int, label: str) -> tuple[Button, ...]:
    if node.read_only or row.number is None or row.number <= node.fixed_rows:
        return ()
    at, found = row.number - 1, []
    if may_move(node) and count - node.fixed_rows > 1:
        up, down = f"move:{row.pointer}/{at - 1}", f"move:{row.pointer}/{at + 1}"
        found.append(Button("up", up, "Up", f"Move {label} up", at == node.fixed_rows))
        found.append(Button("down", down, "Down", f"Move {label} down", at == count - 1))
    if may_copy(node) and may_add(node, count):
        found.append(Button("copy", f"copy:{row.pointer}", "Copy", f"Copy {label}"))
    if may_remove(node, count):
        found.append(Button("remove", f"remove:{row.pointer}", "Remove", f"Remove {label}"))
    return tuple(found)


def _within_sentence(title: str) -> str:
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def may_add(node: Node, count: int) -> bool:
    return not node.read_only and bool(node.options.get("addable", True)) and count < node.most_rows


def may_remove(node: Node, count: int) -> bool:
    return not node.read_only and bool(node.options.get("removable", True)) and count > node.least_rows


def may_move(node: Node) -> bool:
    return not node.read_only and bool(node.options.get("orderable", True))


def may_copy(node: Node) -> bool:
    return not node.read_only and bool(node.options.get("copyable"))
