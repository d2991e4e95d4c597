"""Hidden controls that are not data. No pointer looks like their names: those begin with "/" or "%"."""

from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from engine.forms import schema
from engine.forms.field import File, Marker
from engine.forms.nodes import Node
from engine.pointers import control_name


def present(pointer: str) -> str:
    """The control is shown; nothing posted for it means unticked, not absent."""
    return f"present:{control_name(pointer)}"


def rows(pointer: str) -> str:
    """How many rows are shown."""
    return f"rows:{control_name(pointer)}"


def row(pointer: str) -> str:
    """Which row of the stored list this one is."""
    return f"row:{control_name(pointer)}"


def empty(pointer: str) -> str:
    """What an empty control stands for here, where it isn't what the schema would suggest."""
    return f"empty:{control_name(pointer)}"


def pick(pointer: str) -> str:
    """Which variant of what is asked for was chosen."""
    return f"pick:{control_name(pointer)}"


def keep(pointer: str) -> str:
    """A file that was uploaded before, as JSON."""
    return f"keep:{control_name(pointer)}"


def drop(pointer: str) -> str:
    """The id of a kept file that is to go."""
    return f"drop:{control_name(pointer)}"


def place(name: str) -> str:
    """The name of the control that a marker speaks of."""
    word, found, rest = name.partition(":")
    return rest if found and word in ("present", "rows", "row", "empty", "pick", "keep", "drop") else name


def markers(node: Node, value: Any, text: str) -> Iterator[Marker]:
    if node.path and node.control.silent and (node.control.nests == "fields" or not node.read_only):
        yield Marker(present(node.pointer), "1")
    if node.control.nests == "rows":
        yield Marker(rows(node.pointer), str(len(value) if isinstance(value, list) else 0))
    nothing = UNSET if value is UNSET or node.fixed else node.control.emptied(node, value, text)
    if nothing is not UNSET and not schema.same(nothing, node.nothing):
        yield Marker(empty(node.pointer), schema.to_json(nothing))


def origin(node: Node, at: int | None) -> Iterator[Marker]:
    """Of a row in which something may be fixed: a row of one free value needs no past."""
    if at is not None and (node.locked or node.has_fields or node.has_rows):
        yield Marker(row(node.pointer), str(at))


def files(node: Node, value: Any) -> Iterator[File]:
    for file in node.control.files(value):
        part = Marker(keep(node.pointer), schema.to_json(file), "part")
        remove = Marker(drop(node.pointer), str(file["file"]), "part")
        yield File(str(file.get("name", "")), part, None if node.read_only else remove)
