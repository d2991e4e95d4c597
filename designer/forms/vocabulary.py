"""What can be set of a field, as JSON Schema by word of its schema or uiSchema: of every one, and by its control."""

from typing import Any

from designer.forms.palette import palette
from engine.forms.controls import Control
from engine.forms.ui import WIDTHS

Json = dict[str, Any]
QUESTION: Json = {
    "title": {"type": "string", "title": "Label", "maxLength": 300},
    "description": {"type": "string", "title": "Explanation", "maxLength": 2000},
    "ui:help": {"type": "string", "title": "Help", "description": "Small, below the answer.", "maxLength": 2000},
}
RULES: Json = {
    "required": {"type": "boolean", "title": "Must be answered"},
    "readOnly": {"type": "boolean", "title": "Shown, but not to be changed"},
    "ui:sensitive": {"type": "boolean", "title": "Masked in mails and reports"},
}
LAYOUT: Json = {
    "ui:section": {
        "type": "string",
        "title": "Begins the section",
        "description": "A heading above this field.",
        "maxLength": 200,
    },
    "ui:width": {
        "title": "Width",
        "oneOf": [
            {"const": width, "title": title}
            for width, title in zip(WIDTHS, ("A whole line", "Half a line", "A third of a line"), strict=True)
        ],
    },
}
COMMON = {**QUESTION, **RULES, **LAYOUT}


def of_control(control: Control) -> Json:
    return control.offer.settings if control.offer else {}


def known() -> Json:
    """Every word that can be set of some field."""
    found = dict(COMMON)
    for entry in palette():
        found |= entry.offer.settings
    return {**found, "default": {}, "choices": {}}
