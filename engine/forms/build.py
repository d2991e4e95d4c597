"""Schema, uiSchema, data and errors in; the tree of fields to show out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from msgspec import UNSET

from engine.forms import hidden
from engine.forms import schema as form_schema
from engine.forms.buttons import of_list, of_row
from engine.forms.display import is_titled_position, row_label, shown
from engine.forms.field import Button, Field, FormError, Option
from engine.forms.limits import limits
from engine.forms.nodes import Node, tree
from engine.forms.places import drawn
from engine.forms.schema import Schema
from engine.forms.surroundings import NOWHERE, Surroundings
from engine.forms.ui import WIDTHS
from engine.forms.values import Picked, Typed
from engine.forms.writable import origins
from engine.pointers import control_name, element_id
from engine.wording.sentences import sentence

NAMELESS = "(no name)"
# A form that is one control.
WHOLE = "Answer"


@dataclass(frozen=True, slots=True)
class _Place:
    """`demanded`: nothing optional lies around it, so that a browser may insist on an answer; `held`: what is
    stored of it; `origin`: which row of the stored list it is."""

    prefix: str
    demanded: bool = True
    label: str = ""
    row: int | None = None
    siblings: Any = None
    beside: Node | None = None
    rows: int = 0
    origin: int | None = None
    held: Any = UNSET
    columns: int = 1


def fields(
    schema: Schema,
    ui_schema: dict[str, Any] | None,
    data: Any,
    errors: Iterable[FormError | Mapping[str, str]] = (),
    *,
    stored: Any = UNSET,
    prefix: str = "",
    around: Surroundings = NOWHERE,
) -> Field:
    """`stored`: the state that the form was made from, where that is not the data itself.

    `around`: what controls made to measure draw besides. `prefix` goes before the ids, for two forms on one page; the
    names are the pointers in any case.
    """
    place = _Place(prefix, held=data if stored is UNSET else stored)
    return _field(tree(schema, ui_schema, data, around), data, [_told(error) for error in errors], place)


class _Told(NamedTuple):
    pointer: str
    message: str


def _told(error: FormError | Mapping[str, str]) -> _Told:
    if isinstance(error, Mapping):
        return _Told(error["pointer"], error["message"])
    return _Told(error.pointer, sentence(error.reason))


def _field(node: Node, value: Any, errors: Sequence[_Told], place: _Place) -> Field:
    if isinstance(value, Picked):
        node, value = node.at(UNSET, value.variant), UNSET
    whole, node = node, drawn(node, value)
    value = node.schema["const"] if node.fixed else value
    children = list(_children(node, value, errors, place))
    taken = {error for child, mine in children for error in mine}
    own = tuple(error.message for error in errors if error not in taken)
    nameless = NAMELESS if node.pointer else "" if node.control.nests == "fields" else WHOLE
    label = place.label or node.label or nameless
    text = _text(node, value)
    template = node.control.template(node, text)
    return Field(
        pointer=node.pointer,
        name=control_name(node.pointer),
        id=element_id(node.pointer, place.prefix),
        widget=template,
        label=label,
        row=node.number,
        show_label=node.options.get("label", True) is not False and not _is_plain_row(node, place.beside),
        description=str(node.options.get("description") or node.schema.get("description") or ""),
        marked=node.options.get("enableMarkdownInDescription") is True,
        help=" ".join(part for part in _help(node, whole) if part),
        placeholder=str(node.options.get("placeholder") or ""),
        class_names=str(node.options.get("classNames") or ""),
        section=str(node.options.get("section") or ""),
        width=_width(node, place.columns),
        required=node.control.is_marked(node),
        must=node.control.is_marked(node) and place.demanded,
        read_only=node.read_only,
        inline=bool(node.options.get("inline")),
        hide_errors=node.hide_errors,
        value=node.control.shows(node, value, text),
        shown=shown(node, value, place.siblings) if template == "readonly" else "",
        many=node.is_list and node.control.nests != "rows",
        selector=tuple(_variants(node)),
        decides=node.deciding and not node.locked and not children,
        unit=node.control.unit(node, place.siblings),
        group=node.control.grouped and template == node.control.name,
        labelled=node.control.labelled and template == node.control.name,
        takes_files=node.control.uploads,
        posts=value is not UNSET,
        limits=limits(node, text),
        options=() if node.read_only else tuple(node.control.options(node, value)),
        suggestions=_suggestions(node),
        content=node.control.content(node, value),
        files=tuple(hidden.files(node, value)),
        markers=(*hidden.markers(node, value, text), *hidden.origin(node, place.origin)),
        buttons=_buttons(node, value, label),
        tools=of_row(place.beside, node, place.rows, label) if place.beside else (),
        errors=own,
        children=tuple(child for child, _ in children),
    )


def _children(node: Node, value: Any, errors: Sequence[_Told], place: _Place) -> Iterator[tuple[Field, list[_Told]]]:
    if node.control.nests == "fields":
        given = value if isinstance(value, dict) else {}
        held = place.held if isinstance(place.held, dict) else {}
        demanded = (place.demanded and node.required) or not node.is_blank(value)
        for child, inside in node.children(value):
            mine = _beneath(child, errors)
            before = held.get(child.key, UNSET)
            around = _Place(place.prefix, demanded, siblings=given, held=before, columns=_columns(node))
            yield _field(child, inside, mine, around), mine
        if node.has_more and not node.read_only:
            yield _more(node, given, place), []
    if node.control.nests == "rows" and isinstance(value, list):
        stored = place.held if isinstance(place.held, list) else []
        found = [None] * len(value) if node.read_only else origins(node, value, stored)
        for (row, item), at in zip(node.children(value), found, strict=True):
            mine = _beneath(row, errors)
            before = UNSET if at is None else stored[at]
            label = row_label(node, row)
            within = _Place(place.prefix, True, label, beside=node, rows=len(value), origin=at, held=before)
            yield _field(row, item, mine, within), mine


def _columns(node: Node) -> int:
    return max(1, min(form_schema.size(node.options.get("columns"), 1), len(WIDTHS)))


def _width(node: Node, columns: int) -> str:
    wish = node.options.get("width")
    width = wish if wish in WIDTHS else WIDTHS[columns - 1]
    return "" if width == WIDTHS[0] else str(width)


def _beneath(node: Node, errors: Sequence[_Told]) -> list[_Told]:
    inside = f"{node.pointer}/"
    return [error for error in errors if error.pointer == node.pointer or error.pointer.startswith(inside)]


def _more(node: Node, value: dict[str, Any], place: _Place) -> Field:
    rest = {key: item for key, item in value.items() if key not in node.claimed}
    return Field(
        pointer=node.pointer,
        name=control_name(node.pointer),
        id=f"{element_id(node.pointer, place.prefix)}:more",
        widget="json",
        label="More values",
        help='As JSON, for example {"name": "value"}.',
        value=form_schema.to_json(rest, indent=2) if rest else "",
        limits={"rows": 3},
    )


def _text(node: Node, value: Any) -> str:
    if value is UNSET or node.control.nests:
        return ""
    if not node.read_only and node.control.wordless:
        return ""
    if isinstance(value, Typed):
        return value
    if value is None and node.kind in ("string", "number", "integer") and not node.choices:
        return ""
    return node.control.text(node, value)


def _variants(node: Node) -> Iterator[Option]:
    if len(node.variants) > 1 and not node.locked and not node.control.whole:
        yield from (Option(one.name, one.label, one.name == node.variant, False) for one in node.variants)


def _suggestions(node: Node) -> tuple[str, ...]:
    examples = node.control.examples(node) if node.control.suggests else ()
    return tuple(form_schema.label(example) for example in examples)


def _help(node: Node, whole: Node) -> Iterator[str]:
    yield str(node.options.get("help") or "")
    yield "As JSON, for it cannot be shown in fields of its own." if node.widget != whole.widget else ""
    if not node.read_only:
        yield node.control.hint(node)


def _is_plain_row(node: Node, around: Node | None) -> bool:
    """One of many like it; a fixed position with a title of its own is a question of its own."""
    if around is None or is_titled_position(around, node):
        return False
    return node.control.plain


def _buttons(node: Node, value: Any, label: str) -> tuple[Button, ...]:
    count = len(value) if isinstance(value, list) else 0
    return of_list(node, count, label) if node.control.nests == "rows" else ()
