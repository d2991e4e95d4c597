"""What the form builder shows of a form: its fields as they are drawn, what is selected, and what can be added."""

from typing import Any, NamedTuple

from designer.edits.draft_flow import DraftFlow
from designer.edits.edit import EditRefused
from designer.forms import properties, schemas
from designer.forms.conditions import conditions
from designer.forms.form import StepForm, asks_all, names
from designer.forms.mentions import uses, where
from designer.forms.outline import Item, every, outline, sample, unsound
from designer.forms.palette import palette
from engine import forms
from engine.forms import Field
from engine.forms import schema as form_schema
from engine.pointers import split
from engine.wording.sentences import sentence

Json = dict[str, Any]
# Of the ids of the settings, so that they are none of the form's own.
PREFIX = "setting-"
TRIED = "Nothing is missing: this could be sent."


class Spot(NamedTuple):
    """Where a new field goes: into a group, "" for the form itself; after a name, "" for the first place."""

    into: str
    after: str


class Drawn(NamedTuple):
    """A field of the form, as the renderer draws it; None for what an untouched form does not show."""

    item: Item
    field: Field | None
    children: list["Drawn"]


def content(document: Json, step: str, place: str, at: Spot | None) -> Json:
    form = StepForm(DraftFlow(document), step)
    schema, ui = _readable(form)
    wrong = unsound(schema, ui)
    items = () if wrong else outline(schema, ui)
    chosen = next((item for item in every(items) if item.place == place), None)
    spot = at or _after(chosen, schema, ui)
    return {
        "wrong": f"{wrong[0] or '/'}: {sentence(wrong[1])}" if wrong else "",
        "drawn": [] if wrong else _drawn(items, forms.fields(schema, ui, sample(schema, ui, items))),
        "chosen": chosen,
        "spot": spot,
        "spot_words": _spot_words(items, spot),
        "palette": palette(),
        "unasked": _unasked(document, schema),
        "groups": [item for item in every(items) if item.into and not _is_inside(item, chosen)],
        "shared": not form.own and asks_all(form.step["type"]) and step != form.flow.start,
        "trial": None if wrong else forms.fields(schema, ui, forms.initial(schema, ui), prefix="trial-"),
        "typed": {"schema": _pretty(schema), "ui": _pretty(ui)},
        **(_settings(document, form, chosen) if chosen else {"settings": None, "used": []}),
    }


def settings_of(document: Json, step: str, place: str) -> tuple[tuple[Json, Json], Json]:
    """The form for the settings of a field, and what it shows. Nothing to fill in where there is no such field."""
    form = StepForm(DraftFlow(document), step)
    schema, ui = _readable(form)
    items = () if unsound(schema, ui) else every(outline(schema, ui))
    chosen = next((item for item in items if item.place == place and _has_settings(item)), None)
    if chosen is None:
        return ({"type": "object", "properties": {}}, {}), {}
    field = schemas.at(schema, split(place)), schemas.ui_at(ui, split(place))
    asked = properties.form_of(chosen, *field)
    return asked, properties.stored(asked, chosen, *field)


changed = properties.changed


def selected(before: Json, after: Json, step: str, place: str) -> str:
    """The field to show after an edit: the new one, or the same one."""
    old, new = (_places(document, step) for document in (before, after))
    return next((one for one in new if one not in old), place if place in new else "")


def tried(document: Json, step: str, posted: Any) -> tuple[Field | None, str]:
    """A form as it was filled in, with what is wrong with it; and whether it could be sent."""
    schema, ui = _readable(StepForm(DraftFlow(document), step))
    if unsound(schema, ui):
        return None, ""
    action = next((value for key, value in posted if key == "_do"), "")
    blank = forms.initial(schema, ui)
    if action in ("", "submit"):
        data, errors = forms.parse(schema, ui, posted, blank)
        return forms.fields(schema, ui, data, errors, stored=blank, prefix="trial-"), "" if errors else TRIED
    data = forms.shape(schema, ui, forms.decoded(schema, ui, posted, blank)[0], action)
    return forms.fields(schema, ui, data, stored=blank, prefix="trial-"), ""


def _readable(form: StepForm) -> tuple[Json, Json]:
    schema, ui = form.shown()
    return schema or {"type": "object", "properties": {}}, ui


def _places(document: Json, step: str) -> list[str]:
    try:
        schema, ui = _readable(StepForm(DraftFlow(document), step))
    except EditRefused:
        return []
    return [] if unsound(schema, ui) else [item.place for item in every(outline(schema, ui))]


def _drawn(items: tuple[Item, ...], root: Field) -> list[Drawn]:
    by_pointer: dict[str, Field] = {}
    ahead = [root]
    while ahead:
        field = ahead.pop()
        by_pointer.setdefault(field.pointer, field)
        ahead += field.children
    return _as_drawn(items, by_pointer)


def _as_drawn(items: tuple[Item, ...], fields: dict[str, Field]) -> list[Drawn]:
    return [Drawn(item, fields.get(item.pointer), _as_drawn(item.children, fields)) for item in items]


def _has_settings(item: Item) -> bool:
    return not item.custom and not item.conditional


def _settings(document: Json, form: StepForm, chosen: Item) -> Json:
    asked, held = settings_of(document, form.key, chosen.place)
    keys = split(chosen.place)
    path = schemas.reads_as(form.shown()[0], keys)
    used = [*(uses(document, path) if path else ()), *(conditions(document, keys) if keys else ())]
    return {
        "settings": forms.fields(*asked, held, prefix=PREFIX) if _has_settings(chosen) else None,
        "used": [(use.step, where(document, use), use.words) for use in used],
    }


def _after(chosen: Item | None, schema: Json, ui: Json) -> Spot:
    if chosen:
        return Spot(chosen.around, chosen.name)
    listed = names(schema, ui)
    return Spot("", listed[-1] if listed else "")


def _spot_words(items: tuple[Item, ...], spot: Spot) -> str:
    known = every(items)
    group = next((item.label for item in known if item.into and item.into == spot.into), "")
    before = next((item.label for item in known if item.around == spot.into and item.name == spot.after), "")
    if before:
        return f"after {before}"
    return f"at the beginning of {group}" if group else "at the beginning"


def _unasked(document: Json, schema: Json) -> list[tuple[str, str]]:
    """Fields of the request that this form does not ask for: names and labels."""
    data = document.get("data")
    known = data.get("properties") if isinstance(data, dict) else None
    asked = schema.get("properties")
    if not isinstance(known, dict) or not isinstance(asked, dict):
        return []
    titles = {name: part.get("title") if isinstance(part, dict) else None for name, part in known.items()}
    return [(name, title if isinstance(title, str) else name) for name, title in titles.items() if name not in asked]


def _is_inside(item: Item, chosen: Item | None) -> bool:
    return chosen is not None and f"{item.place}/".startswith(f"{chosen.place}/")


def _pretty(value: Json) -> str:
    return form_schema.to_json(value, indent=2)
