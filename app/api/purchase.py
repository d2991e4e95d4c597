"""The purchase calls of the reference systems, on the shipped definition `purchase-approval`."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, RawBody

from app import definitions, instances, runtime
from app.access.principal import Principal
from app.api.handlers import answered, answering, calls, lookup, told
from app.api.instances import begin
from app.api.operation import Call, Schema
from app.api.schema_parts import MAYBE, MAYBE_MOMENT, MOMENT, SUCCESS, WORD_LIST, WORDS, YES_NO, body, shape
from app.approvals.status import status_word
from app.errors import Missing
from app.store.db import Db, transaction
from app.times import moment
from app.web.request import Asked, principal, tenant_of
from app.web.routes import get

KEY = "purchase-approval"
SAID = "Purchase approval processed successfully"
PENDING, EXECUTED = {"running", "waiting_approval"}, {"approved", "completed"}

_DATA: Schema = {
    "type": "object",
    "required": ["item", "amount"],
    "properties": {
        "item": {"type": "string", "minLength": 1, "maxLength": 200},
        "amount": {"type": "number", "exclusiveMinimum": 0},
    },
    "description": "And the other fields of the definition's form.",
}
PURCHASE = body(
    {"type": "purchase_approval", "data": {"amount": 1000, "item": "AWS Credits"}},
    ("data",),
    type={"const": "purchase_approval"},
    data=_DATA,
)
_STATES = {
    "approved": ("reason",),
    "pending_approval": ("approver", "approvers", "expiresAt"),
    "executed": ("approvedBy", "approvers", "executedAt"),
    "cancelled": ("reason", "cancelledAt"),
}
_FIELDS: dict[str, Schema] = {
    "reason": WORDS,
    "approver": MAYBE,
    "approvers": WORD_LIST,
    "expiresAt": MAYBE_MOMENT,
    "approvedBy": WORDS,
    "executedAt": MOMENT,
    "cancelledAt": MOMENT,
}


def _state(status: str, fields: tuple[str, ...]) -> Schema:
    common = {"id": WORDS, "amount": {"type": "number"}, "item": WORDS, "requiresApproval": YES_NO, "timestamp": MOMENT}
    return shape(status={"const": status}, **common, **{name: _FIELDS[name] for name in fields})


_EXAMPLE = {
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
_ONE: Schema = {"oneOf": [_state(status, fields) for status, fields in _STATES.items()], "examples": [_EXAMPLE]}
ASK = Call(
    "Ask for a purchase",
    shape(success=SUCCESS, message=WORDS, data=_ONE),
    "Up to 500 it is approved at once; above, people are asked by the amount.",
    body=PURCHASE,
    may_miss=True,
    needs="instance:start",
    starts=True,
)
SHOW = Call("The present state of a purchase", shape(success=SUCCESS, data=_ONE), may_miss=True)


@answering("/api/purchase", status_code=200, call=ASK)
def ask(request: Asked, body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: dict[str, Any]) -> tuple[int, Any]:
        moved = begin(request, db, who, definitions.newest(db, who, KEY).id, asked["data"])
        return 200, {"success": True, "message": SAID, "data": shown(db, who, moved.instance_id)}

    return answered(request, body, act)


@get("/api/purchase/{id:str}", call=SHOW)
def show(request: Asked, id: FromPath[str]) -> Response[bytes]:
    with transaction(tenant_of(request)) as db:
        who = principal(request)
        found = lookup(db, who, id)
        if found.definition_key != KEY:
            raise Missing("There is no such request.")
        return told({"success": True, "data": shown(db, who, found.id)})


def shown(db: Db, who: Principal, instance_id: UUID) -> dict[str, Any]:
    """One of the four states the callers know: approved at once, pending_approval, executed, cancelled."""
    row = instances.get(db, who, instance_id)
    data = row.state["data"]
    told = {
        "id": f"{row.prefix}-{row.number}",
        "amount": data["amount"],
        "item": data["item"],
        "requiresApproval": True,
        "timestamp": moment(row.created_at),
    }
    story = instances.story(db, instance_id)
    decided = [event for event in story if event.type == "TaskDecided"]
    if row.status in PENDING:
        return told | _pending(db, row.id)
    if row.status in EXECUTED and not any(event.type == "LevelOpened" for event in story):
        reason = row.state.get("reason") or data.get("reason") or ""
        return told | {"status": "approved", "requiresApproval": False, "reason": reason}
    if row.status in EXECUTED:
        by = instances.addresses(db, [event.actor_id for event in decided if event.data["outcome"] == "approved"])
        return told | {
            "status": "executed",
            "approvedBy": by[-1] if by else "timeout",
            "approvers": by,
            "executedAt": moment(row.ended_at),
        }
    return told | {
        "status": "cancelled",
        "reason": status_word(runtime.state_of(row.state)),
        "cancelledAt": moment(row.ended_at),
    }


def _pending(db: Db, instance_id: UUID) -> dict[str, Any]:
    """Nobody is named while the requester changes what was asked."""
    open_tasks = [task for task in instances.waiting(db, [instance_id]).get(instance_id, []) if task.kind == "approval"]
    emails = instances.addresses(db, [task.assignee_id for task in open_tasks])
    due = [task.due_at for task in open_tasks if task.due_at]
    return {
        "status": "pending_approval",
        "approver": emails[0] if emails else None,
        "approvers": emails,
        "expiresAt": moment(min(due)) if due else None,
    }


router = calls("Purchases", ask, show)
