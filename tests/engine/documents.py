"""Small definitions that publishing is asked about: a request form of its own, then the steps that a test names."""

import copy
from collections.abc import Callable
from typing import Any

from engine.check import check_document
from engine.wording.labels import labels_of
from engine.wording.sentences import sentence
from tests.engine.cast import flow, purchase

Document = dict[str, Any]

FIELDS: Document = {
    "type": "object",
    "required": ["item", "amount"],
    "properties": {
        "item": {"type": "string", "minLength": 1},
        "amount": {"type": "number"},
        "note": {"type": "string"},
        "limit": {"type": "string"},
        "count": {"type": "integer", "minimum": 1},
        "boss": {"type": "string", "minLength": 1},
        "lines": {"type": "array", "items": {"type": "number"}},
        "order": {"type": "object"},
        "checked": {"type": "boolean"},
        "any": {},
    },
}
START = {"type": "object", "required": ["item", "amount"], "properties": {"item": FIELDS["properties"]["item"]}}
START["properties"] = {name: FIELDS["properties"][name] for name in ("item", "amount", "note", "lines")}


def document(first: Document, **steps: Document) -> Document:
    """A request form of its own (item and amount, needed; note and lines, not), then these steps."""
    made = flow({"first": first, **steps}, FIELDS)
    made["steps"]["request"]["form"] = {"schema": START}
    return copy.deepcopy(made)


def approval(**changes: Any) -> Document:
    made: Document = copy.deepcopy(purchase()["steps"]["approval"])
    made["levels"] = made["levels"][:1]
    return {**made, "outcomes": {"approved": "approved", "rejected": "rejected"}, **changes}


def decision(when: str, then: str = "approved", **branch: Any) -> Document:
    branches = [{"outcome": "yes", "when": when, **branch}]
    outcomes = {"yes": then, "otherwise": "rejected"}
    return {"type": "decision", "name": "Choice", "branches": branches, "outcomes": outcomes}


def form(then: str, *required: str, **changes: Any) -> Document:
    names = changes.pop("names", required)
    schema = {"type": "object", "required": list(required)}
    asked = {"schema": {**schema, "properties": {name: FIELDS["properties"][name] for name in names}}}
    step = {"type": "form", "name": "Facts", "who": [{"group": "directors"}], "form": asked}
    return {**step, "outcomes": {"submitted": then}, **changes}


def notify(then: str) -> Document:
    told = {"who": [{"requester": True}], "subject": "News", "message": "{item}"}
    return {"type": "notify", "name": "News", **told, "outcomes": {"sent": then}}


def level(**changes: Any) -> Document:
    step = approval()
    step["levels"][0] |= changes
    return step


def changed(change: Callable[[Document], Any]) -> Document:
    made = document(approval())
    change(made)
    return made


def told(made: Document) -> list[str]:
    """Without the ends that a test has no use for."""
    found = [problem for problem in check_document(made) if problem.code != "unreached"]
    labels = labels_of(made)
    return [f"{problem.step} {problem.field}: {sentence(problem.reason, labels)}" for problem in found]
