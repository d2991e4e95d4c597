"""A definition made from a list of steps, one after the other, as the reference systems' programs send them."""

from hashlib import sha256
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta

from app.access.on_behalf import meant
from app.approvals.definition import YEAR_MS
from app.errors import Invalid
from app.shapes import Maybe, Shape, Text
from app.times import duration
from engine.json_text import canonical
from engine.people import Directory
from engine.reasons import Reason, reason

KINDS = {"HUMAN": "approval", "HTTP": "http", "NOTIFY": "notify"}
# Where a setting of a made step comes from, by its first part.
FIELDS = {"levels": "approvers", "who": "approvers", "timeout": "timeoutMs", "subject": "name", "name": "name"}


class Step(Shape):
    kind: Literal["HUMAN", "HTTP", "NOTIFY"]
    type: Maybe[
        Annotated[Literal["approval", "http", "notify"], Meta(description="Goes with the kind and may be left out.")]
    ] = UNSET
    name: Maybe[Annotated[str, Meta(min_length=1, max_length=80)]] = UNSET
    approvers: Maybe[
        Annotated[
            list[Text],
            Meta(
                min_length=1,
                max_length=50,
                description="People by e-mail address, handle or id: who decides, or who is told.",
            ),
        ]
    ] = UNSET
    require_min_approvers: Maybe[Annotated[int, Meta(ge=1, le=50)]] = UNSET
    timeout_ms: Maybe[Annotated[int, Meta(ge=1, le=YEAR_MS)]] = UNSET
    timeout_action: Maybe[Literal["approve", "reject", "escalate"]] = UNSET
    url: Maybe[Annotated[str, Meta(min_length=1, max_length=2000)]] = UNSET
    method: Maybe[Literal["GET", "POST", "PUT", "PATCH", "DELETE"]] = UNSET
    body: Maybe[Any] = UNSET
    message: Maybe[Annotated[str, Meta(min_length=1, max_length=5000)]] = UNSET


def reaches_out(steps: list[dict[str, Any]]) -> bool:
    return any(step["kind"] == "HTTP" for step in steps)


def approve_themselves(steps: list[dict[str, Any]]) -> list[str]:
    """The places of steps that are approved when the time is up."""
    return [f"/steps/{at}/timeoutAction" for at, step in enumerate(steps) if step.get("timeoutAction") == "approve"]


def document(asked: dict[str, Any], people: Directory, requester: str) -> dict[str, Any]:
    """Steps in the order given; a rejection or a failure ends it. Raises Invalid naming the step."""
    given = asked["steps"]
    ids = [f"step-{number + 1}" for number in range(len(given))]
    steps: dict[str, Any] = {"start": {"type": "start", "name": "Start", "outcomes": {"submitted": ids[0]}}}
    for number, step in enumerate(given):
        following = ids[number + 1] if number + 1 < len(ids) else "completed"
        steps[ids[number]] = _step(step, number, following, people, requester)
    steps["completed"] = {"type": "end", "name": "Completed", "status": "completed"}
    targets = {target for step in steps.values() for target in step.get("outcomes", {}).values()}
    if "rejected" in targets:
        steps["rejected"] = {"type": "end", "name": "Rejected", "status": "rejected"}
    if "failed" in targets:
        steps["failed"] = {"type": "end", "name": "Failed", "status": "failed"}
    name = asked.get("name") or "Workflow"
    made = {
        "format": "signoff/definition@1",
        "name": name,
        "prefix": "WF",
        "title": name,
        "category": "Programs",
        "icon": "bot",
        "data": {"type": "object", "properties": {}, "additionalProperties": True},
        "start": "start",
        "steps": steps,
    }
    return {**made, "key": f"workflow-{sha256(canonical(made)).hexdigest()[:16]}"}


def place(step: str | None, field: str = "") -> str:
    """Where in the call's body a part of the made definition was asked for."""
    if step is None or not step.startswith("step-"):
        return ""
    parts = field.split("/")
    said = FIELDS.get(parts[1] if len(parts) > 1 else "", parts[-1])
    return f"/steps/{int(step.removeprefix('step-')) - 1}" + (f"/{said}" if said else "")


def _step(step: dict[str, Any], number: int, following: str, people: Directory, requester: str) -> dict[str, Any]:
    kind = KINDS[step["kind"]]
    if step.get("type", kind) != kind:
        raise _wrong(number, "type", reason("other_type", kind=step["kind"], type=kind))
    who = _people(step, number, people) or _somebody(people, requester)
    if kind == "approval":
        return _approval(step, who, following)
    if kind == "http":
        call = {"method": step.get("method", "POST"), "url": _given(step, "url", number)}
        if "body" in step:
            call["body"] = step["body"]
        outcomes = {"done": following, "failed": "failed"}
        return {"type": "action", "name": step.get("name", "Call"), "call": call, "outcomes": outcomes}
    words = _given(step, "message", number)
    told = {"who": who, "subject": step.get("name", "News"), "message": words}
    return {"type": "notify", "name": step.get("name", "Tell"), **told, "outcomes": {"sent": following}}


def _people(step: dict[str, Any], number: int, people: Directory) -> list[dict[str, Any]]:
    named = [
        meant(people, word, f"/steps/{number}/approvers/{position}")
        for position, word in enumerate(step.get("approvers", []))
    ]
    for position, person in enumerate(named):
        if step["kind"] == "HUMAN" and not person.decides:
            raise _wrong(number, f"approvers/{position}", reason("does_not_decide", name=person.name))
    return [{"user": person.id} for person in named]


def _somebody(people: Directory, requester: str) -> list[dict[str, Any]]:
    """Nobody named: the requester's manager, or whoever may approve where there is none."""
    return [{"manager": 1}] if any(people.line(requester)) else [{"role": "approver"}]


def _approval(step: dict[str, Any], who: list[dict[str, Any]], following: str) -> dict[str, Any]:
    policy = {"quorum": step["requireMinApprovers"]} if "requireMinApprovers" in step else "any"
    made: dict[str, Any] = {
        "type": "approval",
        "name": step.get("name", "Approval"),
        "levels": [{"id": "approval", "name": step.get("name", "Approval"), "who": who, "policy": policy}],
        "comment": "optional",
        "outcomes": {"approved": following, "rejected": "rejected"},
    }
    if "timeoutMs" in step or "timeoutAction" in step:
        after = duration(step["timeoutMs"]) if "timeoutMs" in step else "P3D"
        made["timeout"] = {"after": after, "then": step.get("timeoutAction", "reject")}
    return made


def _given(step: dict[str, Any], field: str, number: int) -> str:
    if field not in step:
        raise _wrong(number, field, reason("step_needs", number=number + 1, field=field))
    return str(step[field])


def _wrong(number: int, field: str, why: Reason) -> Invalid:
    return Invalid.because(f"/steps/{number}/{field}", why)
