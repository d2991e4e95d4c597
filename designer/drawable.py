"""Any JSON object as a definition that can be drawn: what is ill-formed is left out, never an error."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from designer.drawing.faces import Face, faces_of_draft
from designer.edits.draft_flow import name_of, outcomes_of, steps_of
from designer.edits.step_types import offered, readable
from engine.json_text import dumps, loads
from engine.people import Directory
from engine.steps import step_types

UNNAMED = "New flow"


def drawable(document: dict[str, Any]) -> dict[str, Any]:
    """start and steps, each with type, name and outcomes; a way out that leads nowhere is among them, as ""."""
    start = document.get("start")
    steps = {key: _step(key, dumps(step)) for key, step in steps_of(document).items()}
    return {"start": start if isinstance(start, str) else "", "steps": steps}


@lru_cache(maxsize=4096)
def _step(key: str, text: bytes) -> dict[str, Any]:
    """text: the step as JSON. An edit changes few of them, and to hold each against its schema is most of the work."""
    step = loads(text)
    kind, led = step.get("type"), outcomes_of(step)
    settings = readable(kind, step) if isinstance(kind, str) and kind in step_types() else {}
    ways = led | {way: "" for way in offered(key, step) if way not in led}
    return {**settings, "type": str(kind or "step"), "name": name_of(step, key), "outcomes": ways}


def faces(document: Mapping[str, Any], people: Directory | None = None) -> dict[str, Face]:
    """What each step's card says, by id; where its settings are not complete yet, that they are not."""
    return faces_of_draft({**drawable(dict(document)), "data": document.get("data")}, people)


def as_listed(document: Mapping[str, Any]) -> dict[str, str]:
    """What lists of definitions show of it."""
    shown = {"name": UNNAMED, "description": "", "category": "", "icon": "file"}
    texts = {name: document[name] for name in shown if isinstance(document.get(name), str)}
    return shown | {name: text for name, text in texts.items() if text}
