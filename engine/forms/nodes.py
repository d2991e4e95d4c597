"""The places of a form: each property, group and row with its schema resolved and its part of the uiSchema.

Rendering, reading a post, filling in defaults and describing all walk the same nodes, so they can't disagree.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import replace

from engine.forms import schema as form_schema
from engine.forms.controls import Control
from engine.forms.form import Form, begun
from engine.forms.schema import WHEN, Choice, Schema
from engine.forms.settled import Variant, is_open
from engine.forms.surroundings import NOWHERE, Surroundings
from engine.forms.ui import in_order, of_variant
from engine.pointers import join

MAX_DEPTH, MAX_REFERENCES, MAX_NODES = 20, 6, 20_000
# Rows of one list, and its controls.
MAX_ROWS, MAX_LIST = 1000, 10_000
NOTHING: dict[str, Any] = {}


class Node(Struct, frozen=True, eq=False):
    """`whole`: with its conditions; `schema`: as they are decided for its value; `items`: what its rows must be;
    `path`: its keys, with None for the number of a row; `number`: of this row, from 1; `refs`: the definitions it is
    nested in; `repeated`: it is nested in its own definition; `cut`: too far away to be drawn; `inherited`: whether
    it is in something read-only, or without errors; `conditional`: asked for only under a condition; `deciding`: a
    condition asks for it; `variants`: to pick from, of which `variant` is taken; `pick`: because it was picked."""

    form: Form
    pointer: str
    key: str
    whole: Schema
    whole_ui: dict[str, Any]
    schema: Schema
    items: Schema
    ui: dict[str, Any]
    options: dict[str, Any]
    control: Control
    required: bool
    read_only: bool
    hide_errors: bool
    inherited: tuple[bool, bool]
    path: tuple[str | None, ...]
    number: int | None
    refs: frozenset[str]
    repeated: bool
    cut: bool
    conditional: bool
    deciding: bool
    variants: tuple[Variant, ...] = ()
    variant: str = ""
    pick: str = ""

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

        A list has as many as its value; a group shows its fields whatever its value is, but for those that a
        condition hides for this value.
        """
        here = self.at(value)
        if here.has_fields:
            given = value if isinstance(value, dict) else {}
            for child in here.fields():
                inside = given.get(child.key, UNSET)
                yield child.at(inside), inside
        elif here.has_rows and isinstance(value, list):
            for at, item in enumerate(value):
                yield here.row(at).at(item), item

    def at(self, value: Any, pick: str | None = None) -> "Node":
        """This place as it is for a value: its conditions decided, its variant the one that is picked or fits best."""
        if not is_open(self.whole):
            return self
        pick = self.pick if pick is None else pick
        now = self.form.conditions.settle(self.whole, value, pick)
        variant = now.variants[now.variant].name if now.variants else ""
        known = self.pointer, id(now.schema), self.required, variant, pick
        if known not in self.form.nodes:
            self.form.nodes[known] = replace(
                self._with(now.schema, of_variant(self.whole_ui, now.word, now.variant)),
                variants=now.variants,
                variant=variant,
                pick=pick,
                refs=self.refs | now.refs,
            )
        found: Node = self.form.nodes[known]
        return found

    def ways(self) -> Iterator["Node"]:
        """This place under each of its conditions, one at a time."""
        if not is_open(self.whole):
            yield self
            return
        for schema, number, word in self.form.conditions.ways(self.whole):
            way = self._with(schema, of_variant(self.whole_ui, word, number))
            yield from replace(way, whole=schema).ways()

    def _with(self, schema: Schema, ui: dict[str, Any]) -> "Node":
        return replace(self, **self.form.asked(schema, ui, self.inherited, cut=self.cut))

    def fields(self) -> Iterator["Node"]:
        """Those of a group, as they are before their own conditions are decided."""
        required = self.schema.get("required")
        for key in in_order(list(self.named), self.options.get("order")):
            needed = isinstance(required, list) and key in required
            yield _child(self, key, self.named[key], self.ui.get(key), required=needed)

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
        return max(self.fixed_rows, min(form_schema.size(self.schema.get("minItems"), 0), MAX_ROWS))

    @property
    def most_rows(self) -> int:
        if self.fixed_rows and not self.items:
            return self.fixed_rows
        return min(form_schema.size(self.schema.get("maxItems"), MAX_ROWS), self.drawn_rows)

    @property
    def drawn_rows(self) -> int:
        """So many can be shown one by one; a longer list is written as JSON."""
        return max(self.fixed_rows, min(MAX_ROWS, MAX_LIST // self.row(self.fixed_rows).weight))

    @property
    def weight(self) -> int:
        """How many controls it unfolds to before anybody wrote into it; many options count as more."""
        if self.control.nests != "fields" or self.endless:
            return 1 + len(self.choices) // 20
        return 1 + len(self.whole.get(WHEN) or ()) + sum(child.weight for child, _ in self.children(UNSET))

    def keeps(self, key: str) -> bool:
        """An entry that this schema does not name and nobody saw stays beside those it names.

        Not at the root, where the rest of the data is no part of the form.
        """
        closed = self.schema.get("additionalProperties") is False
        return bool(self.path) and not closed and key not in self.claimed and not self.takes_more

    @property
    def has_more(self) -> bool:
        """An object that may hold entries beside its named properties; they are asked for as JSON."""
        return self.control.nests == "fields" and self.takes_more

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
    def claimed(self) -> dict[str, Any]:
        """Those, and the ones that it would show under another condition."""
        return self.form.conditions.claimed(self.whole)

    @property
    def has_fields(self) -> bool:
        """Its value is an object of declared properties, drawn one by one or written as JSON."""
        return not self.control.whole and isinstance(self.schema.get("properties"), dict)

    @property
    def has_rows(self) -> bool:
        """Its value is a list of declared items, drawn one by one or written as JSON."""
        return not self.control.whole and bool(self.items or self.fixed_rows) and self.kind == "array"

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
        if self.control.nests == "fields" and self.required and not form_schema.nullable(self.schema):
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
        if self.control.nests != "fields" or not isinstance(value, dict) or not value.keys() <= self.named.keys():
            return False
        return all(child.is_blank(inside) for child, inside in self.children(value))


def tree(schema: Schema, ui_schema: dict[str, Any] | None, value: Any = UNSET, around: Surroundings = NOWHERE) -> Node:
    """The root, as it is for the value that it stands for."""
    ui_schema = NOTHING if ui_schema is None else ui_schema
    return _make(begun(schema, ui_schema, around), schema, ui_schema, key="", required=True).at(value)


def _child(parent: Node, key: str, schema: Any, ui: Any, *, required: bool, number: int | None = None) -> Node:
    known = join(parent.pointer, key), id(schema), required
    if known not in parent.form.nodes:
        ui = ui if isinstance(ui, dict) else NOTHING
        parent.form.nodes[known] = _make(
            parent.form, schema, ui, key=key, required=required, number=number, parent=parent
        )
    found: Node = parent.form.nodes[known]
    return found


def _make(
    form: Form,
    schema: Any,
    ui: dict[str, Any],
    *,
    key: str,
    required: bool,
    number: int | None = None,
    parent: Node | None = None,
) -> Node:
    resolved, followed = form.conditions.resolve(schema)
    path = (*parent.path, None if number else key) if parent else ()
    refs = parent.refs if parent else frozenset[str]()
    inherited = (parent.read_only, parent.hide_errors) if parent else (False, False)
    cut = len(path) > MAX_DEPTH or next(form.made) > MAX_NODES
    return Node(
        form=form,
        pointer=join(parent.pointer, key) if parent else "",
        key=key,
        whole=resolved,
        whole_ui=ui,
        required=required,
        inherited=inherited,
        path=path,
        number=number,
        refs=refs | followed,
        repeated=bool(refs & followed),
        cut=cut,
        conditional=parent is not None and not number and key not in (parent.whole.get("properties") or {}),
        deciding=parent is not None and (parent.deciding or key in form.conditions.deciding(parent.whole)),
        **form.asked(resolved, ui, inherited, cut=cut),
    )
