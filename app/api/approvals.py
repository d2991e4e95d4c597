"""The approval calls of the reference systems: a program asks, a person answers, on the same engine as everything else."""

from typing import Any

from litestar import Request, Response, Router
from litestar.params import FromPath, FromQuery, RawBody

from app import approvals, asking
from app.api.calls import answered, command, described, instance_id, principal, read, told
from app.db import Db, transaction
from app.principal import Principal
from app.routes import get, post
from app.speaking import speaker
from app.times import moment

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200}
_LONG: dict[str, Any] = {"type": "string", "maxLength": 10000}
_NAMES: dict[str, Any] = {"type": "array", "items": _TEXT, "maxItems": 200}
ASK: dict[str, Any] = {
    "type": "object",
    "required": ["workflowId", "title"],
    "properties": {
        "workflowId": _TEXT,
        "jobId": _TEXT,
        "title": _TEXT,
        "description": _LONG,
        "context": {},
        "contextFields": _NAMES,
        "notifyUsers": _NAMES,
        "notifyRoles": _NAMES,
        "notifyChannels": {"type": "array", "items": {"enum": ["email"]}},
        "timeoutMs": {"type": "integer", "minimum": 1, "maximum": 366 * asking.DAY_MS},
        "timeoutAction": {"enum": ["approve", "reject", "escalate"]},
        "escalateToUsers": _NAMES,
        "requireMinApprovers": {"type": "integer", "minimum": 1, "maximum": 100},
        "requireAllApprovers": {"type": "boolean"},
        "allowedApprovers": _NAMES,
        "approvalType": {"enum": ["manual", "auto", "conditional"]},
        "reason": {"type": "string", "maxLength": 2000},
        "priority": {"type": ["string", "integer"], "maxLength": 40},
        "metadata": {"type": "object"},
    },
    "additionalProperties": False,
}
APPROVE: dict[str, Any] = {
    "type": "object",
    "properties": {"userId": _TEXT, "comment": _LONG, "metadata": {"type": "object"}},
    "additionalProperties": False,
}
REJECT: dict[str, Any] = {
    "type": "object",
    "required": ["reason"],
    "properties": {
        "userId": _TEXT,
        "reason": {**_LONG, "minLength": 1},
        "comment": _LONG,
        "metadata": {"type": "object"},
    },
    "additionalProperties": False,
}
CANCEL: dict[str, Any] = {
    "type": "object",
    "properties": {"userId": _TEXT, "reason": _LONG},
    "additionalProperties": False,
}

Asked = Request[Any, Any, Any]


@post("/api/approvals", status_code=201, operation_class=described("Ask for an approval", ASK))
def ask(request: Asked, body: RawBody) -> Response[Any]:
    asked = read(body, ASK)

    def act(db: Db, who: Principal) -> tuple[int, Any]:
        moved = approvals.ask(db, who, asked, command(request, who))
        return 201, {"success": True, "request": approvals.summary(db, who, moved.instance_id)}

    return answered(request, asked, act)


@get("/api/approvals/pending", operation_class=described("What waits for an answer"))
def pending(
    request: Asked, userId: FromQuery[str | None] = None, workflowId: FromQuery[str | None] = None
) -> Response[bytes]:
    with transaction() as db:
        found = approvals.pending(db, principal(request), userId, workflowId)
    return told({"success": True, "approvals": found, "count": len(found)})


@get("/api/approvals/history", operation_class=described("What was answered, newest first"))
def history(
    request: Asked,
    workflowId: FromQuery[str | None] = None,
    userId: FromQuery[str | None] = None,
    status: FromQuery[str | None] = None,
    page: FromQuery[int] = 1,
    pageSize: FromQuery[int] = 50,
) -> Response[bytes]:
    with transaction() as db:
        found, total = approvals.history(db, principal(request), workflowId, userId, status, page, pageSize)
    return told(
        {
            "success": True,
            "history": found,
            "pagination": {"page": page, "pageSize": pageSize, "total": total},
        }
    )


@get("/api/approvals/{id:str}", operation_class=described("The present state of an approval"))
def show(request: Asked, id: FromPath[str]) -> Response[bytes]:
    with transaction() as db:
        who = principal(request)
        return told({"success": True, "request": approvals.summary(db, who, instance_id(db, who, id))})


@post("/api/approvals/{id:str}/approve", status_code=200, operation_class=described("Approve", APPROVE))
def approve(request: Asked, id: FromPath[str], body: RawBody) -> Response[Any]:
    asked = read(body or b"{}", APPROVE)

    def act(db: Db, who: Principal) -> tuple[int, Any]:
        comment = asked.get("comment", "")
        told, person = _decided(request, db, who, id, asked, "approved", comment)
        status = told.pop("status")
        decision = {"id": id, "status": status, "approvedBy": person.email, "comment": comment}
        return 200, {"success": True, "decision": decision | {"approvedAt": told["at"]}}

    return answered(request, asked, act)


@post("/api/approvals/{id:str}/reject", status_code=200, operation_class=described("Reject", REJECT))
def reject(request: Asked, id: FromPath[str], body: RawBody) -> Response[Any]:
    asked = read(body, REJECT)

    def act(db: Db, who: Principal) -> tuple[int, Any]:
        reason, comment = asked["reason"], asked.get("comment", "")
        words = f"{reason}: {comment}" if comment else reason
        told, person = _decided(request, db, who, id, asked, "rejected", words)
        decision = {"id": id, "status": told["status"], "rejectedBy": person.email, "rejectedAt": told["at"]}
        return 200, {"success": True, "decision": decision | {"reason": reason, "comment": comment}}

    return answered(request, asked, act)


def _decided(
    request: Asked, db: Db, who: Principal, id: str, asked: dict[str, Any], outcome: str, words: str
) -> tuple[dict[str, Any], Principal]:
    person = speaker(db, who, asked.get("userId"))
    moved = approvals.decide(db, person, instance_id(db, who, id), outcome, words, command(request, who, person))
    return {"status": approvals.status_word(moved.state), "at": moment(moved.now)}, person


@post("/api/approvals/{id:str}/cancel", status_code=200, operation_class=described("Cancel", CANCEL))
def cancel(request: Asked, id: FromPath[str], body: RawBody) -> Response[Any]:
    asked = read(body or b"{}", CANCEL)

    def act(db: Db, who: Principal) -> tuple[int, Any]:
        person = speaker(db, who, asked.get("userId"))
        approvals.cancel(db, person, instance_id(db, who, id), asked.get("reason", ""), command(request, who, person))
        return 200, {"success": True, "message": "The approval request is cancelled."}

    return answered(request, asked, act)


router = Router("/", route_handlers=[ask, pending, history, show, approve, reject, cancel], tags=["Approvals"])
