"""One question in several places of a document: the request's data, and every form that asks for it."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple

from designer.edits.draft_flow import DraftFlow, steps_of
from designer.forms.form import StepForm, asks_all, has_form, set_required

Json = dict[str, Any]


class Asked(NamedTuple):
    """A schema, the uiSchemas over it, and the steps that show it so."""

    schema: Json
    uis: list[Json]
    steps: list[str]


def all_forms(document: Json) -> list[Asked]:
    """The data first, with the steps that ask for all of it; then every form with a schema of its own."""
    data = document.get("data")
    whole = Asked(data if isinstance(data, dict) else {}, [], [])
    found = [whole]
    for key, step in steps_of(document).items():
        form = step.get("form")
        form = form if isinstance(form, dict) else {}
        ui = form.get("uiSchema")
        uis = [ui] if isinstance(ui, dict) else []
        if isinstance(form.get("schema"), dict) and form["schema"]:
            found.append(Asked(form["schema"], uis, [key]))
        elif has_form(step.get("type")) and asks_all(step["type"]):
            whole.uis.extend(uis)
            whole.steps.append(key)
    return found


class Kept:
    """Who asks the same question word for word, before a change of it; `follow` lets them ask it as it is now."""

    def __init__(self, form: StepForm, name: str) -> None:
        self.form, self.name = form, name
        before = _property(form.schema, name)
        others = [one.schema for one in _others(form) if name in _properties(one.schema)]
        self.same = [schema for schema in others if _property(schema, name) == before]

    def follow(self) -> None:
        now = _property(self.form.schema, self.name)
        for schema in self.same:
            schema["properties"][self.name] = deepcopy(now)


def enter(form: StepForm, name: str) -> None:
    """A new question of a form of its own becomes part of the request's data; the request form does not ask it."""
    data = form.data
    if data is form.schema or name in _properties(data):
        return
    _keep_start(form.flow, form.key)
    data.setdefault("properties", {})[name] = deepcopy(_property(form.schema, name))


def leave(form: StepForm, name: str) -> bool:
    """What no form asks for any more is no part of the data. Whether it was taken out."""
    data = form.data
    if data is form.schema or name not in _properties(data):
        return data is form.schema
    if any(name in _properties(one.schema) and one.steps for one in _others(form)):
        return False
    set_required(data, name, required=False)
    del data["properties"][name]
    return True


def needed(form: StepForm, name: str, required: bool) -> None:
    """What a form leaves open the data cannot ask for."""
    if not required and form.data is not form.schema:
        set_required(form.data, name, required=False)


def _others(form: StepForm) -> Iterator[Asked]:
    mine = form.schema
    yield from (one for one in all_forms(form.flow.document) if one.schema is not mine)


def _keep_start(flow: DraftFlow, step: str) -> None:
    """The request form asks for all of the data; what others fill in later is not to be asked there."""
    start = flow.steps.get(flow.start)
    if start is None or flow.start == step or not has_form(start.get("type")) or not asks_all(start["type"]):
        return
    first = StepForm(flow, flow.start)
    if not first.own:
        first.step.setdefault("form", {})["schema"] = deepcopy(first.data)


def _properties(schema: Json) -> Json:
    found = schema.get("properties")
    return found if isinstance(found, dict) else {}


def _property(schema: Json, name: str) -> Any:
    return _properties(schema).get(name)
