"""Values as people read them: on task pages, in mails and reports. Nothing here can be typed back."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from msgspec import UNSET

from engine import numbers
from engine.forms import schema as form_schema
from engine.forms.controls import LONG
from engine.forms.nodes import Node, tree
from engine.forms.schema import Schema

HIDDEN = "•••"
# Of data that no schema describes: members told one by one, groups inside of groups, letters of a value.
MAX_MEMBERS, MAX_GROUPS, MAX_TEXT = 30, 2, 500

_FILE_ID = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)


class Shown(NamedTuple):
    """`kind`: text, long, number, money, date, time, datetime, email, url, or "file:" and the file's id.

    A sum that the form shows and lets nobody change is "money:locked".
    """

    label: str
    value: str
    kind: str


def describe(schema: Schema, ui_schema: dict[str, Any] | None, data: Any, *, masked: bool = False) -> list[Shown]:
    """What has been answered, in the order of the uiSchema; `masked` hides what it calls sensitive."""
    return list(_described(tree(schema, ui_schema, data), data, (), None, masked))


def shown(node: Node, value: Any, siblings: Any = None, *, masked: bool = False) -> str:
    parts = _described(node.at(value), value, (), siblings, masked)
    return ", ".join(f"{part.label}: {part.value}" if part.label else part.value for part in parts)


def _described(node: Node, value: Any, around: tuple[str, ...], siblings: Any, masked: bool) -> Iterator[Shown]:
    name = ": ".join(part for part in around if part)
    if value is UNSET or value in (None, "", [], {}) or node.widget == "hidden":
        return
    if masked and node.options.get("sensitive"):
        yield Shown(name, HIDDEN, "text")
    elif node.control.nests == "fields" and isinstance(value, dict):
        for child, inside in node.children(value):
            yield from _described(child, inside, (*around, child.label), value, masked)
    elif node.control.nests == "rows" and isinstance(value, list):
        yield from _list(node, value, around, masked)
    elif files := node.control.files(value):
        yield from (_file(name, file) for file in files)
    elif isinstance(value, dict) and not node.choices:
        yield from _members(name, value)
    else:
        text, kind = node.control.display(node, value, siblings)
        yield Shown(name, text, "money:locked" if kind == "money" and node.read_only else kind)


def _members(name: str, value: dict[str, Any]) -> Iterator[Shown]:
    """An object that no schema describes, so far as it can be read at a glance."""
    found = list(islice(_flat(value, ()), MAX_MEMBERS + 1))
    for keys, text in found[:MAX_MEMBERS]:
        yield Shown(": ".join(filter(None, (name, *keys))), text, "long" if len(text) > LONG else "text")
    if len(found) > MAX_MEMBERS:
        yield Shown(name, "There is more than can be shown here.", "text")


def _flat(value: dict[str, Any], around: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, member in value.items():
        keys = (*around, key[:LONG])
        if isinstance(member, dict) and len(keys) < MAX_GROUPS:
            yield from _flat(member, keys)
        elif member not in (None, "", [], {}):
            yield keys, _cut(_read(member))


def _read(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {form_schema.label(member)}" for key, member in value.items())
    if isinstance(value, list):
        return ("; " if any(isinstance(item, dict) for item in value) else ", ").join(map(_read, value))
    return numbers.written(value) if form_schema.is_number(value) else form_schema.label(value)


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def _file(label: str, file: dict[str, Any]) -> Shown:
    """Only an id leads somewhere; what else stands in its place is text."""
    key, name = str(file["file"]), str(file.get("name") or file["file"])
    return Shown(label, name, f"file:{key}" if _FILE_ID.fullmatch(key) else "text")


def _list(node: Node, value: list[Any], around: tuple[str, ...], masked: bool) -> Iterator[Shown]:
    """One line for a list of plain values, one line per row for a list of groups."""
    rows = list(node.children(value))
    if all(not row.control.nests and not row.control.uploads for row, _ in rows):
        texts = [row.control.display(row, item, None)[0] for row, item in rows if item not in (None, "")]
        if texts:
            yield Shown(": ".join(around), ", ".join(texts), "text")
        return
    for row, item in rows:
        parts = list(_described(row, item, (), None, masked))
        if any(part.kind.startswith("file:") for part in parts):
            yield from _described(row, item, (*around[:-1], row_label(node, row)), None, masked)
        elif parts:
            text = ", ".join(f"{part.label}: {part.value}" if part.label else part.value for part in parts)
            yield Shown(": ".join((*around[:-1], row_label(node, row))), text, "text")


def row_label(node: Node, row: Node) -> str:
    title = row.options.get("title") or row.schema.get("title") or node.label
    return str(title) if is_titled_position(node, row) else f"{title} {row.number}"


def is_titled_position(node: Node, row: Node) -> bool:
    """A row that always stands at its place, under a name of its own."""
    titled = row.options.get("title") or row.schema.get("title")
    return bool(titled) and (row.number or 0) <= node.fixed_rows
