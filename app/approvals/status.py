"""How requests and their statuses are called in the approval calls."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, literal_column, or_

from app.approvals import definition as asking
from app.store.tables import instances as rows
from app.times import moment
from engine.state import State

OPEN = ("pending", "escalated")

_ESCALATED: ColumnElement[Any] = literal_column("'$.tokens[*].wait.escalations ? (@ > 0)'::jsonpath")


def status_word(state: State) -> str:
    """pending, approved, rejected, timeout, escalated, cancelled or failed; a definition's own word for an end stays.

    What was undone is called by the end that led to it.
    """
    if state.ended is None:
        escalated = any(token.wait and token.wait.escalations for token in state.tokens)
        return "escalated" if escalated else "pending"
    end = state.undone_after if state.undone_after and state.ended == "rolled_back" else state.ended
    if end == "rejected" and state.timed_out:
        return "timeout"
    return "approved" if end == "completed" else end


def decision_word(state: State, outcome: str) -> str:
    """What a decision has come to: an approval is pending while anybody else is asked to sign."""
    asked = any(token.wait and token.wait.level is not None for token in state.tokens)
    return status_word(state) if asked and outcome == "approved" else outcome


def status_of_row() -> ColumnElement[str]:
    """The same in SQL."""
    escalated = func.jsonb_path_exists(rows.c.state, _ESCALATED)
    undone_after = case((rows.c.status == "rolled_back", rows.c.state["undone_after"].astext))
    end = func.coalesce(undone_after, rows.c.status)
    return case(
        (and_(rows.c.ended_at.is_(None), escalated), literal("escalated")),
        (rows.c.ended_at.is_(None), literal("pending")),
        (and_(end == "rejected", rows.c.state["timed_out"].astext == "true"), literal("timeout")),
        (end == "completed", literal("approved")),
        else_=end,
    )


def of_workflow(workflow: str, definition: ColumnElement[str]) -> ColumnElement[bool]:
    return or_(rows.c.asked["workflowId"].astext == workflow, definition == workflow)


def named(row: Any, definition: str, definition_name: str, requested_by: str) -> dict[str, Any]:
    """The fields of `shapes.Named`. `row`: of instances."""
    asked, data = row.asked or {}, row.state["data"]
    own = definition == asking.KEY
    return {
        "id": str(row.id),
        "workflow_id": asked.get("workflowId", definition),
        "workflow_name": asked.get("workflowName", asked.get("workflowId", definition_name)),
        "job_id": asked.get("jobId", f"{row.prefix}-{row.number}"),
        "title": row.title,
        "description": data.get("description", "") if own else definition_name,
        "context": data.get("context") if own else data,
        "requested_by": requested_by,
        "requested_at": moment(row.created_at),
        **told_back(asked),
    }


def told_back(asked: dict[str, Any] | None) -> dict[str, Any]:
    """What a program said of its request for its own use."""
    return {name: (asked or {})[name] for name in ("reason", "priority", "metadata") if name in (asked or {})}
