"""The fields of a form as the builder lists them: by address, with their control and what can be done with them."""

from typing import Any

from msgspec import Struct

from designer.forms import schemas
from designer.forms.form import names
from designer.forms.palette import control_of
from designer.forms.words import label_of
from engine import forms, schema_guard
from engine.forms import schema as form_schema
from engine.forms.controls import Control
from engine.forms.settled import Conditions
from engine.forms.ui import UI_SCHEMA
from engine.pointers import join, split
from engine.reasons import Reason
from engine.schemas import validate

Json = dict[str, Any]
# Combinations that have no settings of their own here; they are kept as they are, and changed as JSON.
_CUSTOM = ("$ref", "allOf", "not", "if", "dependentSchemas", "patternProperties", "prefixItems")
CUSTOM_ICON = "wrench"


class Item(Struct, frozen=True):
    """place: its address, in the group `around`. into: the address under which fields can be put into it, or "".

    pointer: of its control in a form that has an entry in each list. custom: it has no settings but its JSON.
    conditional: it is asked for only under a condition, and so changed where that stands.
    """

    place: str
    around: str
    name: str
    label: str
    control: Control
    pointer: str
    required: bool = False
    custom: bool = False
    conditional: bool = False
    into: str = ""
    children: tuple["Item", ...] = ()

    @property
    def kind(self) -> str:
        return "Custom field" if self.custom or not self.control.offer else self.control.offer.label

    @property
    def icon(self) -> str:
        return CUSTOM_ICON if self.custom or not self.control.offer else self.control.offer.icon


def unsound(schema: Json, ui: Json) -> tuple[str, Reason] | None:
    """Why a form cannot be drawn at all, and where."""
    for error in [*schema_guard.check_schema(schema), *validate(UI_SCHEMA, ui)][:1]:
        return error.pointer, error.reason
    return None if form_schema.types(schema) == ["object"] else ("/type", Reason("form_object"))


def outline(schema: Json, ui: Json) -> tuple[Item, ...]:
    """Of a sound form."""
    return tuple(_items(schema, ui, schema, "", ""))


def every(items: tuple[Item, ...]) -> list[Item]:
    """With those inside, in the order of the form."""
    return [one for item in items for one in (item, *every(item.children))]


def sample(schema: Json, ui: Json, items: tuple[Item, ...]) -> Any:
    """The data of an untouched form, with an entry in each list that has fields inside."""
    data = forms.initial(schema, ui)
    for item in every(items):
        if schemas.is_list(schemas.at(schema, split(item.place)) or {}) and item.children:
            data = forms.shape(schema, ui, data, f"add:{item.pointer}")
    return data


def _items(schema: Json, ui: Json, root: Json, around: str, pointer: str) -> list[Item]:
    found = [_item(schema, ui, root, around, pointer, name) for name in names(schema, ui)]
    known = {item.name for item in found}
    resolved = form_schema.resolve(schema, root)[0]
    others = Conditions(root).claimed(resolved)
    for name, part in others.items():
        if name not in known:
            shown = schemas.ui_at(ui, [name])
            place = join(around, name)
            control = control_of(part, shown, root)
            found.append(
                Item(place, around, name, label_of(name, part, shown), control, join(pointer, name), conditional=True)
            )
    return found


def _item(schema: Json, ui: Json, root: Json, around: str, pointer: str, name: str) -> Item:
    part, shown = schema["properties"][name], schemas.ui_at(ui, [name])
    place, here = join(around, name), join(pointer, name)
    control = control_of(part, shown, root)
    custom = not isinstance(part, dict) or _is_custom(part)
    into, children = "", []
    if not custom and control.nests == "fields":
        into, children = place, _items(part, shown, root, place, here)
    elif not custom and control.nests == "rows" and _holds_fields(part.get("items")):
        into = join(place, schemas.ITEMS)
        children = _items(part["items"], schemas.ui_at(shown, [schemas.ITEMS]), root, into, join(here, 0))
    return Item(
        place,
        around,
        name,
        label_of(name, part, shown),
        control,
        here,
        required=name in (schema.get("required") or ()),
        custom=custom,
        into=into,
        children=tuple(children),
    )


def _is_custom(part: Json) -> bool:
    if any(word in part for word in _CUSTOM):
        return True
    return any(word in part for word in ("oneOf", "anyOf")) and not form_schema.has_choices(part)


def _holds_fields(items: Any) -> bool:
    return isinstance(items, dict) and not _is_custom(items) and isinstance(items.get("properties"), dict)
