"""The purchase calls of the reference systems, on the shipped definition `purchase-approval`."""

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, RawBody
from msgspec import UNSET, Meta

from app import definitions, instances, runtime
from app.access.principal import Principal
from app.api.handlers import answered, answering, calls, lookup, told
from app.api.instances import begin
from app.api.operation import Call
from app.approvals.status import status_word
from app.errors import Missing
from app.idempotency import Answer
from app.shapes import Json, Maybe, Moment, Shape, described
from app.store.db import Db, transaction
from app.times import moment
from app.web.request import Asked, principal, tenant_of
from app.web.routes import get
from engine.wording.endings import why_ended

KEY = "purchase-approval"
SAID = "Purchase approval processed successfully"
PENDING, EXECUTED = {"running", "waiting_approval"}, {"approved", "completed"}


class PurchaseRequest(Shape, kw_only=True):
    type: Maybe[Literal["purchase_approval"]] = UNSET
    data: Annotated[
        Json,
        described(
            "And the other fields of the definition's form.",
            required=["item", "amount"],
            properties={
                "item": {"type": "string", "minLength": 1, "maxLength": 200},
                "amount": {"type": "number", "exclusiveMinimum": 0},
            },
        ),
    ]


class Purchase(Shape, tag_field="status"):
    id: Annotated[str, Meta(examples=["PUR-12"])]
    amount: Decimal
    item: str | None
    requires_approval: bool
    timestamp: Moment


class ApprovedAtOnce(Purchase, tag="approved"):
    reason: str


class PendingApproval(Purchase, tag="pending_approval"):
    """Nobody is named while the requester changes what was asked."""

    approver: str | None
    approvers: list[str]
    expires_at: Moment | None


class Executed(Purchase, tag="executed"):
    approved_by: str
    approvers: list[str]
    executed_at: Moment


class CancelledPurchase(Purchase, tag="cancelled"):
    reason: str
    cancelled_at: Moment


Present = Annotated[
    ApprovedAtOnce | PendingApproval | Executed | CancelledPurchase,
    Meta(
        examples=[
            {
                "id": "PUR-12",
                "amount": 1000,
                "item": "AWS Credits",
                "status": "pending_approval",
                "requiresApproval": True,
                "timestamp": "2026-11-21T09:30:00.000Z",
                "approver": "bob@demo.signoff.test",
                "approvers": ["bob@demo.signoff.test"],
                "expiresAt": "2026-11-24T09:30:00.000Z",
            }
        ]
    ),
]


class ShownPurchase(Shape):
    success: Literal[True]
    data: Present


class AskedPurchase(ShownPurchase):
    message: str


ASK = Call(
    "Ask for a purchase",
    AskedPurchase,
    "Up to 500 it is approved at once; above, people are asked by the amount.",
    body=PurchaseRequest,
    example={"type": "purchase_approval", "data": {"amount": 1000, "item": "AWS Credits"}},
    may_miss=True,
    needs="instance:start",
    starts=True,
)
SHOW = Call("Get a purchase", ShownPurchase, may_miss=True)


@answering("/api/purchase", status_code=200, call=ASK)
def ask(request: Asked, body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: PurchaseRequest) -> Answer:
        moved = begin(request, db, who, definitions.newest(db, who, KEY).id, asked.data)
        return 200, AskedPurchase(success=True, message=SAID, data=shown(db, who, moved.instance_id))

    return answered(request, body, act)


@get("/api/purchase/{id:str}", call=SHOW)
def show(request: Asked, id: FromPath[str]) -> Response[bytes]:
    with transaction(tenant_of(request)) as db:
        who = principal(request)
        found = lookup(db, who, id)
        if found.definition_key != KEY:
            raise Missing("There is no such request.")
        return told(ShownPurchase(success=True, data=shown(db, who, found.id)))


def shown(db: Db, who: Principal, instance_id: UUID) -> Present:
    """One of the four states the callers know: approved at once, pending_approval, executed, cancelled."""
    row = instances.get(db, who, instance_id)
    data = row.state["data"]
    known: dict[str, Any] = {
        "id": f"{row.prefix}-{row.number}",
        "amount": data["amount"],
        "item": data["item"],
        "requires_approval": True,
        "timestamp": moment(row.created_at),
    }
    story = instances.story(db, who.tenant_id, instance_id)
    decided = [event for event in story if event.type == "TaskDecided"]
    if row.status in PENDING:
        return _pending(db, who, row.id, known)
    if row.status in EXECUTED and not any(event.type == "LevelOpened" for event in story):
        reason = why_ended(runtime.state_of(row.state).reason) or data.get("reason") or ""
        return ApprovedAtOnce(**known | {"requires_approval": False}, reason=reason)
    if row.status in EXECUTED:
        yes = [event.actor_id for event in decided if event.data["outcome"] == "approved"]
        by = instances.addresses(db, who.tenant_id, yes)
        approved_by = by[-1] if by else "timeout"
        return Executed(**known, approved_by=approved_by, approvers=by, executed_at=moment(row.ended_at))
    word = status_word(runtime.state_of(row.state))
    return CancelledPurchase(**known, reason=word, cancelled_at=moment(row.ended_at))


def _pending(db: Db, who: Principal, instance_id: UUID, known: dict[str, Any]) -> PendingApproval:
    waits = instances.waiting(db, who.tenant_id, [instance_id]).get(instance_id, [])
    open_tasks = [task for task in waits if task.kind == "approval"]
    emails = instances.addresses(db, who.tenant_id, [task.assignee_id for task in open_tasks])
    due = [task.due_at for task in open_tasks if task.due_at]
    return PendingApproval(
        **known,
        approver=emails[0] if emails else None,
        approvers=emails,
        expires_at=moment(min(due)) if due else None,
    )


router = calls("Purchases", ask, show)
