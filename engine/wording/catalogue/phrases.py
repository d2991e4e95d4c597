"""Phrases that stand in a sentence for a parameter with few values, by the parameter."""

from engine.phrases import Plural

_KINDS = {
    "number": "a number",
    "text": "a text",
    "yes or no": "yes or no",
    "moment": "a date",
    "length of time": "a length of time",
    "list of number": "a list of numbers",
    "list of text": "a list of texts",
    "list of yes or no": "a list of yes and no",
    "list of moment": "a list of dates",
}
_TYPES = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "yes or no",
    "array": "a list",
    "object": "a group of fields",
    "null": "empty",
}
_FORMATS = {
    "date": "a date, such as 2026-11-21",
    "date-time": "a date and time, such as 2026-11-21T09:30:00Z",
    "time": "a time, such as 09:30",
    "email": "an e-mail address, such as name@example.com",
    "uri": "a web address, such as https://example.com",
    "uuid": "an identifier (UUID)",
}
# Of BPMN, where there is nothing like it here.
_ELEMENTS = {
    "scriptTask": "a script, and none is run here",
    "businessRuleTask": "a decision table of another system",
    "receiveTask": "it waits for a message",
    "callActivity": "it calls another process",
    "intermediateCatchEvent": "it waits for an event",
    "intermediateThrowEvent": "it raises an event",
    "subProcess": "a process within, of which nothing is in the file",
    "transaction": "a process within, of which nothing is in the file",
    "adHocSubProcess": "a process within, of which nothing is in the file",
    **dict.fromkeys(("task", "userTask", "manualTask", "serviceTask", "sendTask"), "it compensates another step"),
}
_EVENTS = {
    "": "a plain event",
    "timer": "a timer",
    "message": "a message",
    "signal": "a signal",
    "error": "an error",
    "escalation": "an escalation",
    "conditional": "a condition",
    "compensate": "a compensation",
    "cancel": "a cancellation",
    "link": "a link",
    "terminate": "a termination",
}
PHRASES: dict[str, dict[str, str]] = {
    "element": _ELEMENTS,
    "event": _EVENTS,
    "kind": _KINDS,
    "other_kind": _KINDS,
    "needed": _KINDS,
    "types": _TYPES,
    "format": _FORMATS,
    "label": {"": "The form"},
    "outcome": {
        "approved": "approved",
        "rejected": "rejected",
        "changes_requested": "changes requested",
        "timed_out": "timed out",
        "submitted": "submitted",
        "done": "done",
        "failed": "failed",
        "sent": "sent",
        "otherwise": "otherwise",
    },
    "status": {
        "approved": "approved",
        "rejected": "rejected",
        "completed": "completed",
        "cancelled": "cancelled",
        "failed": "failed",
        "rolled_back": "rolled back",
    },
}
# How several of them are joined.
OR, AND, ANY_FORMAT = "{one} or {other}", "{one} and {other}", "of the form “{text}”"
# Whose name is gone, in a sentence and where it begins; and where there is no name at all.
SOMEBODY, SOMEBODY_FIRST, NOBODY = "somebody who left", "Somebody who left", "nobody"
ERASED = "Somebody erased"
DAYS = Plural("{count} day", "{count} days", "count")
HOURS = Plural("{count} hour", "{count} hours", "count")
MINUTES = Plural("{count} minute", "{count} minutes", "count")
SHORTEST = "less than a minute"
# A value inside a sentence.
EMPTY, YES, NO = "empty", "yes", "no"
# What a rule says, and what the fields that it reads held.
HELD, WAS = "{rule} ({values})", "{item} was {content}"
