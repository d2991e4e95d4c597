"""Every type of event with what it says, for the tests of its words and of another language."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec import structs

from engine.events import all_types
from engine.wording.names import Names

AT = datetime(2026, 3, 5, 14, 0, tzinfo=UTC)
DUE = "2026-03-08T14:00:00+00:00"
NAMES = Names(
    people={"d": "Dana Reed", "k": "Kim Lee", "b": "Bo Ek", "c": "Cy Fox"},
    steps={"approval": "Approval", "amount": "How much?", "order": "Create supplier", "fix": "Bank data"},
    levels={("approval", "director"): "Director"},
    fields={"amount": "Amount"},
    opened={"t1": AT - timedelta(days=3, hours=2)},
    definition="Purchase approval",
    rule=lambda text: {"amount <= 500": "amount is at most 500"}.get(text, text),
)


# What an event cannot be without, where its sentence does not speak of it.
NUMBERS = dict.fromkeys(("v", "token", "version", "seen", "need"), 1)
OBJECTS: dict[str, Any] = {name: {} for name in ("data", "values", "covers", "call", "before", "after")}
LISTS: dict[str, Any] = {name: [] for name in ("tasks", "people", "rest", "closed", "remind", "from", "late", "steps")}
NOTHING = dict.fromkeys(("for", "due", "timer", "result"))


def raw(type_: str, actor: str = "Dana Reed", actor_id: str = "d", **data: Any) -> dict[str, Any]:
    return {"type": type_, "actor_name": actor, "actor_id": actor_id, "at": AT, "data": data}


def event(type_: str, actor: str = "Dana Reed", actor_id: str = "d", **data: Any) -> dict[str, Any]:
    needed = [field.encode_name for field in structs.fields(all_types()[type_]) if field.required]
    known = {**NUMBERS, **OBJECTS, **LISTS, **NOTHING}
    return raw(type_, actor, actor_id, **{name: known.get(name, "") for name in needed} | data)


def escalated(task: str, **data: Any) -> dict[str, Any]:
    return event("TaskEscalated", step="approval", tasks=[{"id": "t3", "assignee": "b"}], **{"from": [task], **data})


TOLD = [
    (
        event("InstanceStarted", "Kim Lee", "k", requester="k", title="Laptop", version=3, data={}),
        "Kim Lee asked: “Laptop” with “Purchase approval”, version 3",
    ),
    (
        event("InstanceStarted", "Agent", "a", requester="k", title="Laptop", version=3, data={}),
        "Agent asked for Kim Lee: “Laptop” with “Purchase approval”, version 3",
    ),
    (
        event(
            "StepCompleted",
            step="amount",
            outcome="small",
            to="approval",
            why={"rule": "amount <= 500", "values": {"amount": 100}, "text": "Up to 500"},
        ),
        "“How much?” chose “Up to 500”, because 100 is at most 500, next is “Approval”",
    ),
    (
        event("StepCompleted", step="amount", outcome="otherwise", to="approval"),
        "“How much?” found that no rule holds, next is “Approval”",
    ),
    (
        event("StepCompleted", step="approval", outcome="changes_requested", to=""),
        "“Approval” is finished: changes requested",
    ),
    (
        event(
            "LevelOpened",
            step="approval",
            level="director",
            name="Board",
            need=2,
            due=DUE,
            tasks=[{"id": "t1", "assignee": "b"}, {"id": "t2", "assignee": "c"}],
        ),
        "Bo Ek and Cy Fox were asked to decide as Board (all must approve), due 8 March 2026, 14:00 UTC",
    ),
    (
        event("TaskDecided", step="approval", level="director", task="t1", outcome="approved", comment="ok for Q3"),
        "Dana Reed (Director) approved: “ok for Q3”",
    ),
    (
        event(
            "TaskDecided",
            step="approval",
            level="gone",
            task="t1",
            outcome="approved",
            comment="",
            values={"cost_centre": "IT"},
        ),
        "Dana Reed (Gone) approved, and filled in: cost centre IT",
    ),
    (
        event(
            "TaskDecided",
            step="approval",
            level="director",
            outcome="rejected",
            comment="no",
            person="d",
            **{"for": "b"},
        ),
        "Dana Reed (Director) rejected it on behalf of Bo Ek: “no”",
    ),
    (
        event("TaskDecided", step="approval", level="director", outcome="changes_requested", comment="add a quote"),
        "Dana Reed (Director) asked for changes: “add a quote”",
    ),
    (
        event("TaskOpened", step="fix", tasks=[{"id": "t1", "assignee": "k"}], name="Bank data"),
        "Kim Lee was asked to fill in “Bank data”",
    ),
    (
        event("TaskSubmitted", "Kim Lee", "k", step="fix", task="t1", data={"amount": Decimal("-1200.50")}),
        "Kim Lee filled in “Bank data”: Amount -1,200.50",
    ),
    (
        event("TasksClosed", step="approval", tasks=["t1", "t2"], status="cancelled", reason={"code": "withdrawn"}),
        "Closed 2 open questions of “Approval”: withdrawn",
    ),
    (
        event("ReminderSent", step="approval", people=["d"], timer="t", due=DUE),
        "Reminded Dana Reed of “Approval”, due 8 March 2026, 14:00 UTC",
    ),
    (
        escalated("t1", late=["d"], due=DUE),
        "Waited 3 days for Dana Reed, escalated “Approval” to Bo Ek, due 8 March 2026, 14:00 UTC",
    ),
    (
        escalated("t9"),
        "Not answered in time, escalated “Approval” to Bo Ek",
    ),
    (
        event(
            "ApprovedByRule",
            step="approval",
            rule="amount <= 500",
            text="Below approval threshold",
            values={"amount": 100},
        ),
        "Approved by rule: Below approval threshold, because 100 is at most 500",
    ),
    (
        event("TimedOut", step="approval", then="reject"),
        "Time ran out for “Approval”, so it was rejected",
    ),
    (
        event("CallRequested", step="order", effect="e", call={"method": "POST", "url": "{base_url}/erp"}),
        "“Create supplier” called another system: POST this server: /erp",
    ),
    (
        event(
            "CallDone",
            step="order",
            effect="e",
            result={"status": 200},
            set={"supplier": {"status": 201, "body": {"id": "S-1"}}},
        ),
        "“Create supplier” was done by the other system, which answered: supplier id: S-1",
    ),
    (
        event("CallFailed", step="order", effect="e", error="answer 503"),
        "“Create supplier” failed: answer 503",
    ),
    (event("PeopleTold", step="fix", people=["d", "k"]), "“Bank data” told Dana Reed and Kim Lee"),
    (
        event("DataCorrected", step="fix", before={"amount": None}, after={"amount": 7200}, reason="typo"),
        "Dana Reed corrected Amount from empty to 7,200: “typo”",
    ),
    (
        event("UndoneByHand", step="fix", reason="by telephone"),
        "Dana Reed undid “Bank data” by hand: “by telephone”",
    ),
    (
        event("CompensationAbandoned", step="fix", steps=["fix"], reason="bankrupt"),
        "Dana Reed ended it without undoing “Bank data”: “bankrupt”",
    ),
    (
        event(
            "InstanceEnded",
            step="fix",
            status="rejected",
            reason={"code": "said", "params": {"text": "no"}},
            remains=["fix"],
        ),
        "Ended as rejected: no; not undone: “Bank data”",
    ),
    (event("TitleChanged", "Signoff", "", title="Van"), "Is now called “Van”"),
    (
        event(
            "AskedAgain",
            step="approval",
            level="director",
            name="Director",
            need=1,
            tasks=[{"id": "t1", "assignee": "d"}],
        ),
        "“Director” asked Dana Reed again, because the request was changed",
    ),
    (
        event("AskedAgain", step="approval", level="director", name="Director", need=2, tasks=[]),
        "“Director” was looked at again, because the request was changed",
    ),
    (
        event("StepReopened", step="order", to="approval"),
        "“Approval” is asked again, because the request was changed after it had approved",
    ),
    (
        event("TaskHandedOn", step="approval", person="b", name="Director", tasks=[{"id": "t1", "assignee": "d"}]),
        "Bo Ek cannot answer “Director” any more, so Dana Reed was asked",
    ),
    (
        event("TaskHandedOn", step="approval", person="b", name="Director", tasks=[]),
        "Bo Ek cannot answer “Director” any more; the others are enough",
    ),
    (
        event("TimedOut", step="approval", then="approve", level="director"),
        "Time ran out for “Director”, so it counted as approved",
    ),
    (
        event("Blocked", step="fix", code="late", params={"step": "fix"}),
        "Stopped, an admin is needed: Nobody filled in “Bank data” in time.",
    ),
    (event("Unblocked", step="fix"), "Dana Reed let “Bank data” try again"),
    (
        event("CompensationStarted", step="order", status="rejected", steps=["order"]),
        "Began to undo what was done: “Create supplier”",
    ),
    (
        event("UndoRequested", step="order", effect="e", call={"method": "DELETE", "url": "https://erp/1"}),
        "Undoing “Create supplier”: DELETE https://erp/1",
    ),
    (event("CompensationDone", step="order", effect="e"), "“Create supplier” was undone"),
    (
        event(
            "CompensationFailed",
            step="order",
            effect="e",
            code="undo_failed",
            params={"step": "order", "error": "answer 500"},
        ),
        "“Create supplier” could not be undone, an admin is needed: answer 500",
    ),
    (
        event("Withdrawn", "Kim Lee", "k", reason="bought already"),
        "Kim Lee withdrew the request: “bought already”",
    ),
    (event("Cancelled", reason=""), "Dana Reed cancelled the request"),
    (
        event("InstanceEnded", step="end", status="rejected", reason={"code": "timeout"}),
        "Ended as rejected: It was not answered in time.",
    ),
    (
        event("WaitBegun", step="fix", until=DUE, timer="t"),
        "“Bank data” waits until 8 March 2026, 14:00 UTC",
    ),
    (
        event("WaitBegun", step="order", expects="w", name="order.shipped", about="PO-7", until=DUE, timer="t"),
        "“Create supplier” waits for “order.shipped” about “PO-7”, due 8 March 2026, 14:00 UTC",
    ),
    (
        event("EventReceived", step="order", set={"amount": 7200}),
        "“Create supplier” received what it waited for, with: Amount 7,200",
    ),
    (event("EventReceived", step="order"), "“Create supplier” received what it waited for"),
]
