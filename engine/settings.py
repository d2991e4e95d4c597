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
        "after": {"title": "Answer within", **DURATION},
        "remind": {
            "title": "Remind after",
            "type": "array",
            "maxItems": 10,
            "items": {"type": "string", "maxLength": 40},
        },
        "then": {"title": "When the time is up", **_ACTION},
        "to": {**WHO, "title": "Escalate to"},
        "within": {"title": "Time after an escalation", **DURATION},
        "times": {"title": "Escalations at most", "type": "integer", "minimum": 0, "maximum": 10},
        "finally": {"title": "If still nobody answers", "anyOf": [{"enum": ["approve", "reject", "timed_out"]}, FIELD]},
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
            "name": {"title": "Name", "type": "string", "minLength": 1, "maxLength": 80},
            "when": {
                "title": "Signs when",
                "description": "A rule; without one it always signs.",
                "type": "string",
                "maxLength": 2000,
            },
            "who": WHO,
            "policy": {
                "title": "How many must agree",
                "anyOf": [
                    {"enum": ["any", "all"]},
                    {
                        "type": "object",
                        "required": ["quorum"],
                        "properties": {"quorum": {"anyOf": [{"type": "integer", "minimum": 1}, FIELD]}},
                        "additionalProperties": False,
                    },
                ],
            },
        },
        "additionalProperties": False,
    },
}
AUTOMATIC: Schema = {
    "title": "Approved by itself",
    "description": "When this rule holds, nobody is asked.",
    "type": "object",
    "required": ["when", "reason"],
    "properties": {
        "when": {"title": "Rule", "type": "string"},
        "reason": {"title": "Reason, as the record says it", "type": "string"},
    },
    "additionalProperties": False,
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
    "properties": {
        "schema": {"title": "Fields", "type": "object"},
        "uiSchema": {"title": "How they are shown", "type": "object"},
    },
    "additionalProperties": False,
}
CALL: Schema = {
    "title": "Call",
    "type": "object",
    "required": ["url"],
    "properties": {
        "method": {"title": "Method", "enum": ["GET", "POST", "PUT", "PATCH", "DELETE"], "default": "POST"},
        "url": {"title": "Address", "type": "string", "minLength": 1, "maxLength": 2000, "default": "https://"},
        "headers": {
            "title": "Headers",
            "type": "object",
            "maxProperties": 20,
            "additionalProperties": {"type": "string", "maxLength": 2000},
        },
        "body": {"title": "Body"},
    },
    "additionalProperties": False,
}
RETRY: Schema = {
    "title": "When it fails",
    "type": "object",
    "properties": {
        "attempts": {"title": "Tries", "type": "integer", "minimum": 1, "maximum": 20, "default": 5},
        "first": {"title": "First retry after", "type": "string", "maxLength": 40, "default": "PT2M"},
    },
    "additionalProperties": False,
}


def is_call(schema: Schema) -> bool:
    """Whether a setting of this schema is a call, whatever it is named."""
    return schema.get("properties") is CALL["properties"]
