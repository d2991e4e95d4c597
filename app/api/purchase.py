"""The purchase calls of the reference systems, on the shipped definition `purchase-approval`."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router
from litestar.params import FromPath, RawBody

from app import definitions, instances
from app.api.calls import answered, command, described, lookup, principal, read, told
from app.db import Db, transaction
from app.errors import Missing
from app.principal import Principal
from app.routes import get, post
from app.times import moment

KEY = "purchase-approval"
SAID = "Purchase approval processed successfully"
PURCHASE: dict[str, Any] = {
    "type": "object",
    "required": ["data"],
    "properties": {
        "type": {"const": "purchase_approval"},
        "data": {
            "type": "object",
            "required": ["item", "amount"],
            "properties": {
                "item": {"type": "string", "minLength": 1, "maxLength": 200},
                "amount": {"type": "number", "exclusiveMinimum": 0, "maximum": 10000000},
            },
        },
    },
    "additionalProperties": False,
    "examples": [{"type": "purchase_approval", "data": {"amount": 1000, "item": "AWS Credits"}}],
}
PENDING, EXECUTED = {"running", "waiting_approval"}, {"approved", "completed"}


@post("/api/purchase", status_code=200, operation_class=described("Ask for a purchase", PURCHASE))
def ask(request: Request[Any, Any, Any], body: RawBody) -> Response[Any]:
    asked = read(body, PURCHASE)

    def act(db: Db, who: Principal) -> tuple[int, Any]:
        version = definitions.version(db, who, KEY)
        moved = instances.start(db, who, version.id, asked["data"], command(request, who))
        return 200, {"success": True, "message": SAID, "data": shown(db, who, moved.instance_id)}

    return answered(request, asked, act)


@get("/api/purchase/{id:str}", operation_class=described("The present state of a purchase"))
def show(request: Request[Any, Any, Any], id: FromPath[str]) -> Response[bytes]:
    with transaction() as db:
        who = principal(request)
        found = lookup(db, who, id)
        if found.definition_key != KEY:
            raise Missing(f"There is no purchase “{id[:60]}”.")
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
        return told | {"status": "approved", "requiresApproval": False, "reason": row.state.get("reason")}
    if row.status in EXECUTED:
        by = instances.addresses(db, [event.actor_id for event in decided if event.data["outcome"] == "approved"])
        return told | {
            "status": "executed",
            "approvedBy": by[-1] if by else "timeout",
            "approvers": by,
            "executedAt": moment(row.ended_at),
        }
    return told | {"status": "cancelled", "reason": _why(row), "cancelledAt": moment(row.ended_at)}


def _pending(db: Db, instance_id: UUID) -> dict[str, Any]:
    open_tasks = instances.waiting(db, [instance_id]).get(instance_id, [])
    emails = instances.addresses(db, [task.assignee_id for task in open_tasks])
    due = [task.due_at for task in open_tasks if task.due_at]
    return {
        "status": "pending_approval",
        "approver": emails[0] if emails else None,
        "approvers": emails,
        "expiresAt": moment(min(due)) if due else None,
    }


def _why(row: Any) -> str:
    if row.state.get("reason") == "timeout":
        return "timeout"
    return "rejected" if row.status in ("rejected", "rolled_back") else str(row.status)


router = Router("/", route_handlers=[ask, show], tags=["Purchases"])
