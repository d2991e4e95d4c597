"""What a control says of itself in the form builder, and the settings that several of them share."""

from typing import Any

from msgspec import Struct

Schema = dict[str, Any]


class Offer(Struct, frozen=True):
    """An entry of the palette. icon: a name in static/icons.svg. rank: its place, the smallest first.

    begins, ui: schema and uiSchema of a new field, in which `{currency}` is the flow's. settings: what can be set of
    such a field besides what all have, as JSON Schema by word of the schema, or of the uiSchema where it begins
    with "ui:".
    """

    label: str
    icon: str
    rank: int
    begins: Schema
    ui: Schema = {}
    settings: Schema = {}


PLACEHOLDER: Schema = {
    "type": "string",
    "title": "Example",
    "description": "Shown in grey until somebody writes.",
    "maxLength": 200,
}
INLINE: Schema = {"type": "boolean", "title": "On one line"}
LINES: Schema = {"type": "integer", "title": "Lines", "minimum": 1, "maximum": 50}
CURRENCY: Schema = {
    "type": "string",
    "title": "Currency",
    "description": "Three letters, such as EUR, or the name of the field that holds them.",
    "maxLength": 60,
}
ZONE: Schema = {"type": "string", "title": "Time zone", "description": "Such as Europe/Berlin.", "maxLength": 60}
COLUMNS: Schema = {"type": "integer", "title": "Columns", "minimum": 1, "maximum": 3}
ORDERABLE: Schema = {"type": "boolean", "title": "Entries can be moved", "default": True}
COPYABLE: Schema = {"type": "boolean", "title": "Entries can be copied"}
LENGTHS: Schema = {
    "minLength": {"type": "integer", "title": "At least so many letters", "minimum": 0, "maximum": 100_000},
    "maxLength": {"type": "integer", "title": "At most so many letters", "minimum": 0, "maximum": 100_000},
}
PATTERN: Schema = {
    "type": "string",
    "title": "Pattern",
    "description": "A regular expression that the answer must match.",
    "maxLength": 500,
}
BOUNDS: Schema = {
    "minimum": {"type": "number", "title": "At least"},
    "maximum": {"type": "number", "title": "At most"},
    "exclusiveMinimum": {"type": "number", "title": "More than"},
    "exclusiveMaximum": {"type": "number", "title": "Less than"},
}
MULTIPLE: Schema = {"type": "number", "title": "In steps of", "exclusiveMinimum": 0}
ENTRIES: Schema = {
    "minItems": {"type": "integer", "title": "At least so many", "minimum": 0, "maximum": 1000},
    "maxItems": {"type": "integer", "title": "At most so many", "minimum": 0, "maximum": 1000},
}
