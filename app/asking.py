"""Approvals that programs ask for without a definition of their own: one shipped definition reads everything from data."""

from typing import Any

from app.errors import Invalid
from engine.people import Directory, Person

KEY = "approval-request"
HIDDEN = (
    "approvers",
    "need",
    "timeout",
    "timeout_action",
    "escalate_to",
    "automatic",
    "priority",
    "workflow",
    "job",
)
DAY_MS = 24 * 60 * 60 * 1000
DEFAULT_TIMEOUT_MS = 3 * DAY_MS

_PEOPLE: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
_END: dict[str, Any] = {"type": "end"}
DOCUMENT: dict[str, Any] = {
    "format": "signoff/definition@1",
    "key": KEY,
    "name": "Approval request",
    "description": "A program asks, a person answers.",
    "category": "Programs",
    "icon": "bot",
    "prefix": "APR",
    "title": "{title}",
    "data": {
        "type": "object",
        "required": ["title"],
        "properties": {
            "title": {"type": "string", "title": "What is asked", "maxLength": 200},
            "description": {"type": "string", "title": "Description", "maxLength": 10000},
            "reason": {"type": "string", "title": "Reason", "maxLength": 2000},
            "context": {"title": "Details"},
            "approvers": _PEOPLE,
            "need": {},
            "timeout": {"type": "string"},
            "timeout_action": {"type": "string"},
            "escalate_to": _PEOPLE,
            "automatic": {"type": "boolean"},
            "priority": {},
            "workflow": {"type": "string"},
            "job": {"type": "string"},
        },
    },
    "start": "request",
    "steps": {
        "request": {
            "type": "start",
            "name": "Request",
            "form": {"uiSchema": {name: {"ui:widget": "hidden"} for name in HIDDEN}},
            "outcomes": {"submitted": "approval"},
        },
        "approval": {
            "type": "approval",
            "name": "Approval",
            "levels": [
                {"name": "Approval", "who": [{"field": "approvers"}], "policy": {"quorum": {"field": "need"}}}
            ],
            "automatic": {"when": "automatic == true", "reason": "Asked to be approved automatically"},
            "comment": "optional",
            "timeout": {
                "after": {"field": "timeout"},
                "then": {"field": "timeout_action"},
                "to": [{"field": "escalate_to"}],
                "times": 1,
                "finally": "reject",
            },
            "outcomes": {"approved": "approved", "rejected": "rejected"},
        },
        "approved": {**_END, "name": "Approved", "status": "approved"},
        "rejected": {**_END, "name": "Rejected", "status": "rejected"},
    },
}


def data(asked: dict[str, Any], people: Directory) -> dict[str, Any]:
    """The request's data from a call's body. Raises Invalid naming the field with nobody or somebody unknown in it."""
    approvers = _approvers(asked, people)
    need: int | str = (
        "all" if asked.get("requireAllApprovers") else int(asked.get("requireMinApprovers") or 1)
    )
    if isinstance(need, int) and need > len(approvers):
        words = f"{need} people must approve, and only {len(approvers)} are asked."
        raise Invalid(words, [{"pointer": "/requireMinApprovers", "message": words}])
    told = {
        "title": asked["title"],
        "description": asked.get("description", ""),
        "context": _context(asked),
        "approvers": [person.id for person in approvers],
        "need": need,
        "timeout": f"PT{(asked.get('timeoutMs') or DEFAULT_TIMEOUT_MS) / 1000:g}S",
        "timeout_action": asked.get("timeoutAction", "reject"),
        "escalate_to": [person.id for person in _named(asked, "escalateToUsers", people)],
        "automatic": asked.get("approvalType") == "auto",
        "workflow": asked["workflowId"],
    }
    given = {"job": "jobId", "reason": "reason", "priority": "priority"}
    return told | {name: asked[field] for name, field in given.items() if field in asked}


def _context(asked: dict[str, Any]) -> Any:
    """What the approver sees of the context: all of it, or the fields named."""
    context, fields = asked.get("context", {}), asked.get("contextFields")
    if fields and isinstance(context, dict):
        return {name: context[name] for name in fields if name in context}
    return context


def _approvers(asked: dict[str, Any], people: Directory) -> list[Person]:
    """Those allowed; where nobody is listed, those who are to be told."""
    found = _named(asked, "allowedApprovers", people) or [
        *_named(asked, "notifyUsers", people),
        *_with_role(asked, people),
    ]
    if not found:
        words = "Say who may decide: somebody in notifyUsers, notifyRoles or allowedApprovers."
        raise Invalid(words, [{"pointer": "/notifyUsers", "message": words}])
    return list({person.id: person for person in found}.values())


def _with_role(asked: dict[str, Any], people: Directory) -> list[Person]:
    roles = set(asked.get("notifyRoles", []))
    return [person for person in people.people.values() if person.active and roles.intersection(person.roles)]


def _named(asked: dict[str, Any], field: str, people: Directory) -> list[Person]:
    found = []
    for number, word in enumerate(asked.get(field, [])):
        person = people.find(word)
        if person is None or not person.active:
            words = f"Nobody here is called “{word[:80]}”. Use an e-mail address, a handle or an id."
            raise Invalid(words, [{"pointer": f"/{field}/{number}", "message": words}])
        found.append(person)
    return found
