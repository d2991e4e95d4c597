"""The files of a form: where it asks for one, and which ones its data name."""

from collections.abc import Callable, Iterator
from typing import Any

from engine.forms.nodes import Node, tree
from engine.forms.places import every
from engine.forms.schema import Schema
from engine.forms.uploads import StoredFile
from engine.pointers import MAX_KEYS, split


def takes_files(schema: Schema, ui_schema: dict[str, Any]) -> Callable[[str], bool]:
    """Whether a form asks for a file at a place, under whatever condition."""
    root = tree(schema, ui_schema)

    def asked(pointer: str) -> bool:
        keys = split(pointer)
        places = every(root, keys) if len(keys) <= MAX_KEYS else ()
        return any(place.control.uploads and not place.locked for place in places)

    return asked


def files(schema: Schema, ui_schema: dict[str, Any] | None, data: Any) -> Iterator[tuple[str, StoredFile]]:
    """Every file that the data names, with its place. A post can name any id: ask whose it is before use."""
    return _files(tree(schema, ui_schema, data), data)


def _files(node: Node, data: Any) -> Iterator[tuple[str, StoredFile]]:
    yield from ((node.pointer, file) for file in node.control.files(data))
    for child, inside in node.children(data):
        yield from _files(child, inside)
