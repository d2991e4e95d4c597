"""What keeps a form from being published: words that mean nothing here, and questions that no control can ask."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from msgspec import UNSET

from engine import schemas
from engine.forms import schema as form_schema
from engine.forms.controls import named, plain_name
from engine.forms.nodes import MAX_DEPTH, MAX_ROWS, Node, tree
from engine.forms.schema import CLASH, WHEN, Schema
from engine.forms.settled import VARIANTS, are_variants
from engine.forms.ui import OPTIONS, ROOT_ONLY, STRUCTURE, UI_SCHEMA
from engine.pointers import MAX_NAME, control_name, join, split
from engine.reasons import Reason, reason

MAX_FIELDS = 2000
_UNDRAWN = ("not", "dependencies", "additionalItems", "$dynamicRef")
_CODES = {"ui:order": "ui_order", "ui:classNames": "ui_class_names"}
Found = tuple[str, Reason]


def problems(schema: Schema, ui_schema: Any) -> list[Found]:
    """Each with a pointer into the uiSchema, where the field has its place even if nothing is written there."""
    shape = [(error.pointer, _about_word(error)) for error in schemas.validate(UI_SCHEMA, ui_schema)]
    if shape:
        return shape
    root = tree(schema, ui_schema)
    if root.kind != "object" or root.control.nests != "fields":
        return [("", reason("form_object"))]
    return list(_whole(root, ui_schema))


def _about_word(error: schemas.Error) -> Reason:
    """With the word it is about, not with the number of an entry."""
    words = [part for part in split(error.pointer) if not part.isdecimal()]
    word = words[-1] if words else "uiSchema"
    return reason("ui_word", word=word, why=reason(_CODES[word]) if word in _CODES else error.reason)


def _whole(root: Node, ui_schema: dict[str, Any]) -> Iterator[Found]:
    nodes = list(islice(_nodes(root, ""), MAX_FIELDS + 1))
    if len(nodes) > MAX_FIELDS:
        yield "", reason("form_large", most=MAX_FIELDS)
        return
    yield from _unknown_words("/ui:globalOptions", ui_schema.get("ui:globalOptions"), "")
    for node, place in nodes:
        yield from _of_place(node, place)


def _nodes(node: Node, place: str) -> Iterator[tuple[Node, str]]:
    """Every place that a blank form could show, with one row for each list, and its pointer in the uiSchema."""
    yield node, place
    if node.repeated:
        return
    seen = set()
    for way in node.ways():
        for child, _ in _inside(way):
            if (child.pointer, id(child.whole)) not in seen:
                seen.add((child.pointer, id(child.whole)))
                yield from _nodes(child, join(place, "items" if child.number else child.key))


def _inside(way: Node) -> Iterator[tuple[Node, Any]]:
    return way.children([UNSET] * (way.fixed_rows + bool(way.items))) if way.control.nests else iter(())


def _of_place(node: Node, place: str) -> Iterator[Found]:
    yield from ((place, why) for why in _undrawn(node))
    wish = node.options.get("widget")
    if wish == "password":
        yield join(place, "ui:widget"), reason("asks_password", label=node.label)
    elif wish is not None and not named(plain_name(wish)):
        yield join(place, "ui:widget"), reason("no_control", label=node.label, text=str(wish))
    if isinstance(node.ui, dict):
        yield from _unknown_words(place, node.ui, "ui:")
        yield from _unknown_words(join(place, "ui:options"), node.ui.get("ui:options"), "")
    if node.has_fields:
        yield from _strangers(node, place)
        yield from _order(node, place)


def _undrawn(node: Node) -> Iterator[Reason]:
    """What is hidden need not be drawn."""
    if node.widget != "hidden":
        words = dict.fromkeys(word for way in node.ways() for word in _UNDRAWN if word in way.schema)
        yield from (reason("word_undrawn", label=node.label, word=word) for word in words)
        if _has_two_choices(node):
            yield reason("variants_undrawn", label=node.label)
        if WHEN in node.whole and not all(way.has_fields for way in node.ways()):
            yield reason("conditions_undrawn", label=node.label)
    if len(control_name(node.pointer)) > MAX_NAME:
        yield reason("name_long", label=node.label, most=MAX_NAME)
    if len(node.path) > MAX_DEPTH:
        yield reason("field_deep", label=node.label, most=MAX_DEPTH)
    least = node.schema.get("minItems")
    if node.control.nests == "rows" and form_schema.is_number(least) and least > node.drawn_rows:
        yield reason("rows_undrawn", label=node.label, least=least, most=min(node.drawn_rows, MAX_ROWS))


def _has_two_choices(node: Node) -> bool:
    if sum(are_variants(node.whole.get(word)) for word in VARIANTS) > 1:
        return True
    return any(CLASH in way.schema and not form_schema.has_choices(way.schema) for way in node.ways())


def _unknown_words(place: str, ui: Any, prefix: str) -> Iterator[Found]:
    known = {f"{prefix}{name}" for name in OPTIONS}.union(STRUCTURE, ROOT_ONLY if not place else ())
    for key in ui if isinstance(ui, dict) else ():
        if key.startswith(prefix) and key not in known:
            yield join(place, key), reason("word_meaningless", word=key)


def _strangers(node: Node, place: str) -> Iterator[Found]:
    order = node.options.get("order")
    listed = [name for name in order if name != "*"] if isinstance(order, list) else []
    written = [key for key in node.ui if key not in STRUCTURE and not key.startswith("ui:")]
    for key in dict.fromkeys([*written, *map(str, listed)]):
        if key not in node.claimed:
            yield join(place, key), reason("shows_no_field", field=key)


def _order(node: Node, place: str) -> Iterator[Found]:
    order = node.options.get("order")
    if not isinstance(order, list) or "*" in order:
        return
    for key in sorted(set(node.claimed).difference(map(str, order))):
        yield join(place, key), reason("order_lacks", label=node.label, field=key)
