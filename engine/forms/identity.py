"""Row identity: which stored row a row of a list is. It is the same when everything that cannot be changed is.

Rows that differ in nothing else are one another's equal.
"""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from msgspec import UNSET

from engine.forms.buttons import may_copy
from engine.forms.nodes import Node
from engine.forms.rows import new_row
from engine.forms.schema import digest

# Of stored rows that could be a given one.
MAX_TRIED = 10
Fits = Callable[[Node, Any, Any], bool]


def origins(node: Node, given: list[Any], held: list[Any], fits: Fits | None) -> list[int | None]:
    """Each given row's number in the stored list, None for a new one. No row is two of them, unless it may be copied.

    First those that are the same in all that is locked. Then, with `fits`, those whose own cells are: lists inside of
    them may have lost rows, and it tells whether a given row can have come from a stored one.
    """
    found = [at if at < min(node.fixed_rows, len(held)) else None for at in range(len(given))]
    for rows_inside in (True, False) if fits else (True,):
        free = _free(node, held, set(found), rows_inside)
        first = {identity: places[0] for identity, places in free.items()}
        for at in range(node.fixed_rows, len(given)):
            if found[at] is not None:
                continue
            identity = _identity(node, at, given[at], rows_inside)
            places = free.get(identity, deque())
            tried = () if rows_inside or fits is None else islice(places, MAX_TRIED)
            row = node.row(at)
            place = next((one for one in tried if fits and fits(row, given[at], held[one])), next(iter(places), None))
            if place is not None:
                places.remove(place)
            elif may_copy(node):
                place = first.get(identity)
            found[at] = place
    return found


def locked(node: Node, value: Any, rows_inside: bool = True) -> Any:
    """The part of a value that cannot be changed, UNSET where there is none."""
    if node.locked and not node.fixed:
        return value
    if node.has_fields and isinstance(value, dict):
        return dict(_locked_fields(node, value, rows_inside)) or UNSET
    if node.has_rows and isinstance(value, list) and rows_inside:
        parts = [locked(row, item) for row, item in node.children(value)]
        whole = [new_row(node.row(at)) if part is UNSET else part for at, part in enumerate(parts)]
        return whole if any(part is not UNSET for part in parts) else UNSET
    return UNSET


def _locked_fields(node: Node, value: dict[str, Any], rows_inside: bool) -> Iterator[tuple[str, Any]]:
    for child, inside in node.children(value):
        part = locked(child, inside, rows_inside)
        if part is not UNSET:
            yield child.key, part
    for key, item in value.items():
        if node.keeps(key):
            yield key, item


def _free(node: Node, held: list[Any], taken: set[int | None], rows_inside: bool) -> dict[str, deque[int]]:
    places: dict[str, deque[int]] = {}
    for at in range(node.fixed_rows, len(held)):
        if at not in taken:
            places.setdefault(_identity(node, at, held[at], rows_inside), deque()).append(at)
    return places


def _identity(node: Node, at: int, row: Any, rows_inside: bool) -> str:
    part = locked(node.row(at).at(row), row, rows_inside)
    return "" if part is UNSET else digest(part)
