"""What a field of a step's form is like: its settings, its control, its choices; and the form as JSON."""

import re
from copy import deepcopy
from typing import Any

from designer.edits.draft_flow import DraftFlow
from designer.edits.edit import Done, Edit, EditRefused
from designer.edits.form_fields import rename
from designer.forms import choices, schemas
from designer.forms.changes import Before
from designer.forms.form import StepForm, asks_all, keys_of, set_required, set_word
from designer.forms.names import name_for
from designer.forms.palette import begun, offer_of, palette
from designer.forms.together import Kept, all_forms, enter, leave, needed
from designer.forms.vocabulary import COMMON, known
from designer.forms.words import label_of
from engine import forms
from engine.forms import schema as form_schema
from engine.reasons import Reason
from engine.schema_guard import check_schema

Json = dict[str, Any]


class FormSet(Edit, frozen=True, tag="form.set"):
    """settings: by word, those to be left out as null; "required": if it must be answered, "choices": as pasted."""

    step: str
    place: str
    settings: Json

    def apply(self, flow: DraftFlow) -> Done:
        before, keys = Before(flow, self.step), keys_of(self.place)
        form, name = before.form, keys[-1]
        holder, field = form.holder(keys), form.field(keys)
        words = known()
        if strange := [word for word in self.settings if word not in words]:
            raise EditRefused("no_setting", self.step, name=strange[0][:60])
        kept, unnamed = Kept(form, keys[0]), _is_unnamed(name, field)
        for word, value in self.settings.items():
            if word == "choices":
                _choose(form, keys, field, value)
            elif word == "required":
                _require(form, holder, keys, required=value is True)
            else:
                _set(form, keys, field, word, value)
        kept.follow()
        label = label_of(name, field, schemas.ui_at(form.ui, keys))
        if unnamed and not schemas.is_list(holder) and "title" in self.settings:
            _name_after(flow, form, keys, label)
        return before.done(f"{label} changed.")

    def field(self) -> str:
        return f"{self.step}{self.place}:{next(iter(self.settings))}" if len(self.settings) == 1 else ""


class FormWidget(Edit, frozen=True, tag="form.widget"):
    """Another kind of control; what the two have in common stays."""

    step: str
    place: str
    kind: str

    def apply(self, flow: DraftFlow) -> Done:
        before, keys = Before(flow, self.step), keys_of(self.place)
        form, offer = before.form, offer_of(self.kind)
        field = form.field(keys)
        if offer is None:
            raise EditRefused("no_kind", self.step, name=self.kind[:60])
        kept = Kept(form, keys[0])
        schema, ui = begun(offer, flow.document)
        words = {"title", "description", "readOnly", *(word for word in offer.settings if not word.startswith("ui:"))}
        schema |= {word: value for word, value in field.items() if word in words}
        _carry(field, schema)
        shown = schemas.ui_at(form.ui, keys)
        stays = {word: value for word, value in shown.items() if word in COMMON or word in offer.settings}
        field.clear()
        field.update(schema)
        place = form.ui_of(keys)
        place.clear()
        place.update(stays | ui)
        kept.follow()
        return before.done(f"{label_of(keys[-1], field, place)} is now asked as: {offer.label}.")


class FormChoices(Edit, frozen=True, tag="form.choices"):
    """text: one on each line, as it is pasted."""

    step: str
    place: str
    text: str

    def apply(self, flow: DraftFlow) -> Done:
        before, keys = Before(flow, self.step), keys_of(self.place)
        form = before.form
        field, kept = form.field(keys), Kept(form, keys[0])
        _choose(form, keys, field, self.text)
        kept.follow()
        return before.done(f"The choices of {label_of(keys[-1], field, schemas.ui_at(form.ui, keys))} changed.")


class FormJson(Edit, frozen=True, tag="form.json"):
    """The whole form as JSON. Refused where it could not be shown, or where a field that is used would vanish."""

    step: str
    schema: Json
    ui: Json
    confirmed: bool = False

    def apply(self, flow: DraftFlow) -> Done:
        before = Before(flow, self.step)
        form = before.form
        self._check()
        old = dict(form.schema.get("properties") or {}) if isinstance(form.schema.get("properties"), dict) else {}
        if form.schema is form.data:
            flow.document["data"] = deepcopy(self.schema)
        else:
            form.step["form"]["schema"] = deepcopy(self.schema)
        if self.ui != form.ui:
            form.step.setdefault("form", {})["uiSchema"] = deepcopy(self.ui)
        now = form.schema.get("properties")
        now = now if isinstance(now, dict) else {}
        for name in [name for name in now if name not in old]:
            enter(form, name)
        for name in [name for name in old if name not in now]:
            leave(form, name)
            if not self.confirmed:
                before.check_unread([name], label_of(name, old[name], {}))
        return before.done(f"The form of {flow.name(self.step)} changed.")

    def _check(self) -> None:
        for error in check_schema(self.schema)[:1]:
            raise EditRefused("form_schema_wrong", self.step, pointer=error.pointer or "/", why=error.reason)
        if form_schema.types(self.schema) != ["object"]:
            raise EditRefused("form_schema_wrong", self.step, pointer="/type", why=Reason("form_object"))
        for pointer, why in forms.problems(self.schema, self.ui)[:1]:
            raise EditRefused("form_ui_wrong", self.step, pointer=pointer or "/", why=why)


class FormOwn(Edit, frozen=True, tag="form.own"):
    """The step asks for fields of its own, none at first, and no longer for all of the request's data."""

    step: str

    def apply(self, flow: DraftFlow) -> Done:
        before = Before(flow, self.step)
        form = before.form
        if form.own or not asks_all(form.step["type"]):
            raise EditRefused("form_own", self.step)
        holder = form.step.setdefault("form", {})
        holder["schema"] = {"type": "object", "properties": {}}
        holder.pop("uiSchema", None)
        return before.done(f"{flow.name(self.step)} asks for fields of its own.")


def _require(form: StepForm, holder: Json, keys: list[str], *, required: bool) -> None:
    if schemas.is_list(holder):
        raise EditRefused("entries", form.key)
    set_required(holder, keys[-1], required=required)
    if len(keys) == 1:
        needed(form, keys[0], required)


def _choose(form: StepForm, keys: list[str], field: Json, text: Any) -> None:
    chosen = choices.chooser(field)
    if chosen is None:
        raise EditRefused("no_choices", form.key, name=keys[-1][:60])
    choices.put(chosen, schemas.ui_at(form.ui, keys), text if isinstance(text, str) else "", form.key)


def _set(form: StepForm, keys: list[str], field: Json, word: str, value: Any) -> None:
    """A label or an explanation that the uiSchema gives instead is the one that is meant."""
    shown = schemas.ui_at(form.ui, keys)
    options = shown.get("ui:options")
    instead = f"ui:{word}" in shown or (isinstance(options, dict) and word in options)
    if word.startswith("ui:") or (word in ("title", "description") and instead):
        if value is not None or shown:
            set_word(form.ui_of(keys), word.removeprefix("ui:"), value)
    elif value is None:
        field.pop(word, None)
    else:
        field[word] = value


def _is_unnamed(name: str, field: Json) -> bool:
    """Whether it is still called as the palette called it, and nobody gave it a name."""
    labels = {entry.offer.label for entry in palette()}
    title = field.get("title")
    return isinstance(title, str) and title in labels and bool(re.fullmatch(rf"{name_for(title, ())}(_\d+)?", name))


def _name_after(flow: DraftFlow, form: StepForm, keys: list[str], label: str) -> None:
    taken = {
        name
        for asked in all_forms(flow.document)
        if isinstance(around := schemas.at(asked.schema, keys[:-1]), dict)
        for name in around.get("properties") or ()
    }
    rename(flow, form, keys, name_for(label, taken))


def _carry(old: Json, new: Json) -> None:
    """Choices and inner fields, from a field to the one that takes its place."""
    chosen, choosing = choices.chooser(old), choices.chooser(new)
    if chosen and choosing:
        for word in ("enum", "oneOf", "anyOf"):
            choosing.pop(word, None)
            if word in chosen:
                choosing[word] = chosen[word]
    inside = old if isinstance(old.get("properties"), dict) else old.get("items")
    holder = new if isinstance(new.get("properties"), dict) else new.get("items")
    if not isinstance(inside, dict) or not isinstance(holder, dict):
        return
    if isinstance(inside.get("properties"), dict) and isinstance(holder.get("properties"), dict):
        holder.update({word: inside[word] for word in ("properties", "required") if word in inside})
