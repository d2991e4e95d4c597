"""Approvals that programs ask for without a definition of their own: a shipped one reads everything from data."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from app.access.on_behalf import meant
from app.channels import channels
from app.errors import Invalid
from app.times import duration
from engine.people import Directory, Person
from engine.reasons import reason

KEY = "approval-request"
HIDDEN = (
    "approvers",
    "watchers",
    "need",
    "timeout",
    "timeout_action",
    "escalate_to",
    "automatic",
)
DAY_MS = 24 * 60 * 60 * 1000
YEAR_MS = 366 * DAY_MS
DEFAULT_TIMEOUT_MS = 3 * DAY_MS

_PEOPLE: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
_END: dict[str, Any] = {"type": "end"}
_DATA: dict[str, Any] = {
    "type": "object",
    "required": ["title", "approvers", "watchers", "need", "timeout", "timeout_action", "escalate_to", "automatic"],
    "properties": {
        "title": {"type": "string", "title": "What is asked", "maxLength": 200},
        "description": {"type": "string", "title": "Description", "maxLength": 10000},
        "reason": {"type": "string", "title": "Reason", "maxLength": 2000},
        "context": {"title": "Details"},
        "workflow": {"type": "string", "title": "Workflow"},
        "job": {"type": "string", "title": "Job"},
        "priority": {"title": "Priority"},
        "metadata": {"title": "More details"},
        "approvers": _PEOPLE,
        "watchers": _PEOPLE,
        "need": {"anyOf": [{"type": "integer", "minimum": 1}, {"const": "all"}]},
        "timeout": {"type": "string", "minLength": 2},
        "timeout_action": {"enum": ["approve", "reject", "escalate"]},
        "escalate_to": _PEOPLE,
        "automatic": {"type": "boolean"},
    },
}
_TELL: dict[str, Any] = {
    "type": "notify",
    "name": "Tell those who only want to know",
    "who": [{"field": "watchers"}],
    "subject": "Approval asked: {title}",
    "message": "{description}",
    "outcomes": {"sent": "approval"},
}


def document(data: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """The definition for such a request: without the steps and the people that it does not need."""
    known = channels()
    ways = sorted({name for name in asked.get("notifyChannels", ()) if name in known})
    return _document(bool(data["watchers"]), bool(data["escalate_to"])) | ({"channels": ways} if ways else {})


@cache
def _document(watched: bool, heirs: bool) -> dict[str, Any]:
    steps = {
        "request": {
            "type": "start",
            "name": "Request",
            "form": {"uiSchema": {name: {"ui:widget": "hidden"} for name in HIDDEN}},
            "outcomes": {"submitted": "tell" if watched else "approval"},
        },
        "tell": _TELL,
        "approval": _approval(heirs),
        "approved": {**_END, "name": "Approved", "status": "approved"},
        "rejected": {**_END, "name": "Rejected", "status": "rejected"},
    }
    if not watched:
        del steps["tell"]
    return {
        "format": "signoff/definition@1",
        "key": KEY,
        "name": "Approval request",
        "description": "A program asks, a person answers.",
        "category": "Programs",
        "icon": "bot",
        "prefix": "APR",
        "title": "{title}",
        "data": _DATA,
        "start": "request",
        "steps": steps,
    }


def _approval(heirs: bool) -> dict[str, Any]:
    """Without named heirs an escalation goes up the line of those who were late."""
    late: dict[str, Any] = {
        "after": {"field": "timeout"},
        "then": {"field": "timeout_action"},
        "times": 1,
        "finally": "reject",
    }
    if heirs:
        late["to"] = [{"field": "escalate_to"}]
    level = {
        "id": "approval",
        "name": "Approval",
        "who": [{"field": "approvers"}],
        "policy": {"quorum": {"field": "need"}},
    }
    return {
        "type": "approval",
        "name": "Approval",
        "levels": [level],
        "automatic": {"when": "automatic == true", "reason": "Asked to be approved automatically"},
        "comment": "optional",
        "timeout": late,
        "outcomes": {"approved": "approved", "rejected": "rejected"},
    }


def data(asked: dict[str, Any], people: Directory, requester: str) -> dict[str, Any]:
    """The request's data from a call's body. Raises Invalid naming the field with nobody or somebody unknown in it."""
    automatic = asked.get("approvalType") == "auto"
    told = [*_named(asked, "notifyUsers", people), *_with_role(asked, people)]
    named = _approvers(asked, people, told)
    approvers = [person for person in named if person.id != requester]
    if not approvers and not automatic:
        raise Invalid.because(asks_in(asked), reason("only_you" if named else "nobody_decides"))
    need = asked.get("requireMinApprovers", 1)
    if need > len(approvers) and not automatic:
        few = reason("too_few_approvers", need=need, count=len(approvers))
        raise Invalid.because("/requireMinApprovers", few)
    made = {
        "title": asked["title"],
        "description": asked.get("description", ""),
        "context": _context(asked),
        "approvers": _ids(approvers),
        "watchers": _ids(person for person in told if person not in approvers),
        "need": "all" if asked.get("requireAllApprovers") else need,
        "timeout": duration(asked.get("timeoutMs", DEFAULT_TIMEOUT_MS)),
        "timeout_action": asked.get("timeoutAction", "reject"),
        "escalate_to": _ids(_deciding(asked, "escalateToUsers", people)),
        "automatic": automatic,
        "workflow": asked.get("workflowName", asked["workflowId"]),
        "job": asked.get("jobName", asked.get("jobId")),
    }
    made |= {name: asked[name] for name in ("reason", "priority", "metadata") if name in asked}
    return {name: value for name, value in made.items() if value is not None}


def asks_in(asked: dict[str, Any]) -> str:
    """The field that says who may decide."""
    return "/allowedApprovers" if asked.get("allowedApprovers") else "/notifyUsers"


def _ids(people: Iterable[Person]) -> list[str]:
    return list(dict.fromkeys(person.id for person in people))


def _context(asked: dict[str, Any]) -> Any:
    """What the approver sees of the context: all of it, or the fields named."""
    context, fields = asked.get("context", {}), asked.get("contextFields")
    if fields and isinstance(context, dict):
        return {name: context[name] for name in fields if name in context}
    return context


def _approvers(asked: dict[str, Any], people: Directory, told: list[Person]) -> list[Person]:
    """Those allowed; where nobody is listed, those who are told and may decide."""
    return _deciding(asked, "allowedApprovers", people) or [person for person in told if person.decides]


def _deciding(asked: dict[str, Any], field: str, people: Directory) -> list[Person]:
    found = _named(asked, field, people)
    for number, person in enumerate(found):
        if not person.decides:
            raise Invalid.because(f"/{field}/{number}", reason("does_not_decide", name=person.name))
    return found


def _with_role(asked: dict[str, Any], people: Directory) -> list[Person]:
    """People with a role, or in a group of that key."""
    found = []
    for number, word in enumerate(asked.get("notifyRoles", [])):
        members = people.groups.get(word, ())
        meant = [one for one in people.people.values() if one.active and (word in one.roles or one.id in members)]
        if not meant:
            raise Invalid.because(f"/notifyRoles/{number}", reason("unknown_role", name=word[:80]))
        found += meant
    return found


def _named(asked: dict[str, Any], field: str, people: Directory) -> list[Person]:
    return [meant(people, word, f"/{field}/{number}") for number, word in enumerate(asked.get(field, []))]
