"""A BPMN file as a draft: our own as they were, with what was changed elsewhere; of others the subset that maps.

What does not map is left out and told. Nothing in a file is an error, but that it is no BPMN at all.
"""

from dataclasses import dataclass
from typing import Any

from designer.blank import blank
from designer.bpmn.kept import original, overlay, recognised
from designer.bpmn.model import Model, model_of
from designer.bpmn.new_steps import add, begin, lead_in
from designer.bpmn.reading import GENERATED, LONGEST_DESCRIPTION, LONGEST_NAME, Json, Reading
from designer.bpmn.xml import parse
from designer.edits.step_types import slug
from engine.reasons import Reason, reason
from engine.wording.values import clean, plain_name

MAX_KEY = 60
UNNAMED = "Imported flow"


@dataclass(frozen=True, slots=True)
class Read:
    """document: a draft, which may have problems. notes: what did not map, as engine/wording/sentences.py tells it.

    own: whether it was exported here, so that its key means the same definition.
    """

    document: Json
    notes: tuple[Reason, ...]
    own: bool


def read(content: bytes) -> Read:
    """Raises Unread where the file is no BPMN with a process in it."""
    model = model_of(parse(content))
    known = original(model)
    document = _frame(model) if known is None else known
    steps = document.get("steps")
    reading = Reading(model, steps if isinstance(steps, dict) else ())
    for name in model.others:
        reading.note(reason("bpmn_process", name=name or "…"))
    if model.aside:
        reading.note(reason("bpmn_aside", count=model.aside))
    was = recognised(reading, document)
    if known is None:
        document["start"] = begin(reading)
    add(reading, was)
    if known is None:
        lead_in(reading, document["start"])
    else:
        overlay(reading, document, was)
    if reading.added:
        document["steps"] = {**(document["steps"] if isinstance(steps, dict) else {}), **reading.added}
    _ask(reading, document)
    return Read(document, tuple(reading.notes), own=known is not None)


def _frame(model: Model) -> Json:
    """A definition without steps, as a new one begins."""
    name = clean(model.name, LONGEST_NAME) or UNNAMED
    process = model.process.get("id", "")
    key = slug(name if GENERATED.fullmatch(process) else process or name, MAX_KEY)
    described = {"description": model.description[:LONGEST_DESCRIPTION]} if model.description else {}
    return {**blank(key, name), **described, "steps": {}}


def _ask(reading: Reading, document: Json) -> None:
    """The request form asks for what rules and people need to know."""
    data = document.get("data")
    known = data.get("properties") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(known, dict):
        return
    new = {name: _field(name, schema) for name, schema in reading.fields.items() if name not in known}
    if new:
        required = data.get("required") if isinstance(data.get("required"), list) else []
        document["data"] = {**data, "properties": {**known, **new}, "required": [*(required or []), *new]}
        reading.note(reason("bpmn_fields", fields=list(new)))


def _field(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    text = {"minLength": 1, "maxLength": 200} if schema.get("type", "string") == "string" else {}
    return {"type": "string", "title": plain_name(name).capitalize(), **schema, **text}
