"""Publishing is proof: every reason why a document cannot be published, each with its step and the way out."""

from collections.abc import Iterator
from typing import Any

from engine.definition import Definition, Step
from engine.document import document_schema
from engine.problems import Problem
from engine.registry import discover
from engine.schema_guard import check_schema
from engine.schemas import validate

FORM_TYPES = {"start", "form", "approval"}


def check_document(document: Any) -> list[Problem]:
    """In three stages, each of which the next one stands on: the document's shape, its schemas, what it means."""
    shape = list(_shape(document))
    if shape:
        return shape
    schemas = list(_schemas(document))
    return schemas or list(_meaning(Definition(document)))


def _shape(document: Any) -> Iterator[Problem]:
    for error in validate(document_schema(), document):
        parts = error.pointer.split("/")
        if parts[1:2] == ["steps"] and len(parts) > 2:
            name = document["steps"].get(parts[2], {})
            told = name.get("name") if isinstance(name, dict) else None
            field = "/" + "/".join(parts[3:]) if len(parts) > 3 else ""
            yield Problem(parts[2], field, f"“{told or parts[2]}”, {field.strip('/') or 'step'}: {error.message}")
        else:
            yield Problem(None, error.pointer, f"{error.pointer.strip('/') or 'The document'}: {error.message}")


def _schemas(document: dict[str, Any]) -> Iterator[Problem]:
    for error in check_schema(document["data"]):
        yield Problem(None, f"/data{error.pointer}", f"The data's schema: {error.message}")
    if document["data"].get("type") != "object":
        yield Problem(None, "/data/type", 'The data of a request is an object: write "type": "object".')
    for key, step in document["steps"].items():
        form = step.get("form") or {}
        if "schema" in form:
            for error in check_schema(form["schema"]):
                yield Problem(key, f"/form/schema{error.pointer}", f"The form of “{step['name']}”: {error.message}")


def _meaning(definition: Definition) -> Iterator[Problem]:
    yield from _start(definition)
    for step in definition.steps.values():
        yield from _outcomes(definition, step)
        yield from _form(definition, step)
        yield from discover("engine.steps")[step.type].check(definition, step)
    yield from _ways(definition)


def _start(definition: Definition) -> Iterator[Problem]:
    first = definition.steps.get(definition.start)
    if first is None:
        yield Problem(None, "/start", f"The flow starts at “{definition.start}”, and there is no such step.")
    elif first.type != "start":
        yield Problem(first.id, "/type", f"The flow starts at “{first.name}”, which is not a request form.")
    others = [step for step in definition.steps.values() if step.type == "start" and step.id != definition.start]
    for step in others:
        yield Problem(step.id, "/type", f"“{step.name}” is a second request form. A flow has one; use a form step.")


def _outcomes(definition: Definition, step: Step) -> Iterator[Problem]:
    offered = discover("engine.steps")[step.type].outcomes(step)
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
    """A uiSchema speaks of fields that exist."""
    if step.type not in FORM_TYPES:
        return
    schema, ui_schema = definition.form(step.id)
    known = schema.get("properties", {})
    named = [name for name in ui_schema if not name.startswith("ui:")]
    ordered = [name for name in ui_schema.get("ui:order", []) if name != "*"]
    for name in dict.fromkeys([*named, *ordered]):
        if name not in known:
            text = f"The form of “{step.name}” shows “{name}”, and there is no such field."
            yield Problem(step.id, f"/form/uiSchema/{name}", text)


def _ways(definition: Definition) -> Iterator[Problem]:
    """Every step can be reached from the start, and can reach an end."""
    steps = definition.steps
    onward = {key: [target for target in step.outcomes.values() if target in steps] for key, step in steps.items()}
    backward: dict[str, list[str]] = {key: [] for key in steps}
    for key, targets in onward.items():
        for target in targets:
            backward[target].append(key)
    ends = [key for key, step in steps.items() if step.type == "end"]
    if not ends:
        yield Problem(None, "/steps", "The flow has no end. Add a step of type end.")
    reached = _reach([definition.start] if definition.start in steps else [], onward)
    finishing = _reach(ends, backward)
    for key, step in steps.items():
        if key not in reached:
            yield Problem(key, "", f"Nothing leads to “{step.name}”. Lead an outcome there, or remove it.")
        elif ends and key not in finishing:
            yield Problem(key, "", f"From “{step.name}” no way leads to an end.")


def _reach(begin: list[str], ways: dict[str, list[str]]) -> set[str]:
    seen, ahead = set(begin), list(begin)
    while ahead:
        for key in ways[ahead.pop()]:
            if key not in seen:
                seen.add(key)
                ahead.append(key)
    return seen
