"""The approval calls of the reference systems: a program asks, a person answers, on the engine of all requests."""

from typing import Any

from litestar import Response
from litestar.params import FromPath, RawBody

from app.access.on_behalf import speaker
from app.access.principal import Principal
from app.api import approval_shapes as shapes
from app.api.handlers import answered, answering, calls, command, instance_id, place, told
from app.api.operation import Call
from app.api.request import query
from app.approvals import queries, requests
from app.approvals import statistics as figures
from app.store.db import Db, transaction
from app.times import moment
from app.web.request import Asked, principal, tenant_of
from app.web.routes import get

ASK = Call(
    "Ask for an approval",
    shapes.ASKED,
    "It needs no definition made beforehand.",
    body=shapes.ASK,
    needs="approval:create",
    starts=True,
)
PENDING = Call("What waits for an answer", shapes.PENDING, query=shapes.PENDING_QUERY)
HISTORY = Call("What was answered, newest first", shapes.HISTORY, query=shapes.HISTORY_QUERY)
STATISTICS = Call("Figures of a period", shapes.STATISTICS, query=shapes.STATISTICS_QUERY)
SHOW = Call("The present state of an approval", shapes.SHOWN, may_miss=True)
APPROVE = Call(
    "Approve",
    shapes.APPROVED,
    "Where several people must agree, the status stays pending until enough of them did.",
    body=shapes.APPROVE,
    body_needed=False,
    may_miss=True,
    needs="approval:approve",
)
REJECT = Call("Reject", shapes.REJECTED, body=shapes.REJECT, may_miss=True, needs="approval:reject")
CANCEL = Call("Cancel", shapes.CANCELLED, body=shapes.CANCEL, body_needed=False, may_miss=True)


@answering("/api/approvals", status_code=201, call=ASK)
def ask(request: Asked, body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: dict[str, Any]) -> tuple[int, Any]:
        moved = requests.ask(db, who, asked, command(request))
        return 201, {"success": True, "request": requests.asked_for(db, who, asked, moved)}

    return answered(request, body, act)


@get("/api/approvals/pending", call=PENDING)
def pending(request: Asked) -> Response[bytes]:
    with transaction(tenant_of(request)) as db:
        found, total = queries.pending(db, principal(request), query(request))
    return told({"success": True, "approvals": found, "count": total})


@get("/api/approvals/history", call=HISTORY)
def history(request: Asked) -> Response[bytes]:
    asked = {"page": 1, "pageSize": 50, **query(request)}
    with transaction(tenant_of(request)) as db:
        found, total = queries.history(db, principal(request), asked)
    pagination = {"page": asked["page"], "pageSize": asked["pageSize"], "total": total}
    return told({"success": True, "history": found, "pagination": pagination})


@get("/api/approvals/statistics", call=STATISTICS)
def statistics(request: Asked) -> Response[bytes]:
    with transaction(tenant_of(request)) as db:
        return told({"success": True, "statistics": figures.statistics(db, principal(request), query(request))})


@get("/api/approvals/{id:str}", call=SHOW)
def show(request: Asked, id: FromPath[str]) -> Response[bytes]:
    with transaction(tenant_of(request)) as db:
        who = principal(request)
        return told({"success": True, "request": requests.full(db, who, instance_id(db, who, id))})


@answering("/api/approvals/{id:str}/approve", status_code=200, call=APPROVE)
def approve(request: Asked, id: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: dict[str, Any]) -> tuple[int, Any]:
        decided, by, at = _decided(request, db, who, id, asked, "approved")
        return 200, _decision(decided, approvedBy=by, approvedAt=at)

    return answered(request, body, act)


@answering("/api/approvals/{id:str}/reject", status_code=200, call=REJECT)
def reject(request: Asked, id: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: dict[str, Any]) -> tuple[int, Any]:
        decided, by, at = _decided(request, db, who, id, asked, "rejected")
        return 200, _decision(decided, rejectedBy=by, rejectedAt=at, reason=asked["reason"])

    return answered(request, body, act)


def _decided(
    request: Asked, db: Db, who: Principal, id: str, asked: dict[str, Any], outcome: str
) -> tuple[dict[str, Any], str, str | None]:
    """What the answer says in any case, who decided, and when."""
    person = speaker(db, who, asked.get("userId"))
    told: dict[str, Any] = {name: asked[name] for name in ("reason", "comment", "metadata", "seen") if name in asked}
    moved, status = requests.decide(db, person, place(id), {"outcome": outcome, **told}, command(request, person))
    decided: dict[str, Any] = {"id": id, "status": status, "comment": asked.get("comment", "")}
    if "metadata" in asked:
        decided["metadata"] = asked["metadata"]
    return decided, person.email, moment(moved.now)


def _decision(decided: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return {"success": True, "decision": {**decided, **facts}}


@answering("/api/approvals/{id:str}/cancel", status_code=200, call=CANCEL)
def cancel(request: Asked, id: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: dict[str, Any]) -> tuple[int, Any]:
        person = speaker(db, who, asked.get("userId"))
        requests.cancel(db, person, instance_id(db, who, id), asked.get("reason", ""), command(request, person))
        return 200, {"success": True, "message": "The approval request is cancelled."}

    return answered(request, body, act)


router = calls("Approvals", ask, pending, history, statistics, show, approve, reject, cancel)
