"""What the step types say of a step that is being edited: its first settings, its ways out, what it can keep."""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from designer.edits.edit import EditRefused
from engine.definition import Step
from engine.document import settings_schema, shared
from engine.registry import some
from engine.schemas import validate
from engine.steps import Begun, StepType, step_types

Json = dict[str, Any]
COMMON = ("type", "name", "description", "outcomes")
_EMPTY: Mapping[str, Any] = {"string": "", "array": [], "object": {}, "boolean": False, "integer": 1, "number": 1}


def step_type(name: str) -> StepType:
    """Raises EditRefused."""
    found = step_types().get(name)
    if found is None:
        raise EditRefused("no_type", name=name[:60])
    return found


def fresh(schema: Any) -> Any:
    """The least value a schema asks for: its default, or its required parts. Not always one that it accepts."""
    if not isinstance(schema, dict):
        return None
    for word in ("default", "const"):
        if word in schema:
            return deepcopy(schema[word])
    if schema.get("enum"):
        return schema["enum"][0]
    for word in ("oneOf", "anyOf"):
        if schema.get(word):
            return fresh(schema[word][0])
    kind = schema.get("type")
    if kind == "object":
        parts = schema.get("properties", {})
        return {name: fresh(parts.get(name)) for name in schema.get("required", ())}
    if kind == "array" and schema.get("minItems"):
        return [fresh(schema.get("items"))]
    if kind in ("integer", "number") and "minimum" in schema:
        return schema["minimum"]
    return deepcopy(_EMPTY.get(str(kind)))


def new_step(kind: str, outcome: str = "") -> Json:
    """As it begins on that way out of another step. Raises EditRefused for an unknown type."""
    found = step_type(kind)
    begun = some("engine.steps", Begun)
    own = begun[kind].begin(outcome) if kind in begun else {}
    return {"type": kind, "name": found.LABEL, **fresh(found.SCHEMA), **own}


def offered(key: str, step: Mapping[str, Any]) -> list[str]:
    """The ways out that a step has by its settings, as far as they can be read."""
    kind, outcomes = step.get("type"), step.get("outcomes")
    if not isinstance(kind, str) or kind not in step_types():
        return []
    ways = {name: to for name, to in outcomes.items() if isinstance(to, str)} if isinstance(outcomes, dict) else {}
    return step_types()[kind].outcomes(Step(key, kind, key, ways, readable(kind, step)))


def readable(kind: str, step: Mapping[str, Any]) -> Json:
    """The settings of a step that are as its type, one that there is, wants them."""
    parts = {
        name: {**part, "$defs": shared()} for name, part in step_types()[kind].SCHEMA.get("properties", {}).items()
    }
    return {name: value for name, value in step.items() if name in parts and not validate(parts[name], value)}


def sound(kind: str, step: Mapping[str, Any]) -> bool:
    """Whether all that its type, one that there is, needs is there and as it wants it."""
    settings = {name: value for name, value in step.items() if name not in COMMON}
    return not validate(settings_schema(kind), settings)


def slug(text: str, longest: int) -> str:
    """An id: small letters, digits and dashes, beginning with a letter."""
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return (words if words[:1].isalpha() else f"step-{words}".strip("-"))[:longest].rstrip("-")
