"""Publishing is proof: every reason why a document cannot be published, each with its step and the way out."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine import forms
from engine.data_check import data_problems
from engine.definition import Definition, Step
from engine.document import document_schema
from engine.forms import schema as form_schema
from engine.graph import flow_problems
from engine.pointers import join, split
from engine.problems import Problem
from engine.schema_guard import check_schema
from engine.schemas import place, validate
from engine.steps import asks_form, role, step_types
from engine.text_check import name_problems, place_problems, word_problems

MAX_NESTING, LARGEST = 100, 10**30


def check_document(document: Any) -> list[Problem]:
    """In four stages, each of which the next one stands on: its shape, its schemas, what it means, how it reads.

    Raises nothing, whatever the document is.
    """
    shape = list(_unreadable(document)) or list(_shape(document))
    if shape:
        return shape
    schemas = list(_schemas(document))
    if schemas:
        return schemas
    definition = Definition(document)
    return list(_meaning(definition)) or list(word_problems(definition))


def _unreadable(value: Any, pointer: str = "", depth: int = 0) -> Iterator[Problem]:
    """What JSON can hold and no definition may: endless nesting, numbers that nobody can write down."""
    if depth > MAX_NESTING:
        yield Problem(None, pointer, "The document is nested too deeply.")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _unreadable(item, join(pointer, key), depth + 1)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _unreadable(item, join(pointer, number), depth + 1)
    elif isinstance(value, int | float | Decimal) and not -LARGEST < _finite(value) < LARGEST:
        yield Problem(None, pointer, f"{pointer.strip('/') or 'The document'}: A number has at most 30 digits.")


def _finite(number: float | Decimal) -> float | Decimal:
    return LARGEST if isinstance(number, Decimal) and number.is_nan() else number


def _shape(document: Any) -> Iterator[Problem]:
    for error in validate(document_schema(), document):
        parts = split(error.pointer)
        if parts[:1] == ["steps"] and len(parts) > 1 and isinstance(document["steps"], dict):
            step = document["steps"].get(parts[1])
            told = step.get("name") if isinstance(step, dict) else None
            field = place(parts[2:])
            yield Problem(parts[1], field, f"“{told or parts[1]}”, {field.strip('/') or 'step'}: {error.message}")
        else:
            yield Problem(None, error.pointer, f"{error.pointer.strip('/') or 'The document'}: {error.message}")
    if isinstance(document, dict) and not _is_zone(document.get("zone", "UTC")):
        yield Problem(None, "/zone", "zone: Write a time zone as the IANA database has it, such as Europe/Berlin.")


def _is_zone(name: Any) -> bool:
    try:
        return isinstance(name, str) and bool(ZoneInfo(name))
    except (LookupError, OSError, ValueError):
        return False


def _schemas(document: dict[str, Any]) -> Iterator[Problem]:
    yield from name_problems(document)
    for error in check_schema(document["data"]):
        yield Problem(None, f"/data{error.pointer}", f"The data's schema: {error.message}")
    if document["data"].get("type") != "object":
        yield Problem(None, "/data/type", 'The data of a request is an object: write "type": "object".')
    for key, step in document["steps"].items():
        schema = (step.get("form") or {}).get("schema")
        if schema is None:
            continue
        wrong = check_schema(schema)
        for error in wrong:
            yield Problem(key, f"/form/schema{error.pointer}", f"The form of “{step['name']}”: {error.message}")
        if not wrong and form_schema.types(form_schema.resolve(schema, schema)[0]) != ["object"]:
            text = f'The form of “{step["name"]}” asks for fields: write "type": "object" and “properties”.'
            yield Problem(key, "/form/schema/type", text)


def _meaning(definition: Definition) -> Iterator[Problem]:
    yield from _start(definition)
    for step in definition.steps.values():
        yield from _outcomes(definition, step)
        yield from _form(definition, step)
        yield from step_types()[step.type].check(definition, step)
    yield from flow_problems(definition)
    yield from place_problems(definition)
    if definition.start in definition.steps:
        yield from data_problems(definition)


def _start(definition: Definition) -> Iterator[Problem]:
    first = definition.steps.get(definition.start)
    if first is None:
        yield Problem(None, "/start", f"The flow starts at “{definition.start}”, and there is no such step.")
    elif role(first.type) != "start":
        yield Problem(first.id, "/type", f"The flow starts at “{first.name}”, which is not a request form.")
    others = [step for step in definition.steps.values() if role(step.type) == "start" and step.id != definition.start]
    for step in others:
        yield Problem(step.id, "/type", f"“{step.name}” is a second request form. A flow has one; use a form step.")


def _outcomes(definition: Definition, step: Step) -> Iterator[Problem]:
    offered = step_types()[step.type].outcomes(step)
    for outcome in offered:
        if outcome not in step.outcomes:
            words = outcome.replace("_", " ")
            text = f"“{step.name}” has nowhere to go when it is {words}. Choose a step for it."
            yield Problem(step.id, f"/outcomes/{outcome}", text)
    for outcome, target in step.outcomes.items():
        if outcome not in offered:
            text = f"“{step.name}” never ends with “{outcome}”. It can end with: {', '.join(offered) or 'nothing'}."
            yield Problem(step.id, f"/outcomes/{outcome}", text)
        elif target not in definition.steps:
            text = f"“{step.name}” leads to “{target}” when it is {outcome}, and there is no such step."
            yield Problem(step.id, f"/outcomes/{outcome}", text)


def _form(definition: Definition, step: Step) -> Iterator[Problem]:
    if not asks_form(step):
        return
    for pointer, text in forms.problems(*definition.form(step.id)):
        yield Problem(step.id, f"/form/uiSchema{pointer}", f"The form of “{step.name}”: {text}")
