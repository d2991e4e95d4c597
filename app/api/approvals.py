"""The approval calls of the reference systems: a program asks, a person answers, on the engine of all requests."""

from typing import Any, Literal

from litestar import Response
from litestar.params import FromPath, RawBody
from msgspec import UNSET

from app.access.on_behalf import speaker
from app.access.principal import Principal
from app.api.handlers import answered, answering, calls, command, given, instance_id, place, told
from app.api.operation import Call
from app.api.request import query
from app.approvals import queries, requests, shapes
from app.approvals import statistics as figures
from app.idempotency import Answer
from app.shapes import Count, Json, Maybe, Moment, Shape
from app.store.db import Db, transaction
from app.times import moment
from app.web.request import Asked, principal, tenant_of
from app.web.routes import get


class Success(Shape):
    success: Literal[True]


class Asking(Success):
    request: shapes.Standing


class Showing(Success):
    request: shapes.Full


class PendingPage(Success):
    approvals: list[shapes.Pending]
    count: Count


class Pagination(Shape):
    page: Count
    page_size: Count
    total: Count


class HistoryPage(Success):
    history: list[shapes.Answered]
    pagination: Pagination


class Figures(Success):
    statistics: shapes.Statistics


class Decided(Shape):
    id: str
    status: shapes.StatusWord
    comment: str
    metadata: Maybe[Json] = UNSET


class ApprovedDecision(Decided, kw_only=True):
    approved_by: str
    approved_at: Moment


class RejectedDecision(Decided, kw_only=True):
    rejected_by: str
    rejected_at: Moment
    reason: str


class Approved(Success):
    decision: ApprovedDecision


class Rejected(Success):
    decision: RejectedDecision


class Cancelled(Success):
    message: str


ASK = Call(
    "Ask for an approval",
    Asking,
    "It needs no definition made beforehand.",
    body=shapes.Ask,
    example={
        "workflowId": "nightly-training",
        "jobId": "deploy",
        "title": "Deploy model 1.2.3",
        "description": "It is more accurate than the one in use.",
        "context": {"accuracy": 0.97},
        "notifyUsers": ["bob@demo.signoff.test"],
        "timeoutMs": 3600000,
        "timeoutAction": "escalate",
    },
    needs="approval:create",
    starts=True,
)
PENDING = Call("List pending approvals", PendingPage, query=shapes.PendingQuery)
HISTORY = Call("List answered approvals, newest first", HistoryPage, query=shapes.HistoryQuery)
STATISTICS = Call("Get the figures of a period", Figures, query=shapes.StatisticsQuery)
SHOW = Call("Get an approval", Showing, may_miss=True)
APPROVE = Call(
    "Approve",
    Approved,
    "Where several people must agree, the status stays pending until enough of them did.",
    body=shapes.Approve,
    example={"userId": "bob@demo.signoff.test", "comment": "Fine."},
    body_needed=False,
    may_miss=True,
    needs="approval:approve",
)
REJECT = Call(
    "Reject",
    Rejected,
    body=shapes.Reject,
    example={"userId": "bob@demo.signoff.test", "reason": "Not this week"},
    may_miss=True,
    needs="approval:reject",
)
CANCEL = Call(
    "Cancel an approval",
    Cancelled,
    body=shapes.Cancel,
    example={"reason": "Not needed any more"},
    body_needed=False,
    may_miss=True,
)


@answering("/api/approvals", status_code=201, call=ASK)
def ask(request: Asked, body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: shapes.Ask) -> Answer:
        fields = given(asked)
        moved = requests.ask(db, who, fields, command(request))
        return 201, Asking(success=True, request=requests.asked_for(db, who, fields, moved))

    return answered(request, body, act)


@get("/api/approvals/pending", call=PENDING)
def pending(request: Asked) -> Response[bytes]:
    with transaction(tenant_of(request)) as db:
        found, total = queries.pending(db, principal(request), query(request))
    return told(PendingPage(success=True, approvals=found, count=total))


@get("/api/approvals/history", call=HISTORY)
def history(request: Asked) -> Response[bytes]:
    asked: shapes.HistoryQuery = query(request)
    with transaction(tenant_of(request)) as db:
        found, total = queries.history(db, principal(request), asked)
    pagination = Pagination(page=asked.page, page_size=asked.page_size, total=total)
    return told(HistoryPage(success=True, history=found, pagination=pagination))


@get("/api/approvals/statistics", call=STATISTICS)
def statistics(request: Asked) -> Response[bytes]:
    with transaction(tenant_of(request)) as db:
        return told(Figures(success=True, statistics=figures.statistics(db, principal(request), query(request))))


@get("/api/approvals/{id:str}", call=SHOW)
def show(request: Asked, id: FromPath[str]) -> Response[bytes]:
    with transaction(tenant_of(request)) as db:
        who = principal(request)
        return told(Showing(success=True, request=requests.full(db, who, instance_id(db, who, id))))


@answering("/api/approvals/{id:str}/approve", status_code=200, call=APPROVE)
def approve(request: Asked, id: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: shapes.Approve) -> Answer:
        decided, by, at = _decided(request, db, who, id, asked, "approved")
        decision = ApprovedDecision(**decided, approved_by=by, approved_at=at)
        return 200, Approved(success=True, decision=decision)

    return answered(request, body, act)


@answering("/api/approvals/{id:str}/reject", status_code=200, call=REJECT)
def reject(request: Asked, id: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: shapes.Reject) -> Answer:
        decided, by, at = _decided(request, db, who, id, asked, "rejected")
        decision = RejectedDecision(**decided, rejected_by=by, rejected_at=at, reason=asked.reason)
        return 200, Rejected(success=True, decision=decision)

    return answered(request, body, act)


def _decided(
    request: Asked, db: Db, who: Principal, id: str, asked: shapes.Approve | shapes.Reject, outcome: str
) -> tuple[dict[str, Any], str, str]:
    """The fields of `Decided`, who decided, and when."""
    person = speaker(db, who, asked.user_id or None)
    answer = {"outcome": outcome, **given(asked)}
    answer.pop("userId", None)
    moved, status = requests.decide(db, person, place(id), answer, command(request, person))
    decided = {"id": id, "status": status, "comment": asked.comment or "", "metadata": asked.metadata}
    return decided, person.email, moment(moved.now)


@answering("/api/approvals/{id:str}/cancel", status_code=200, call=CANCEL)
def cancel(request: Asked, id: FromPath[str], body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: shapes.Cancel) -> Answer:
        person = speaker(db, who, asked.user_id or None)
        requests.cancel(db, person, instance_id(db, who, id), asked.reason, command(request, person))
        return 200, Cancelled(success=True, message="The approval request is cancelled.")

    return answered(request, body, act)


router = calls("Approvals", ask, pending, history, statistics, show, approve, reject, cancel)
