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
SPAN: Schema = {"type": "string", "maxLength": 40, "format": "time-span"}
DURATION: Schema = {"format": "time-limit", "anyOf": [{"type": "string", "maxLength": 40}, FIELD, {"type": "null"}]}
_APPROVE, _REJECT = "it counts as approved", "it counts as rejected"
_ESCALATE, _TIMED_OUT = "somebody else is asked", "it goes on as timed out"
TIMEOUT: Schema = {
    "title": "Time limit",
    "type": "object",
    "format": "timeout",
    "properties": {
        "after": {"title": "Answer within", **DURATION},
        "remind": {
            "title": "Remind after",
            "type": "array",
            "maxItems": 10,
            "items": SPAN,
        },
        "then": {
            "title": "When the time is up",
            "format": "choice-or-field",
            "anyOf": [
                {
                    "enum": ["approve", "reject", "escalate", "timed_out"],
                    "enumNames": [_APPROVE, _REJECT, _ESCALATE, _TIMED_OUT],
                },
                FIELD,
            ],
        },
        "to": {
            "$ref": "#/$defs/who",
            "title": "Who is asked then",
            "description": "Without anybody here: the next manager up the line of whoever was asked.",
        },
        "within": {"title": "They answer within", **DURATION},
        "times": {"title": "How often somebody else is asked, at most", "type": "integer", "minimum": 0, "maximum": 10},
        "finally": {
            "title": "If still nobody answers",
            "format": "choice-or-field",
            "anyOf": [
                {"enum": ["approve", "reject", "timed_out"], "enumNames": [_APPROVE, _REJECT, _TIMED_OUT]},
                FIELD,
            ],
        },
    },
    "additionalProperties": False,
}
RESUBMIT: Schema = {
    "title": "Signatures when it is sent again",
    "enum": ["keep", "restart"],
    "enumNames": ["those that still hold are kept", "everybody signs again"],
    "default": "restart",
}
COMMENT: Schema = {
    "title": "Comment",
    "enum": ["optional", "required_on_reject", "required"],
    "enumNames": ["may be left out", "needed unless somebody approves", "always needed"],
    "default": "required_on_reject",
}
READING: Schema = {
    "title": "Which levels sign",
    "oneOf": [
        {"const": "cumulative", "title": "Every level that the request reaches, one after the other"},
        {"const": "highest", "title": "Only the highest that it reaches"},
    ],
    "default": "cumulative",
}
LEVELS: Schema = {
    "title": "Levels",
    "format": "levels",
    "default": [{"id": "level-1", "who": [{"manager": 1}]}],
    "type": "array",
    "minItems": 1,
    "maxItems": 50,
    "items": {
        "title": "Level",
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
                "description": "Without a rule it always signs.",
                "type": "string",
                "format": "rule",
                "maxLength": 2000,
            },
            "who": WHO,
            "policy": {
                "title": "How many must agree",
                "format": "policy",
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
        "when": {"title": "Rule", "type": "string", "format": "rule"},
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
    "format": "data-fields",
    "items": {"type": "string"},
    "description": "Without any: all that are filled in. When one changes, its signers are asked again.",
}
ON_CHANGE: Schema = {
    "title": "When a field changes",
    "type": "object",
    "format": "pairs",
    "propertyNames": {"format": "data-field"},
    "additionalProperties": {"enum": ["ask", "tell"], "enumNames": ["ask its signers again", "only tell its signers"]},
    "description": "Of a field that is not listed its signers are asked again.",
}
FORM: Schema = {
    "title": "Form",
    "type": "object",
    "format": "form-builder",
    "properties": {
        "schema": {"title": "Fields", "type": "object"},
        "uiSchema": {"title": "How they are shown", "type": "object"},
    },
    "additionalProperties": False,
}
CALL: Schema = {
    "title": "Call",
    "type": "object",
    "format": "call",
    "required": ["url"],
    "properties": {
        "method": {"title": "Method", "enum": ["GET", "POST", "PUT", "PATCH", "DELETE"], "default": "POST"},
        "url": {"title": "Address", "type": "string", "minLength": 1, "maxLength": 2000, "default": "https://"},
        "headers": {
            "title": "Headers",
            "type": "object",
            "format": "pairs",
            "maxProperties": 20,
            "additionalProperties": {"type": "string", "maxLength": 2000},
        },
        "body": {"title": "What is sent", "format": "pairs"},
    },
    "additionalProperties": False,
}
SAVE: Schema = {
    "title": "Keep the answer as",
    "type": "string",
    "format": "new-field",
    "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,59}$",
}
RETRY: Schema = {
    "title": "When it fails",
    "type": "object",
    "properties": {
        "attempts": {"title": "How often it is tried", "type": "integer", "minimum": 1, "maximum": 20, "default": 5},
        "first": {"title": "First retry after", **SPAN, "default": "PT2M"},
    },
    "additionalProperties": False,
}


def is_call(schema: Schema) -> bool:
    """Whether a setting of this schema is a call, whatever it is named."""
    return schema.get("properties") is CALL["properties"]
