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
from engine.problems import Problem, problem
from engine.reasons import reason
from engine.registry import some
from engine.schema_guard import check_schema
from engine.schemas import place, validate
from engine.steps import Routes, asks_form, role, step_types
from engine.text_check import name_problems, place_problems, word_problems

MAX_NESTING, MAX_DIGITS = 100, 30
LARGEST = 10**MAX_DIGITS


def check_document(document: Any, channels: tuple[str, ...] = ()) -> list[Problem]:
    """In four stages, each of which the next one stands on: its shape, its schemas, what it means, how it reads.

    Raises nothing, whatever the document is. channels: those that it may name; without any, whatever it says.
    """
    shape = list(_unreadable(document)) or list(_shape(document, channels))
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
        yield problem("document_deep", None, pointer)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _unreadable(item, join(pointer, key), depth + 1)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _unreadable(item, join(pointer, number), depth + 1)
    elif isinstance(value, int | float | Decimal) and not -LARGEST < _finite(value) < LARGEST:
        code = "document_shape" if pointer else "document_wrong"
        yield problem(code, None, pointer, pointer=pointer, why=reason("number_long", most=MAX_DIGITS))


def _finite(number: float | Decimal) -> float | Decimal:
    return LARGEST if isinstance(number, Decimal) and number.is_nan() else number


def _shape(document: Any, channels: tuple[str, ...]) -> Iterator[Problem]:
    for error in validate(document_schema(channels), document):
        parts = split(error.pointer)
        if parts[:1] == ["steps"] and len(parts) > 1 and isinstance(document["steps"], dict):
            field = place(parts[2:])
            code = "step_shape" if field else "step_wrong"
            yield problem(code, parts[1], field, pointer=field, why=error.reason)
        else:
            code = "document_shape" if error.pointer else "document_wrong"
            yield problem(code, None, error.pointer, pointer=error.pointer, why=error.reason)
    if isinstance(document, dict) and not _is_zone(document.get("zone", "UTC")):
        yield problem("zone", None, "/zone")


def _is_zone(name: Any) -> bool:
    try:
        return isinstance(name, str) and bool(ZoneInfo(name))
    except (LookupError, OSError, ValueError):
        return False


def _schemas(document: dict[str, Any]) -> Iterator[Problem]:
    yield from name_problems(document)
    for error in check_schema(document["data"]):
        yield problem("data_schema", None, f"/data{error.pointer}", why=error.reason)
    if document["data"].get("type") != "object":
        yield problem("data_no_object", None, "/data/type")
    for key, step in document["steps"].items():
        schema = (step.get("form") or {}).get("schema")
        if schema is None:
            continue
        wrong = check_schema(schema)
        for error in wrong:
            yield problem("form_schema", key, f"/form/schema{error.pointer}", why=error.reason)
        if not wrong and form_schema.types(form_schema.resolve(schema, schema)[0]) != ["object"]:
            yield problem("form_no_object", key, "/form/schema/type")


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
        yield problem("no_start", None, "/start", target=definition.start)
    elif role(first.type) != "start":
        yield problem("start_no_form", first.id, "/type")
    others = [step for step in definition.steps.values() if role(step.type) == "start" and step.id != definition.start]
    for step in others:
        yield problem("second_start", step.id, "/type")


def _outcomes(definition: Definition, step: Step) -> Iterator[Problem]:
    offered = step_types()[step.type].outcomes(step)
    for outcome in offered:
        if outcome not in step.outcomes:
            routes = some("engine.steps", Routes).get(step.type)
            usual = problem("outcome_missing", step.id, f"/outcomes/{outcome}", outcome=outcome)
            yield routes.nowhere(step, outcome) if routes else usual
    for outcome, target in step.outcomes.items():
        if outcome not in offered:
            pointer, code = f"/outcomes/{outcome}", "outcome_strange" if offered else "outcome_of_end"
            yield problem(code, step.id, pointer, given=outcome, offered=offered)
        elif target not in definition.steps:
            yield problem("outcome_nowhere", step.id, f"/outcomes/{outcome}", target=target, outcome=outcome)


def _form(definition: Definition, step: Step) -> Iterator[Problem]:
    if not asks_form(step):
        return
    for pointer, why in forms.problems(*definition.form(step.id)):
        yield problem("form_wrong", step.id, f"/form/uiSchema{pointer}", why=why)
