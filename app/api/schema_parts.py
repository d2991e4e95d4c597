"""Building blocks of the calls' schemas, and the problem that every refusal answers with (RFC 9457)."""

from collections.abc import Collection
from typing import Any

from app.api.operation import Schema

TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": 200}
LONG: Schema = {"type": "string", "maxLength": 10000}
NAMES: Schema = {"type": "array", "items": TEXT, "maxItems": 200}
WORDS: Schema = {"type": "string"}
MAYBE: Schema = {"type": ["string", "null"]}
WORD_LIST: Schema = {"type": "array", "items": WORDS}
MOMENT: Schema = {"type": "string", "format": "date-time"}
MAYBE_MOMENT: Schema = {"type": ["string", "null"], "format": "date-time"}
COUNT: Schema = {"type": "integer", "minimum": 0}
YES_NO: Schema = {"type": "boolean"}
SUCCESS: Schema = {"const": True}
ANY_OBJECT: Schema = {"type": "object"}
PERSON: Schema = {**TEXT, "description": "A person by e-mail address, handle or id."}
USER: Schema = {**PERSON, "description": "Whose answer this is; needs a key that may speak for others."}
PAGE: Schema = {"type": "integer", "minimum": 1, "maximum": 100_000, "default": 1}


def shape(example: Any = None, optional: Collection[str] = (), /, **fields: Schema) -> Schema:
    """An object with these fields and no others, all of them there but the optional ones."""
    needed = [name for name in fields if name not in optional]
    made: Schema = {"type": "object", "properties": fields, "additionalProperties": False}
    if needed:
        made["required"] = needed
    if example is not None:
        made["examples"] = [example]
    return made


def body(example: Any, needed: Collection[str] = (), /, **fields: Schema) -> Schema:
    """What a program sends: these fields and no others, the needed ones always."""
    return shape(example, [name for name in fields if name not in needed], **fields)


PROBLEM: Schema = {
    "type": "object",
    "description": "Why a call was refused; a conflict also says who was quicker.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": WORDS,
        "title": WORDS,
        "status": {"type": "integer"},
        "detail": {**WORDS, "description": "One sentence for people."},
        "instance": {**WORDS, "description": "The address that was asked."},
        "errors": {
            "type": "array",
            "description": "Every field that needs another look, by its place in the body.",
            "items": {
                "type": "object",
                "required": ["pointer", "message"],
                "properties": {"pointer": {**WORDS, "format": "json-pointer"}, "message": WORDS},
                "additionalProperties": False,
            },
        },
    },
    "examples": [
        {
            "type": "about:blank",
            "title": "Some of it needs another look",
            "status": 422,
            "detail": "Some fields need another look.",
            "instance": "/api/purchase",
            "errors": [{"pointer": "/data/amount", "message": "More than 0."}],
        }
    ],
}
