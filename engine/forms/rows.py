"""What a form starts with, and what its buttons do to the rows of its lists."""

import copy
from typing import Any

from msgspec import UNSET

from engine.forms import buttons
from engine.forms.nodes import Node, tree
from engine.forms.places import find, grown
from engine.forms.schema import Schema
from engine.pointers import index, split

MOST_FILLED = 100


def initial(schema: Schema, ui_schema: dict[str, Any] | None = None, data: Any = None) -> Any:
    """The state that the first page shows: `data`, and the schema's defaults for what it does not say."""
    value = _filled(tree(schema, ui_schema, data), UNSET if data is None else data)
    return None if value is UNSET else value


def shape(schema: Schema, ui_schema: dict[str, Any] | None, data: Any, action: str) -> Any:
    """The data after a button: "add:/list", "remove:/list/1", "copy:/list/1", "move:/list/1/0" (to the top).

    Whatever the form would not offer leaves the data as it is.
    """
    verb, _, pointer = action.partition(":")
    keys = split(pointer)
    target = index(keys.pop()) if verb == "move" and keys else None
    at = index(keys.pop()) if verb != "add" and keys else None
    found = find(tree(schema, ui_schema, data), data, keys)
    if found is None or found[0].control.nests != "rows" or found[0].read_only:
        return data
    node, rows = found
    changed = _changed(node, list(rows) if isinstance(rows, list) else [], verb, at, target)
    return data if changed is None else _placed(data, keys, changed)


def _filled(node: Node, value: Any) -> Any:
    """Explicit data first, then the default around it, then the defaults inside."""
    if value is UNSET:
        value = copy.deepcopy(node.schema.get("default", UNSET))
    node = node.at(value)
    node = node.at(value, node.variant)
    if node.fixed:
        return node.schema["const"] if value is UNSET else value
    if node.control.nests == "fields" and (value is UNSET or isinstance(value, dict)):
        return _filled_object(node, value)
    if node.control.nests == "rows" and (value is UNSET or isinstance(value, list)):
        return _filled_rows(node, value)
    return node.control.start(node) if value is UNSET else value


def _filled_object(node: Node, value: Any) -> Any:
    if node.repeated and value is UNSET:
        return node.nothing
    given = {} if value is UNSET else value
    node, found, _ = grown(node, given, lambda child: _filled(child, given.get(child.key, UNSET)))
    found = {**{key: item for key, item in given.items() if key not in node.claimed}, **found}
    blank = value is UNSET and node.is_blank(found)
    return node.nothing if blank and not isinstance(node.nothing, dict) else found


def _filled_rows(node: Node, value: Any) -> Any:
    given = [] if value is UNSET else value
    endless = node.repeated or node.path.count(None) > 1
    least = 0 if endless else min(node.least_rows, MOST_FILLED)
    missing = [UNSET] * (least - len(given))
    rows = [_filled(row, item) for row, item in node.children([*given, *missing])]
    return [None if row is UNSET else row for row in rows] or (given if value is not UNSET else node.nothing)


def _changed(node: Node, rows: list[Any], verb: str, at: int | None, target: int | None) -> list[Any] | None:
    if verb == "add" and buttons.may_add(node, len(rows)):
        return [*rows, new_row(node.row(len(rows)))]
    if at is None or not node.fixed_rows <= at < len(rows):
        return None
    if verb == "remove" and buttons.may_remove(node, len(rows)):
        return rows[:at] + rows[at + 1 :]
    if verb == "copy" and buttons.may_copy(node) and buttons.may_add(node, len(rows)):
        return [*rows[: at + 1], copy.deepcopy(rows[at]), *rows[at + 1 :]]
    if verb == "move" and buttons.may_move(node) and target is not None and node.fixed_rows <= target < len(rows):
        rest = rows[:at] + rows[at + 1 :]
        return [*rest[:target], rows[at], *rest[target:]]
    return None


def new_row(row: Node) -> Any:
    """What a row is before anybody wrote into it."""
    value = begun(row)
    return None if value is UNSET else value


def begun(node: Node) -> Any:
    """What a place holds when it appears; UNSET for nothing."""
    return _filled(node, UNSET)


def _placed(data: Any, keys: list[str], value: Any) -> Any:
    """A copy of the data with the value there; groups on the way that did not exist yet are made."""
    if not keys:
        return value
    if isinstance(data, list):
        at = int(keys[0])
        if at >= len(data):
            return data
        return [*data[:at], _placed(data[at], keys[1:], value), *data[at + 1 :]]
    held = data if isinstance(data, dict) else {}
    return {**held, keys[0]: _placed(held.get(keys[0]), keys[1:], value)}
