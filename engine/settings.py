"""Settings that several step types share, as JSON Schema: who is asked, time limits, forms, calls."""

from typing import Any

Schema = dict[str, Any]

FIELD: Schema = {
    "type": "object",
    "required": ["field"],
    "properties": {"field": {"type": "string"}},
    "additionalProperties": False,
}
# The kinds of who there are stand in the document's schema, which knows every file of engine/who.
WHO: Schema = {"$ref": "#/$defs/who", "title": "Who", "default": [{"manager": 1}]}
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
LEVELS: Schema = {
    "title": "Levels",
    "default": [{"id": "level-1", "who": [{"manager": 1}]}],
    "type": "array",
    "minItems": 1,
    "maxItems": 50,
    "items": {
        "type": "object",
        "required": ["id", "who"],
        "properties": {
            "id": {
                "title": "Id",
                "type": "string",
                "pattern": "^[a-z][a-z0-9_-]{0,59}$",
                "description": "Names the level in the record; it stays when levels are added or moved.",
            },
            "name": {"type": "string", "minLength": 1, "maxLength": 80},
            "when": {"type": "string", "maxLength": 2000},
            "who": WHO,
            "policy": {
                "anyOf": [
                    {"enum": ["any", "all"]},
                    {
                        "type": "object",
                        "required": ["quorum"],
                        "properties": {"quorum": {"anyOf": [{"type": "integer", "minimum": 1}, FIELD]}},
                        "additionalProperties": False,
                    },
                ]
            },
        },
        "additionalProperties": False,
    },
}
COVERS: Schema = {
    "title": "What a signature covers",
    "type": "array",
    "minItems": 1,
    "maxItems": 200,
    "uniqueItems": True,
    "items": {"type": "string"},
    "description": "Fields; without this, all that are filled in. When one changes, its signers are asked again.",
}
ON_CHANGE: Schema = {
    "title": "When a field changes",
    "type": "object",
    "additionalProperties": {"enum": ["ask", "tell"]},
    "description": "By field: ask its signers again (the default), or only tell them.",
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
        "url": {"type": "string", "minLength": 1, "maxLength": 2000, "default": "https://"},
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
