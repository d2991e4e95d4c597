"""The places of a form: each property, group and row with its schema resolved and its part of the uiSchema.

Rendering, reading a post, filling in defaults and describing all walk the same nodes, so they can't disagree.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from msgspec import UNSET

from engine.forms import schema as form_schema
from engine.forms.controls import Control, named, widget
from engine.forms.form import Form
from engine.forms.schema import Choice, Schema
from engine.forms.ui import options as ui_options
from engine.pointers import index, join, look

MAX_ROWS = 1000
MAX_DEPTH = 20
MAX_REFERENCES = 6
MAX_NODES = 20_000
# Controls of one list.
MAX_LIST = 10_000


@dataclass(frozen=True, slots=True)
class Node:
    """`items`: what its rows must be; `path`: its keys, with None for the number of a row; `number`: of this
    row, from 1; `refs`: the definitions it is nested in; `repeated`: it is nested in its own definition."""

    form: Form
    pointer: str
    key: str
    schema: Schema
    items: Schema
    ui: dict[str, Any]
    options: dict[str, Any]
    control: Control
    required: bool
    read_only: bool
    hide_errors: bool
    path: tuple[str | None, ...]
    number: int | None
    refs: frozenset[str]
    repeated: bool

    @property
    def label(self) -> str:
        title = self.options.get("title") or self.schema.get("title")
        return str(title) if title else self.key

    @property
    def widget(self) -> str:
        return self.control.name

    @property
    def kind(self) -> str:
        return form_schema.kind(self.schema)

    @property
    def choices(self) -> dict[str, Choice]:
        """By the name that a post gives them; of a group of ticks, what can be ticked."""
        schema = self.items if self.is_list and self.control.whole else self.schema
        return self.form.offered(schema, self.control, self.options.get("enumNames"))

    def children(self, value: Any) -> Iterator[tuple["Node", Any]]:
        """The places inside, each with the value it stands for, UNSET where it is absent: the one walk of a form.

        A list has as many as its value; a group shows its fields whatever its value is.
        """
        if self.has_fields:
            given = value if isinstance(value, dict) else {}
            for child in self._fields():
                yield child, given.get(child.key, UNSET)
        elif self.has_rows and isinstance(value, list):
            for at, item in enumerate(value):
                yield self.row(at), item

    def _fields(self) -> Iterator["Node"]:
        properties, required = self.schema.get("properties") or {}, self.schema.get("required")
        required = required if isinstance(required, list) else []
        for key in _in_order(list(properties), self.options.get("order")):
            yield _child(self, key, properties[key], self.ui.get(key), required=key in required)

    def row(self, at: int) -> "Node":
        """Of a list, also one that its value does not have yet."""
        fixed, ui = self.schema.get("prefixItems") or [], self.ui.get("items")
        if isinstance(ui, list):
            ui = ui[at] if at < len(ui) else self.ui.get("additionalItems")
        schema = fixed[at] if at < len(fixed) else self.schema.get("items")
        return _child(self, str(at), schema, ui, required=True, number=at + 1)

    @property
    def endless(self) -> bool:
        """Drawn further only where there is data: its definition is inside of itself, or too far away."""
        return self.repeated or len(self.refs) > MAX_REFERENCES

    @property
    def fixed_rows(self) -> int:
        return len(self.schema.get("prefixItems") or [])

    @property
    def least_rows(self) -> int:
        return max(self.fixed_rows, min(_size(self.schema.get("minItems"), 0), MAX_ROWS))

    @property
    def most_rows(self) -> int:
        if self.fixed_rows and not self.items:
            return self.fixed_rows
        return min(_size(self.schema.get("maxItems"), MAX_ROWS), self.drawn_rows)

    @property
    def drawn_rows(self) -> int:
        """So many can be shown one by one; a longer list is written as JSON."""
        return max(self.fixed_rows, min(MAX_ROWS, MAX_LIST // self.row(self.fixed_rows).weight))

    @property
    def weight(self) -> int:
        """How many controls it unfolds to before anybody wrote into it; many options count as more."""
        if self.widget != "object" or self.endless:
            return 1 + len(self.choices) // 20
        return 1 + sum(child.weight for child, _ in self.children(UNSET))

    def keeps(self, key: str) -> bool:
        """An entry that this schema does not name and nobody saw stays beside those it names.

        Not at the root, where the rest of the data is no part of the form.
        """
        closed = self.schema.get("additionalProperties") is False
        return bool(self.path) and not closed and key not in self.named and not self.takes_more

    @property
    def has_more(self) -> bool:
        """An object that may hold entries beside its named properties; they are asked for as JSON."""
        return self.widget == "object" and self.takes_more

    @property
    def fixed(self) -> bool:
        """There is only one value to give, and nothing to be agreed to."""
        return "const" in self.schema and self.widget != "checkbox"

    @property
    def locked(self) -> bool:
        """Shown and not to be changed, or not shown at all."""
        return self.read_only or self.widget == "hidden"

    @property
    def named(self) -> dict[str, Any]:
        """The properties that the schema declares, by name."""
        found = self.schema.get("properties")
        return found if isinstance(found, dict) else {}

    @property
    def has_fields(self) -> bool:
        """Its value is an object of declared properties, drawn one by one or written as JSON."""
        return not self.control.whole and isinstance(self.schema.get("properties"), dict)

    @property
    def has_rows(self) -> bool:
        """Its value is a list of declared items, drawn one by one or written as JSON."""
        return not self.control.whole and self.kind == "array" and bool(self.items or self.fixed_rows)

    @property
    def takes_more(self) -> bool:
        """Entries that the schema does not name may be written: it opens itself in words of its own."""
        return form_schema.open_ended(self.schema)

    @property
    def is_list(self) -> bool:
        return self.control.listed and self.kind == "array"

    @property
    def nothing(self) -> Any:
        """What an empty control stands for; UNSET where the property is then left out."""
        if "emptyValue" in self.options:
            return self.options["emptyValue"]
        if self.is_list:
            return UNSET if self.least_rows and not self.required else []
        if self.widget == "object" and self.required and not form_schema.nullable(self.schema):
            return {}
        if self.required and form_schema.nullable(self.schema):
            return None
        if self.number is None:
            return UNSET
        return "" if self.kind == "string" and not self.choices else None

    def is_blank(self, value: Any) -> bool:
        """Whether nothing was answered here, so that an optional group around it need not exist."""
        if self.fixed or self.control.is_blank(value):
            return True
        if self.widget != "object" or not isinstance(value, dict):
            return False
        if not value.keys() <= self.named.keys():
            return False
        return all(child.is_blank(inside) for child, inside in self.children(value))


def tree(schema: Schema, ui_schema: dict[str, Any]) -> Node:
    common = ui_schema.get("ui:globalOptions")
    form = Form(schema, common if isinstance(common, dict) else {})
    return _make(form, schema, ui_schema, pointer="", key="", path=(), required=True)


def find(node: Node, value: Any, keys: list[str]) -> tuple[Node, Any] | None:
    """The place inside of this one that the keys lead to, and its value; a row need not exist yet."""
    for key in keys:
        at = index(key)
        if node.widget == "array" and at is not None:
            node, value = node.row(at), look(value, [key])
            continue
        inside = node.children(value) if node.widget == "object" else ()
        found = next((one for one in inside if one[0].key == key), None)
        if not found:
            return None
        node, value = found
    return node, value


def drawn(node: Node, value: Any) -> Node:
    """Asks for JSON where the data has another shape than the controls, or where they would never end."""
    if node.widget == "object":
        fits = value is None or isinstance(value, dict) or (value is UNSET and not node.endless)
    elif node.widget == "array":
        fits = value is UNSET or value is None or (isinstance(value, list) and len(value) <= node.drawn_rows)
    else:
        fits = True
    return node if fits else replace(node, control=named("json")[0])


def _child(parent: Node, key: str, schema: Any, ui: Any, *, required: bool, number: int | None = None) -> Node:
    pointer = join(parent.pointer, key)
    if pointer not in parent.form.nodes:
        parent.form.nodes[pointer] = _make(
            parent.form,
            schema,
            ui if isinstance(ui, dict) else {},
            pointer=pointer,
            key=key,
            path=(*parent.path, None if number else key),
            required=required,
            number=number,
            parent=parent,
        )
    found: Node = parent.form.nodes[pointer]
    return found


def _make(
    form: Form,
    schema: Any,
    ui: dict[str, Any],
    *,
    pointer: str,
    key: str,
    path: tuple[str | None, ...],
    required: bool,
    number: int | None = None,
    parent: Node | None = None,
) -> Node:
    resolved, followed = form.resolve(schema)
    items, _ = form.resolve(resolved.get("items"))
    options = ui_options(ui, form.common)
    around = parent.refs if parent else frozenset()
    endless = len(path) > MAX_DEPTH or next(form.made) > MAX_NODES
    locked = options.get("readonly") or options.get("disabled") or resolved.get("readOnly")
    return Node(
        form=form,
        pointer=pointer,
        key=key,
        schema=resolved,
        items=items,
        ui=ui,
        options=options,
        control=named("json")[0] if endless else widget(resolved, items, options),
        required=required,
        read_only=bool(locked or (parent and parent.read_only)),
        hide_errors=bool(options.get("hideError", parent.hide_errors if parent else False)),
        path=path,
        number=number,
        refs=around | followed,
        repeated=bool(around & followed),
    )


def _in_order(keys: list[str], order: Any) -> list[str]:
    """Names that the order forgets come where its star is, or last: no field is ever lost."""
    if not isinstance(order, list):
        return keys
    first = [name for name in dict.fromkeys(map(str, order)) if name == "*" or name in keys]
    star = first.index("*") if "*" in first else len(first)
    rest = [key for key in keys if key not in first]
    return [*first[:star], *rest, *first[star + 1 :]]


def _size(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else otherwise
