"""Places of a form: looked up by their keys, as they can be drawn, and field by field as conditions ask for them."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from engine.forms.controls import named
from engine.forms.field import FormError
from engine.forms.nodes import Node
from engine.forms.settled import is_open
from engine.pointers import index, look


def find(node: Node, value: Any, keys: list[str]) -> tuple[Node, Any] | None:
    """The place inside of this one that the keys lead to, and its value; a row need not exist yet."""
    for key in keys:
        at = index(key)
        if node.control.nests == "rows" and at is not None:
            value = look(value, [key])
            node = node.row(at).at(value)
            continue
        inside = node.children(value) if node.control.nests == "fields" else ()
        found = next((one for one in inside if one[0].key == key), None)
        if not found:
            return None
        node, value = found
    return node, value


def every(node: Node, keys: list[str]) -> Iterator[Node]:
    """What may stand at the end of the keys, under whatever conditions."""
    if not keys:
        yield from node.ways()
        return
    at = index(keys[0])
    for way in node.ways():
        if way.control.nests == "rows" and at is not None:
            yield from every(way.row(at), keys[1:])
        elif way.control.nests == "fields":
            yield from (one for child in way.fields() if child.key == keys[0] for one in every(child, keys[1:]))


def drawn(node: Node, value: Any) -> Node:
    """Asks for JSON where the data has another shape than the controls, or where they would never end."""
    if node.control.nests == "fields":
        fits = value is None or isinstance(value, dict) or (value is UNSET and not node.endless)
    elif node.control.nests == "rows":
        fits = value is UNSET or value is None or (isinstance(value, list) and len(value) <= node.drawn_rows)
    else:
        fits = True
    return node if fits else replace(node, control=named("json")[0])


def grown(node: Node, given: Any, value: Callable[[Node], Any]) -> tuple[Node, dict[str, Any], list[Node]]:
    """A group whose fields are found one after the other, since what one holds decides whether another is asked for.

    Gives the group as it is then, its fields' values, and the places that turned out not to be asked for. Each field's
    value is found once; conditions that never come to rest are left after as many turns as there are fields.
    """
    now, found = node.at(given), dict[str, Any]()
    asked: dict[str, tuple[Node, Any]] = {}
    for _ in range(len(node.claimed) + 2):
        fields = list(now.fields())
        fresh = [child for child in fields if child.key not in asked]
        asked |= {child.key: (child, value(child)) for child in fresh}
        after = {child.key: asked[child.key][1] for child in fields if asked[child.key][1] is not UNSET}
        settled = not fresh and after.keys() == found.keys()
        found = after
        if settled or not is_open(node.whole):
            break
        now = node.at(found)
    return now, found, [child for key, (child, _) in asked.items() if key not in now.named]


def without(errors: list[FormError], places: list[Node]) -> list[FormError]:
    """Those that are not about these places."""
    return [
        error for error in errors if not any(f"{error.pointer}/".startswith(f"{place.pointer}/") for place in places)
    ]
