"""Definitions for tests of the panel: those that ship, those of other tests, and one in which everything is set."""

from copy import deepcopy
from typing import Any

from designer.gallery import templates
from tests.app.test_made_documents import PROGRAMS
from tests.designer.flows import random_flow
from tests.engine.cast import purchase

Document = dict[str, Any]
ODD_DATA: Document = {
    "amount": {"type": "number", "title": "Amount"},
    "boss": {"type": "string", "title": "Boss"},
    "limit": {"type": "string", "title": "How long"},
    "urgent": {"type": "boolean", "title": "Urgent"},
}
EVERYTHING: Document = {
    "levels": {
        "type": "approval",
        "name": "Levels",
        "levels": [
            {
                "id": "one",
                "name": "One",
                "when": "amount > 5",
                "who": [{"user": "ann@example.com"}, {"group": "board"}, {"role": "approver"}, {"manager": 2}],
                "policy": {"quorum": 2},
            },
            {"id": "two", "who": [{"field": "boss"}, {"requester": True}], "policy": {"quorum": {"field": "amount"}}},
            {"id": "three", "who": [{"manager": 1}], "policy": "all"},
        ],
        "reading": "highest",
        "automatic": {"when": "amount < 1", "reason": "Little"},
        "covers": ["boss", "amount", "gone"],
        "on_change": {"amount": "tell", "boss": "ask", "gone": "tell"},
        "same_person_twice": True,
        "resubmit": "keep",
        "comment": "optional",
        "form": {"schema": {"type": "object", "properties": {"a": {"type": "string"}}}, "uiSchema": {}},
        "timeout": {
            "after": "P1DT12H",
            "remind": ["PT90M", "P1D", "P1W"],
            "then": "escalate",
            "to": [{"manager": 2}, {"group": "gone"}],
            "within": {"field": "limit"},
            "times": 0,
            "finally": {"field": "boss"},
        },
    },
    "unlimited": {"type": "form", "name": "F", "who": [{"group": "x"}], "form": {}, "timeout": {"after": None}},
    "odd": {
        "type": "form",
        "name": "F",
        "who": [{"group": "x"}],
        "form": {"schema": {"type": "object"}},
        "timeout": {"within": None, "remind": [], "then": {"field": "boss"}, "after": "PT0.5S"},
    },
    "decide": {
        "type": "decision",
        "name": "D",
        "branches": [
            {"outcome": "a", "label": "", "when": "amount > 5", "set": {"amount": 5, "urgent": True, "boss": "5"}},
            {"outcome": "b", "when": "true", "set": {}},
            {"outcome": "c", "when": "true", "set": {"boss": None, "amount": 5.50, "list": [1, {"a": "b"}]}},
        ],
    },
    "call": {
        "type": "action",
        "name": "C",
        "call": {
            "url": "https://example.com/{boss}",
            "headers": {"Authorization": "Bearer {secret:KEY}", "X-Two": '["a"]', "X-None": ""},
            "body": {"a": "{amount}", "n": 5, "s": "5", "deep": {"x": [1, 2]}, "null": None, "text": "true", "q": '"'},
        },
        "retry": {"attempts": 3, "first": "PT2M"},
        "save": "order",
        "undo": {"method": "DELETE", "url": "{base_url}/x", "headers": {}, "body": ["a", {"b": 1}]},
    },
    "body": {"type": "action", "name": "C", "call": {"url": "https://x", "body": "{amount}"}, "retry": {}},
    "tell": {
        "type": "notify",
        "name": "N",
        "description": "Two\nlines",
        "who": [{"user": "ann"}],
        "subject": "{boss} asks",
        "message": " Two\n\nlines {amount} ",
    },
    "ended": {"type": "end", "name": "E", "status": "rejected", "undo": False},
}


def everything() -> Document:
    return {"data": {"type": "object", "properties": ODD_DATA}, "steps": deepcopy(EVERYTHING), "name": "Everything"}


DOCUMENTS: dict[str, Document] = {
    "everything": everything(),
    "purchase": purchase(),
    **templates(),
    **{f"program {number}": document for number, document in enumerate(PROGRAMS)},
    **{f"random {seed}": random_flow(20, seed) for seed in range(3)},
}
