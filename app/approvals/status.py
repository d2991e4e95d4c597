"""How requests and their statuses are called in the approval calls."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, literal_column, or_

from app.approvals import definition as asking
from app.store.tables import instances as rows
from app.times import moment
from engine.state import State

WORDS = {
    "approved": "approved",
    "completed": "approved",
    "rejected": "rejected",
    "rolled_back": "rejected",
    "failed": "rejected",
    "cancelled": "cancelled",
}
OPEN = ("pending", "escalated")

_ESCALATED: ColumnElement[Any] = literal_column("'$.tokens[*].wait.escalations ? (@ > 0)'::jsonpath")


def status_word(state: State) -> str:
    """pending, approved, rejected, timeout, escalated or cancelled; a definition's own word for an end stays."""
    if state.ended is None:
        escalated = any(token.wait and token.wait.escalations for token in state.tokens)
        return "escalated" if escalated else "pending"
    if state.reason == "timeout" and state.ended == "rejected":
        return "timeout"
    return WORDS.get(state.ended, state.ended)


def status_of_row() -> ColumnElement[str]:
    """The same in SQL."""
    escalated = func.jsonb_path_exists(rows.c.state, _ESCALATED)
    late = and_(rows.c.status == "rejected", rows.c.state["reason"].astext == "timeout")
    return case(
        (and_(rows.c.ended_at.is_(None), escalated), literal("escalated")),
        (rows.c.ended_at.is_(None), literal("pending")),
        (late, literal("timeout")),
        *((rows.c.status == status, literal(word)) for status, word in WORDS.items()),
        else_=rows.c.status,
    )


def of_workflow(workflow: str, definition: ColumnElement[str]) -> ColumnElement[bool]:
    return or_(rows.c.asked["workflowId"].astext == workflow, definition == workflow)


def named(row: Any, definition: str, definition_name: str, requested_by: str) -> dict[str, Any]:
    """What is asked. `row`: of instances."""
    asked, data = row.asked or {}, row.state["data"]
    own = definition == asking.KEY
    return {
        "id": str(row.id),
        "workflowId": asked.get("workflowId", definition),
        "workflowName": asked.get("workflowName", asked.get("workflowId", definition_name)),
        "jobId": asked.get("jobId", f"{row.prefix}-{row.number}"),
        "title": row.title,
        "description": data.get("description", "") if own else definition_name,
        "context": data.get("context") if own else data,
        "requestedBy": requested_by,
        "requestedAt": moment(row.created_at),
        **told_back(asked),
    }


def told_back(asked: dict[str, Any] | None) -> dict[str, Any]:
    """What a program said of its request for its own use."""
    return {name: (asked or {})[name] for name in ("reason", "priority", "metadata") if name in (asked or {})}
