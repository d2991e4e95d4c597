"""The definition that a new flow begins as: a form that asks one question, and an end."""

from typing import Any

from designer.edits.step_types import new_step
from engine.definition import FORMAT


def blank(key: str, name: str) -> dict[str, Any]:
    """It can be published as it is."""
    return {
        "format": FORMAT,
        "key": key,
        "name": name,
        "title": "{subject}",
        "data": {
            "type": "object",
            "properties": {"subject": {"type": "string", "title": "What is it about?", "maxLength": 200}},
            "required": ["subject"],
        },
        "start": "request",
        "steps": {
            "request": {**new_step("start"), "outcomes": {"submitted": "approved"}},
            "approved": new_step("end"),
        },
    }
