"""The settings of a field as a form in groups: Question, Choices, Rules, Layout, Checks."""

from copy import deepcopy
from typing import Any

from designer.forms import choices
from designer.forms.outline import Item
from designer.forms.vocabulary import LAYOUT, QUESTION, RULES, of_control
from engine.forms import schema as form_schema
from engine.forms.ui import options as ui_options

Json = dict[str, Any]
TITLES = {"question": "Question", "choices": "Choices", "rules": "Rules", "layout": "Layout", "checks": "Checks"}
CHOICES: Json = {
    "type": "string",
    "title": "One on each line",
    "description": "Paste a list or two columns. To keep another value than what is shown, write “value = text”.",
    "minLength": 1,
    "maxLength": 60_000,
}
_PLAIN = ("string", "number", "integer", "boolean")
_SHOWN: Json = {
    "question": {"description": {"ui:widget": "textarea", "ui:rows": 2}},
    "choices": {"choices": {"ui:widget": "textarea", "ui:rows": 6}},
}
_NOT_OF_ANSWERS = ("description", "default", "readOnly")


def form_of(item: Item, schema: Json, ui: Json) -> tuple[Json, Json]:
    """Schema and uiSchema of the settings. schema, ui: of the field itself."""
    groups = {name: part for name, part in _groups(item, schema, ui).items() if part}
    properties = {name: {"type": "object", "title": TITLES[name], "properties": part} for name, part in groups.items()}
    shown = {name: _SHOWN.get(name, {}) for name in groups}
    return {"type": "object", "properties": properties}, shown


def stored(form: tuple[Json, Json], item: Item, schema: Json, ui: Json) -> Json:
    """What the form shows: what is set, and what holds where nothing is set."""
    found: Json = {}
    for group, part in form[0]["properties"].items():
        values = {word: _value(word, about, item, schema, ui) for word, about in part["properties"].items()}
        found[group] = {word: value for word, value in values.items() if value is not None}
    return found


def changed(form: tuple[Json, Json], before: Json, after: Any) -> Json:
    """The settings that were changed, by word, those taken out as None."""
    found: Json = {}
    for group, part in form[0]["properties"].items():
        old, new = before.get(group, {}), (after.get(group) if isinstance(after, dict) else None) or {}
        for word, about in part["properties"].items():
            was, now = old.get(word), new.get(word)
            if was == now or (not was and not now and _is_nothing(was) and _is_nothing(now)):
                continue
            taken_out = _is_nothing(now) and about.get("default") is not True
            found[word] = None if taken_out else now
    return found


def _is_nothing(value: Any) -> bool:
    return value is None or value is False or value in ("", [])


def _groups(item: Item, schema: Json, ui: Json) -> dict[str, Json]:
    own = of_control(item.control)
    question = QUESTION | {word: part for word, part in own.items() if word.startswith("ui:") and "columns" not in word}
    chosen = choices.chooser(schema)
    pasted = {"choices": CHOICES} if chosen and choices.written(chosen, ui) is not None else {}
    rules = RULES | _default(schema)
    layout = LAYOUT | {word: part for word, part in own.items() if word == "ui:columns"}
    checks = {word: part for word, part in own.items() if not word.startswith("ui:")}
    return {"question": question, "choices": pasted, "rules": rules, "layout": layout, "checks": checks}


def _default(schema: Json) -> Json:
    """Asked for like the field itself."""
    kind = form_schema.kind(schema)
    if kind not in _PLAIN or "const" in schema:
        return {}
    part = {
        word: deepcopy(value) for word, value in schema.items() if word not in ("description", "default", "readOnly")
    }
    return {"default": {**part, "title": "Filled in with"}}


def _value(word: str, about: Json, item: Item, schema: Json, ui: Json) -> Any:
    if word == "required":
        return item.required
    if word == "choices":
        return choices.written(choices.chooser(schema) or {}, ui)
    options = ui_options(ui)
    if word.startswith("ui:"):
        return options.get(word.removeprefix("ui:"), about.get("default"))
    if word in ("title", "description") and isinstance(options.get(word), str):
        return options[word]
    return schema.get(word, about.get("default") if word != "default" else None)
