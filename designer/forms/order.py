"""The order in which a group asks its questions: that of its properties, or the one that its uiSchema writes down."""

from typing import Any

from designer.forms.form import names, set_word
from engine.forms.ui import in_order
from engine.forms.ui import options as ui_options

Json = dict[str, Any]


def put(schema: Json, ui: Json, name: str, after: str | None) -> None:
    """A property that is there already after another one; "" for the first place, None for the last."""
    written = ui_options(ui).get("order")
    if written is None:
        order = _inserted([one for one in names(schema, ui) if one != name], name, after)
        schema["properties"] = {one: schema["properties"][one] for one in order}
        return
    others = [one for one in dict.fromkeys([*schema["properties"], *map(str, written)]) if one not in (name, "*")]
    set_word(ui, "order", _inserted(in_order(others, written), name, after))


def drop(ui: Json, name: str) -> None:
    """From a group's place in a uiSchema, which no longer has such a field."""
    ui.pop(name, None)
    written = ui_options(ui).get("order")
    if isinstance(written, list) and name in written:
        set_word(ui, "order", [one for one in written if one != name])


def _inserted(order: list[str], name: str, after: str | None) -> list[str]:
    if after == "":
        return [name, *order]
    at = order.index(after) + 1 if after in order else len(order)
    return [*order[:at], name, *order[at:]]
