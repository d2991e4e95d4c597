"""Settings that several step types share, as JSON Schema: who is asked, time limits, forms, calls."""

from typing import Any

Schema = dict[str, Any]

FIELD: Schema = {
    "type": "object",
    "required": ["field"],
    "properties": {"field": {"type": "string"}},
    "additionalProperties": False,
}


def _one(name: str, value: Schema) -> Schema:
    return {"type": "object", "required": [name], "properties": {name: value}, "additionalProperties": False}


TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": 200}
WHO: Schema = {
    "title": "Who",
    "type": "array",
    "minItems": 1,
    "maxItems": 50,
    "items": {
        "oneOf": [
            _one("user", TEXT),
            _one("group", TEXT),
            _one("role", TEXT),
            _one("manager", {"type": "integer", "minimum": 1, "maximum": 10}),
            _one("field", TEXT),
            _one("requester", {"const": True}),
        ]
    },
}
DURATION: Schema = {"anyOf": [{"type": "string", "maxLength": 40}, FIELD, {"type": "null"}]}
_ACTION: Schema = {"anyOf": [{"enum": ["approve", "reject", "escalate", "timed_out"]}, FIELD]}
TIMEOUT: Schema = {
    "title": "Time limit",
    "type": "object",
    "properties": {
        "after": DURATION,
        "remind": {"type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 40}},
        "then": _ACTION,
        "to": WHO,
        "within": DURATION,
        "times": {"type": "integer", "minimum": 0, "maximum": 10},
        "finally": {"anyOf": [{"enum": ["approve", "reject", "timed_out"]}, FIELD]},
    },
    "additionalProperties": False,
}
FORM: Schema = {
    "title": "Form",
    "type": "object",
    "properties": {"schema": {"type": "object"}, "uiSchema": {"type": "object"}},
    "additionalProperties": False,
}
CALL: Schema = {
    "type": "object",
    "required": ["url"],
    "properties": {
        "method": {"enum": ["GET", "POST", "PUT", "PATCH", "DELETE"], "default": "POST"},
        "url": {"type": "string", "minLength": 1, "maxLength": 2000},
        "headers": {
            "type": "object",
            "maxProperties": 20,
            "additionalProperties": {"type": "string", "maxLength": 2000},
        },
        "body": True,
    },
    "additionalProperties": False,
}
RETRY: Schema = {
    "type": "object",
    "properties": {
        "attempts": {"type": "integer", "minimum": 1, "maximum": 20, "default": 5},
        "first": {"type": "string", "maxLength": 40, "default": "PT2M"},
    },
    "additionalProperties": False,
}
