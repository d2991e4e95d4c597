"""Fields of a step's form, known by their addresses in it: added, moved, taken out, called another name."""

from copy import deepcopy
from typing import Any

from designer.edits.draft_flow import DraftFlow
from designer.edits.edit import Done, Edit, EditRefused
from designer.forms import schemas
from designer.forms.changes import Before, forget
from designer.forms.form import StepForm, keys_of, set_required
from designer.forms.mentions import redirect
from designer.forms.names import TAKEN, is_name, name_for
from designer.forms.order import drop, put
from designer.forms.palette import begun, offer_of
from designer.forms.together import Kept, all_forms, enter, leave
from designer.forms.words import label_of

MAX_FIELDS, MAX_LABEL = 500, 300


class FormAdd(Edit, frozen=True, tag="form.add"):
    """kind: a control of the palette. into: address of a group, "" for the form itself. after: the name of the field
    before it, "" for the first place, without one the last.
    """

    step: str
    kind: str
    into: str = ""
    after: str | None = None
    label: str = ""

    def apply(self, flow: DraftFlow) -> Done:
        before = Before(flow, self.step)
        form, offer = before.form, offer_of(self.kind)
        if offer is None:
            raise EditRefused("no_kind", self.step, name=self.kind[:60])
        schema, ui = begun(offer, flow.document)
        if label := self.label.strip()[:MAX_LABEL]:
            schema["title"] = label
        around = keys_of(self.into) if self.into else []
        name = name_for(schema["title"], {*form.group(around), *_everywhere(flow, around)})
        _insert(form, [*around, name], schema, ui, self.after)
        return before.done(f"{schema['title']} added to {flow.name(self.step)}.")


class FormAsk(Edit, frozen=True, tag="form.ask"):
    """A field of the request's data that this form does not ask for yet."""

    step: str
    name: str
    after: str | None = None

    def apply(self, flow: DraftFlow) -> Done:
        before = Before(flow, self.step)
        form = before.form
        found = schemas.child(form.data, self.name)
        if found is None or self.name in form.group([]):
            raise EditRefused("field_gone", self.step, name=self.name[:60])
        ui = next((one for asked in all_forms(flow.document) for one in asked.uis if one.get(self.name)), {})
        shown = deepcopy(schemas.ui_at(ui, [self.name]))
        _insert(form, [self.name], deepcopy(found), shown, self.after)
        return before.done(f"{flow.name(self.step)} asks for {label_of(self.name, found, shown)}.")


class FormMove(Edit, frozen=True, tag="form.move"):
    """Into a group, or within one. What reads it reads it where it is then; in a list nothing could."""

    step: str
    place: str
    into: str = ""
    after: str | None = None
    confirmed: bool = False

    def apply(self, flow: DraftFlow) -> Done:
        before, keys, around = Before(flow, self.step), keys_of(self.place), keys_of(self.into) if self.into else []
        form = before.form
        holder, name = form.holder(keys), keys[-1]
        found, shown = schemas.child(holder, name), schemas.ui_at(form.ui, keys)
        label = label_of(name, found, shown)
        if around[: len(keys)] == keys:
            raise EditRefused("field_inside", self.step, label=label)
        if around == keys[:-1]:
            form.group(around)
            put(holder, schemas.ui_at(form.ui, around), name, self.after)
            return before.done(f"{label} moved in {flow.name(self.step)}.")
        if name in form.group(around):
            raise EditRefused("field_taken", self.step, name=name)
        required = name in (holder.get("required") or ())
        old = schemas.reads_as(form.schema, keys)
        _take_out(form, keys)
        _insert(form, [*around, name], found, deepcopy(shown), self.after)
        set_required(schemas.at(form.schema, around), name, required=required)
        new = schemas.reads_as(form.schema, [*around, name])
        if old and new and schemas.at(form.data, keys) is None:
            redirect(flow.document, old, new)
        if not self.confirmed:
            before.check_gone(keys, label)
        forget(flow.document, keys)
        return before.done(f"{label} moved in {flow.name(self.step)}.")


class FormRemove(Edit, frozen=True, tag="form.remove"):
    """confirmed: also where rules, texts or other settings still read it."""

    step: str
    place: str
    confirmed: bool = False

    def apply(self, flow: DraftFlow) -> Done:
        before, keys = Before(flow, self.step), keys_of(self.place)
        found = schemas.child(before.form.holder(keys), keys[-1])
        label = label_of(keys[-1], found, schemas.ui_at(before.form.ui, keys))
        _take_out(before.form, keys)
        if not self.confirmed:
            before.check_gone(keys, label)
        forget(flow.document, keys)
        return before.done(f"{label} removed from {flow.name(self.step)}.")


class FormRename(Edit, frozen=True, tag="form.rename"):
    """In every form that asks for it, and wherever it is read."""

    step: str
    place: str
    name: str

    def apply(self, flow: DraftFlow) -> Done:
        before, keys, name = Before(flow, self.step), keys_of(self.place), self.name.strip()
        if schemas.is_list(before.form.holder(keys)):
            raise EditRefused("entries", self.step)
        if keys[-1] == name:
            return Done(frozenset(), f"{name} is called so already.", self.step)
        if not is_name(name) or (len(keys) == 1 and name in TAKEN):
            raise EditRefused("field_name", self.step, name=name[:60])
        rename(flow, before.form, keys, name)
        return before.done(f"The field {keys[-1]} is now called {name}, wherever it is used.")


def rename(flow: DraftFlow, form: StepForm, keys: list[str], name: str) -> None:
    """Raises EditRefused where a form has such a field already."""
    old = schemas.reads_as(form.schema, keys)
    for asked in all_forms(flow.document):
        if schemas.at(asked.schema, [*keys[:-1], name]) is not None:
            raise EditRefused("field_taken", form.key, name=name)
        if schemas.rename(asked.schema, keys, name):
            for ui in asked.uis:
                schemas.rename_ui(ui, keys, name)
    if old:
        redirect(flow.document, old, (*old[:-1], name))


def _insert(form: StepForm, keys: list[str], schema: Any, ui: dict[str, Any], after: str | None) -> None:
    around, name = keys[:-1], keys[-1]
    kept = Kept(form, around[0]) if around else None
    properties = form.group(around)
    if len(properties) >= MAX_FIELDS:
        raise EditRefused("too_many_fields", form.key, most=MAX_FIELDS)
    properties[name] = schema
    if ui:
        form.ui_of(around)[name] = ui
    holder = schemas.at(form.schema, around)
    put(holder, schemas.ui_at(form.ui, around), name, after)
    if kept:
        kept.follow()
    else:
        enter(form, name)


def _take_out(form: StepForm, keys: list[str]) -> None:
    holder, name = form.holder(keys), keys[-1]
    if schemas.is_list(holder):
        raise EditRefused("entries", form.key)
    kept = Kept(form, keys[0]) if len(keys) > 1 else None
    del holder["properties"][name]
    set_required(holder, name, required=False)
    drop(schemas.ui_at(form.ui, keys[:-1]), name)
    if kept:
        kept.follow()
    else:
        leave(form, name)


def _everywhere(flow: DraftFlow, around: list[str]) -> set[str]:
    """Names in that group of any form."""
    found = (schemas.at(asked.schema, around) for asked in all_forms(flow.document))
    properties = (one.get("properties") for one in found if isinstance(one, dict))
    return {name for part in properties if isinstance(part, dict) for name in part}
