"""The panel of a step, or of the flow, as a form: JSON Schema and uiSchema from what its type declares."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from designer.edits.draft_flow import name_of, outcomes_of
from designer.edits.step_types import offered
from engine.document import document_schema, settings_schema
from engine.forms import schema as form_schema
from engine.registry import some
from engine.steps import Offering, Panelled, step_types
from engine.wording.values import plain_name

Json = dict[str, Any]
# Settings of the flow that people fill in; the others have edits of their own.
OF_THE_FLOW = ("name", "description", "title", "category", "prefix", "currency", "zone")
_FLOW_UI: Json = {"description": {"ui:widget": "textarea"}, "title": {"ui:widget": "template"}}
# As people call them; the published schema explains them to programs. The explanation, where there is another one.
_FLOW_TITLES: dict[str, tuple[str, str]] = {
    "name": ("Name", ""),
    "description": ("What it is for", "Shown to whoever makes a request."),
    "title": ("What a request is called", "In every list and mail. Fields are filled in from what was asked for."),
    "category": ("Category", "Definitions of one category stand together."),
    "prefix": ("Numbers begin with", "Capital letters, as PUR in PUR-12."),
    "currency": ("Currency", "Three letters, as EUR."),
    "zone": ("Time zone", "As Europe/Berlin: by whose clock a day begins and ends."),
}
_DESCRIPTION: Json = {
    "type": "string",
    "maxLength": 2000,
    "title": "Note",
    "description": "Shown with the step, for anybody who reads the flow.",
}


@cache
def step_form(kind: str) -> tuple[Json, Json]:
    """Schema and uiSchema of the settings of a step type; of an unknown one only what every step has."""
    known = kind in step_types()
    schema: Json = titled(settings_schema(kind)) if known else {"type": "object", "properties": {}}
    panelled = some("engine.steps", Panelled)
    own = panelled[kind].UI if kind in panelled else {}
    properties = {**schema.get("properties", {}), "description": _DESCRIPTION}
    ui = {**_usual(schema), "description": {"ui:widget": "textarea"}, **own}
    return {**schema, "format": "settings", "properties": properties}, ui


def _usual(schema: Json) -> Json:
    """uiSchema in which a choice that is left open says what holds then."""
    found: Json = {}
    for name, part in schema.get("properties", {}).items():
        choices = form_schema.choices(part) if "default" in part and form_schema.has_choices(part) else []
        if label := next((choice.label for choice in choices if choice.value == part["default"]), ""):
            found[name] = {"ui:placeholder": f"As usual: {label}"}
        elif inner := _usual(part):
            found[name] = inner
    return found


@cache
def flow_form() -> tuple[Json, Json]:
    frame = document_schema()
    properties = {name: _called(name, frame["properties"][name]) for name in OF_THE_FLOW}
    return titled({"type": "object", "required": ["name"], "properties": properties}), _FLOW_UI


def _called(name: str, part: Json) -> Json:
    title, help_ = _FLOW_TITLES[name]
    return {**part, "title": title} | ({"description": help_} if help_ else {})


def titled(schema: Any) -> Any:
    """Every field that has no title gets its name in plain words."""
    if isinstance(schema, list):
        return [titled(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: titled(value) for key, value in schema.items() if key not in ("default", "const", "enum")}
    whole = {key: inner.get(key, value) for key, value in schema.items()}
    if isinstance(properties := whole.get("properties"), dict):
        whole["properties"] = {
            name: {"title": _capital(plain_name(name)), **part} if isinstance(part, dict) else part
            for name, part in properties.items()
        }
    return whole


def settings_of(form: tuple[Json, Json], holder: Mapping[str, Any]) -> Json:
    """What of a step, or of the document, its panel shows."""
    return {name: holder[name] for name in form[0].get("properties", {}) if name in holder}


def changed(form: tuple[Json, Json], before: Mapping[str, Any], after: Mapping[str, Any]) -> Json:
    """The settings that a filled-in panel changed, those left out as None. What merely stands at its default is not."""
    found: Json = {}
    for name, part in form[0].get("properties", {}).items():
        old, new = before.get(name), after.get(name)
        new = _as_it_stood(old, new) if name in before else new
        default = part.get("default", False) if isinstance(part, dict) else False
        if new == old or (name not in before and (_empty(new) or new == default)):
            continue
        found[name] = None if _empty(new) and name not in form[0].get("required", ()) else new
    return found


def _as_it_stood(old: Any, new: Any) -> Any:
    """The new value in the order of the old one, without what the form shows empty and the old one leaves out."""
    if isinstance(old, dict) and isinstance(new, dict):
        kept = {key: _as_it_stood(item, new[key]) for key, item in old.items() if key in new}
        return kept | {
            key: item for key, item in new.items() if key not in old and item is not False and not _empty(item)
        }
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [_as_it_stood(*pair) for pair in zip(old, new, strict=True)]
    return new


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | dict) and not value)


def ways_of(key: str, step: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Its ways out in the order in which they are drawn, and those it could have besides."""
    led = outcomes_of(dict(step))
    ways = [*led, *(way for way in offered(key, step) if way not in led)]
    offering, kind = some("engine.steps", Offering), step.get("type")
    more = offering[kind].MORE if isinstance(kind, str) and kind in offering else ()
    return ways, [way for way in more if way not in ways]


def way_name(step: Mapping[str, Any], way: str) -> str:
    """As people call it: a branch by its label."""
    branches = step.get("branches")
    for branch in branches if isinstance(branches, list) else ():
        if isinstance(branch, dict) and branch.get("outcome") == way and isinstance(branch.get("label"), str):
            return branch["label"] or _capital(plain_name(way))
    return _capital(plain_name(way))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def edges(steps: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Every place where a step can stand: its address, and where that is in words."""
    places = [("", "at the very beginning")]
    for key, step in steps.items():
        ways = ways_of(key, step)[0]
        name = name_of(dict(step), key)
        places += [
            (f"{key}:{way}", f"after {name}" + (f", when {way_name(step, way).lower()}" if len(ways) > 1 else ""))
            for way in ways
        ]
    return places
