"""Every event in the words of the people who read them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec import structs

from engine.events import types
from engine.wording.event_types import kind, tone
from engine.wording.events import TELLERS, tell
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
    needed = [field.encode_name for field in structs.fields(types()[type_]) if field.required]
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
        event("StepCompleted", step="approval", outcome="changes_requested", to=None),
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
        "Dana Reed approved, and filled in: cost centre IT",
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
        event("ReminderSent", step="approval", people=["d"], due=DUE),
        "Reminded Dana Reed of “Approval”, due 8 March 2026, 14:00 UTC",
    ),
    (
        escalated("t1", late=["d"], due=DUE),
        "Waited 3 days for Dana Reed, escalated “Approval” to Bo Ek, due 8 March 2026, 14:00 UTC",
    ),
    (
        escalated("t9"),
        "Nobody answered in time, escalated “Approval” to Bo Ek",
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
        "Nobody answered “Approval” in time, so it was rejected",
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
        event("AskedAgain", step="approval", level="director", name="Director", need=1, tasks=[{"assignee": "d"}]),
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
        event("TaskHandedOn", step="approval", person="b", name="Director", tasks=[{"assignee": "d"}]),
        "Bo Ek cannot answer “Director” any more, so Dana Reed was asked",
    ),
    (
        event("TaskHandedOn", step="approval", person="b", name="Director", tasks=[]),
        "Bo Ek cannot answer “Director” any more; the others are enough",
    ),
    (
        event("TimedOut", step="approval", then="approve", level="director"),
        "Nobody answered “Director” in time, so it passed without a signature",
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
        "Ended as rejected: Nobody answered in time.",
    ),
]


@pytest.mark.parametrize(("happened", "words"), TOLD, ids=lambda value: str(value)[:40])
def test_each_event_reads_as_a_sentence(happened: dict[str, Any], words: str) -> None:
    assert tell(happened, NAMES) == words


def test_every_type_is_told_named_and_shown_here() -> None:
    shown = {happened["type"] for happened, _ in TOLD}
    assert shown == set(TELLERS) == set(types())


def test_what_it_does_not_know_it_says() -> None:
    words = "Parcel lost was recorded; the exact data is in the record"
    assert tell(raw("ParcelLost"), NAMES) == words
    assert kind("ParcelLost") == "ParcelLost"


@pytest.mark.parametrize("data", [{}, {"step": "approval"}, {"tasks": 4, "people": 3, "outcome": None}])
@pytest.mark.parametrize("type_", sorted(TELLERS))
def test_data_of_another_shape_never_breaks_the_page(type_: str, data: dict[str, Any]) -> None:
    assert tell(raw(type_, **data), NAMES)
    assert tone(raw(type_, **data)) in ("good", "bad", "late", "plain")


def test_a_comment_cannot_turn_or_break_the_line() -> None:
    comment = "fine\u202e\n\ndevorppa\x00" + "x" * 1000
    words = tell(event("TaskDecided", step="approval", level="director", outcome="rejected", comment=comment), NAMES)
    assert "\u202e" not in words and "\n" not in words and "\x00" not in words
    assert words.startswith("Dana Reed (Director) rejected it: “fine devorppa xxx") and words.endswith("…”")
    assert len(words) < 500


def test_people_who_left_and_steps_without_names_are_still_told() -> None:
    words = tell(event("TaskOpened", step="old-step", tasks=[{"id": "t", "assignee": "gone"}]), Names())
    assert words == "Somebody who left was asked to fill in “old-step”"


def test_tones_go_with_what_was_said() -> None:
    decided = [event("TaskDecided", outcome=said) for said in ("approved", "rejected", "changes_requested")]
    assert [tone(happened) for happened in decided] == ["good", "bad", "late"]
    assert tone(event("InstanceEnded", status="rolled_back")) == "late"
    assert tone(event("ReminderSent", timer="t")) == "late"


def test_what_a_form_calls_sensitive_is_not_told() -> None:
    names = Names(steps={"fix": "Bank data"}, fields={"iban": "IBAN"}, hidden={"iban"})
    happened = event("TaskSubmitted", "Kim Lee", "k", step="fix", data={"iban": "DE02", "days": 30})
    assert tell(happened, names) == "Kim Lee filled in “Bank data”: IBAN •••, days 30"


def test_how_many_must_agree_is_said_where_several_are_asked() -> None:
    def asked(need: int, *people: str) -> str:
        tasks = [{"id": person, "assignee": person} for person in people]
        return tell(
            event("LevelOpened", step="approval", level="director", name="Board", need=need, tasks=tasks), NAMES
        )

    assert asked(1, "b") == "Bo Ek was asked to decide as Board"
    assert asked(1, "b", "c") == "Bo Ek and Cy Fox were asked to decide as Board (one is enough)"
    assert asked(2, "b", "c", "d").endswith("(2 must approve)")
