from typing import Any

from designer.drawing.path import path


def event(kind: str, **data: Any) -> dict[str, Any]:
    return {"type": kind, "data": data}


STARTED = event("InstanceStarted", step="request", to="approval")
APPROVED = event("StepCompleted", step="approval", outcome="approved", to="order")
ORDERED = event("StepCompleted", step="order", outcome="failed", to="end-failed")


def test_a_request_that_waits() -> None:
    way = path([STARTED, event("LevelOpened", step="approval", level=0)])
    assert way.marks == {"request": "done", "approval": "waiting"}
    assert way.taken == {("request", "submitted")}


def test_a_request_that_came_to_its_end() -> None:
    done = event("StepCompleted", step="approval", outcome="rejected", to="end-rejected")
    way = path([STARTED, done, event("InstanceEnded", step="end-rejected", status="rejected")])
    assert way.marks == {"request": "done", "approval": "done", "end-rejected": "ended"}
    assert ("approval", "rejected") in way.taken


def test_sent_back_it_waits_where_it_was_done_before() -> None:
    back = event("StepCompleted", step="approval", outcome="changes_requested", to="request")
    assert path([STARTED, back]).marks == {"request": "waiting", "approval": "done"}


def test_stuck_and_mended() -> None:
    stuck = [STARTED, APPROVED, event("Blocked", step="order", reason="no answer")]
    assert path(stuck).marks["order"] == "blocked"
    assert path([*stuck, event("Unblocked", step="order")]).marks["order"] == "waiting"


def test_stopped_half_way_it_ended_where_it_stood() -> None:
    ended = event("InstanceEnded", step="approval", status="cancelled")
    assert path([STARTED, event("Withdrawn", reason=""), ended]).marks["approval"] == "ended"


def test_what_was_undone_says_so() -> None:
    undone = [
        event("CompensationStarted", step="end-failed", steps=["order"]),
        event("UndoRequested", step="order", effect="1"),
        event("CompensationDone", step="order", effect="1"),
        event("InstanceEnded", step="end-failed", status="rolled_back"),
    ]
    assert path([STARTED, APPROVED, ORDERED, *undone]).marks["order"] == "undone"
    assert path([STARTED, APPROVED, ORDERED, *undone]).marks["end-failed"] == "ended"
