"""Choices as a list that people paste: one on each line, "value = label" where the two differ."""

import re
from typing import Any

from designer.edits.edit import EditRefused
from engine import numbers
from engine.forms import schema as form_schema
from engine.forms.schema import Choice
from engine.forms.ui import options as ui_options
from engine.forms.values import Unreadable, number

Json = dict[str, Any]
MAX_CHOICES = 1000
# A tab is what a spreadsheet puts between two columns.
_LINE = re.compile(r"(?P<value>.*?)(?:\t+| +=+ +)(?P<label>.*)")


def chooser(schema: Any) -> Json | None:
    """The schema whose value is chosen: the field's own, or that of the entries of a list."""
    if not isinstance(schema, dict):
        return None
    items = schema.get("items")
    for one in (schema, items):
        if isinstance(one, dict) and form_schema.has_choices(one):
            return one
    return None


def written(schema: Json, ui: Any) -> str | None:
    """The choices as text; None where it could not be read back as the same."""
    found = form_schema.choices(schema, ui_options(ui).get("enumNames"))
    if any(not _plain(one) for one in found):
        return None
    return "\n".join(_line(one) for one in found)


def _line(choice: Choice) -> str:
    value = form_schema.label(choice.value)
    return value if choice.label == value else f"{value} = {choice.label}"


def _plain(choice: Choice) -> bool:
    if not isinstance(choice.value, str) and not form_schema.is_number(choice.value):
        return False
    line = _line(choice)
    return line.splitlines() == [line] and _read(line) == (form_schema.label(choice.value), choice.label)


def _read(line: str) -> tuple[str, str]:
    match = _LINE.fullmatch(line.strip())
    value, label = (match["value"].strip(), match["label"].strip()) if match else ("", "")
    return (value, label) if value and label else (line.strip(), line.strip())


def put(schema: Json, ui: Json, text: str, step: str) -> None:
    """In place of the choices that the schema has; what is said of those that stay is kept. Raises EditRefused."""
    lines = [_read(line) for line in text.splitlines() if line.strip()]
    if not 0 < len(lines) <= MAX_CHOICES:
        raise EditRefused("choices", step, most=MAX_CHOICES)
    numeric = form_schema.kind(schema) in ("number", "integer") or all(
        form_schema.is_number(one.value) for one in form_schema.choices(schema)
    )
    values = [_number(value, step) if numeric else value for value, _ in lines]
    for at, value in enumerate(values):
        if any(form_schema.same(value, other) for other in values[:at]):
            raise EditRefused("choice_twice", step, text=form_schema.label(value)[:80])
    word = next((word for word in ("oneOf", "anyOf") if schema.get(word) and "enum" not in schema), "oneOf")
    known = schema.get(word)
    known = known if isinstance(known, list) else []
    for one in ("enum", "oneOf", "anyOf", "enumNames"):
        schema.pop(one, None)
    for holder, key in ((ui, "ui:enumNames"), (ui.get("ui:options"), "enumNames")):
        if isinstance(holder, dict):
            holder.pop(key, None)
    if known or any(value != label for value, label in lines):
        schema[word] = [_constant(known, value, label) for value, (_, label) in zip(values, lines, strict=True)]
    else:
        schema["enum"] = values


def _constant(known: list[Any], value: Any, label: str) -> Json:
    """A choice with what was said of it before."""
    old = next((one for one in known if isinstance(one, dict) and form_schema.same(one.get("const"), value)), {})
    named = {"title": label} if label != form_schema.label(value) or "title" in old else {}
    return {**old, "const": value, **named}


def _number(text: str, step: str) -> Any:
    try:
        return number(text)
    except (Unreadable, numbers.Unreadable) as wrong:
        raise EditRefused("choice_number", step, text=text[:80]) from wrong
