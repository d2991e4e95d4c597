"""What is hashed of an event: personal values as salted digests, so that one of them can be erased for ever."""

from decimal import Decimal
from typing import Any

import pytest

from engine.interpreter import fold
from engine.json_text import canonical, dumps, loads, normal
from engine.record.chain import GENESIS, body, link, record
from engine.record.disclosure import disclosed, without
from engine.record.fields import split
from engine.record.replay import Replay
from tests.engine.cast import Case, flow

CENTS = {"item": "Desk", "amount": Decimal("900.25")}
APPROVAL = {
    "type": "approval",
    "name": "Approval",
    "levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}],
    "outcomes": {"approved": "pay", "rejected": "rejected"},
}

BEN = "01a1fc66-e391-7e64-9604-904d022c5b97"
DECIDED: dict[str, Any] = {
    "v": 1,
    "instance_id": "01a1fc66-e391-7e64-9604-904d022c5b90",
    "tenant_id": "01a1fc66-e391-7e64-9604-904d022c5b91",
    "seq": 4,
    "type": "TaskDecided",
    "at": "2026-03-01T09:00:00.000000Z",
    "actor_kind": "user",
    "actor_id": BEN,
    "actor_name": "Ben Fischer",
    "source": "web",
    "address": "192.0.2.7",
    "agent": "Firefox",
    "correlation_id": None,
    "causation_id": None,
    "data": {"task": "t", "step": "s", "comment": "ask Ben", "values": {"iban": "DE89", "note": ""}},
    "key": bytes(range(16)),
    "erased": None,
}


def erased(event: dict[str, Any], *places: str) -> dict[str, Any]:
    """As the database keeps it afterwards."""
    gone = {**event, "erased": without(event, set(places), 7, "2026-04-01T09:00:00.000000Z"), "key": None}
    gone["data"] = normal(gone["data"])
    for place in places:
        *inside, name = place.split("/")[1:]
        found = gone
        for part in inside:
            found = found[part]
        found[name] = None
    return gone


def test_no_personal_value_is_in_what_is_hashed() -> None:
    text = record(DECIDED).decode()
    for value in ("Ben", "192.0.2.7", "Firefox", "ask Ben", "DE89"):
        assert value not in text
    assert list(disclosed(DECIDED)) == [
        "/actor_name",
        "/address",
        "/agent",
        "/data/comment",
        "/data/values/iban",
    ]
    assert body(DECIDED)["data"] == {"task": "t", "step": "s", "values": {"note": ""}}


def test_another_key_gives_other_digests() -> None:
    assert body(DECIDED)["digests"] != body({**DECIDED, "key": bytes(16)})["digests"]


def test_one_value_can_go_for_ever_and_the_hash_stays() -> None:
    gone = erased(DECIDED, "/data/comment")
    assert link(GENESIS, gone) == link(GENESIS, DECIDED)
    assert gone["key"] is None
    salt = disclosed(DECIDED)["/data/comment"][0].hex()
    kept = canonical(gone).decode()
    assert salt not in kept and "ask Ben" not in kept
    assert "/data/comment" not in disclosed(gone) and "/actor_name" in disclosed(gone)


def test_a_second_value_can_go_later() -> None:
    gone = erased(erased(DECIDED, "/data/comment"), "/data/values/iban", "/agent")
    assert link(GENESIS, gone) == link(GENESIS, DECIDED)
    assert sorted(gone["erased"]["gone"]) == ["/agent", "/data/comment", "/data/values/iban"]


@pytest.mark.parametrize("name", ["actor_name", "address", "agent"])
def test_what_stays_cannot_be_changed_after_an_erasure(name: str) -> None:
    gone = erased(DECIDED, "/data/comment", "/agent")
    assert link(GENESIS, {**gone, name: "other"}) != link(GENESIS, DECIDED)


@pytest.mark.parametrize("data", [{"comment": "never"}, {"task": "u"}, {"values": {"iban": None}}])
def test_nothing_can_be_put_where_something_was_erased(data: dict[str, Any]) -> None:
    gone = erased(DECIDED, "/data/comment")
    assert link(GENESIS, {**gone, "data": {**gone["data"], **data}}) != link(GENESIS, DECIDED)


def test_a_field_that_nobody_named_is_protected() -> None:
    plain, values = split({**DECIDED, "data": {"task": "t", "new": "secret", "other": {"a": 1}}})
    assert plain == {"task": "t"}
    assert values["/data/new"] == "secret" and values["/data/other"] == {"a": 1}


def test_a_pointer_names_odd_fields_exactly() -> None:
    event = {**DECIDED, "data": {"values": {"a/b": 1, "a~b": 2}}}
    assert [place for place in disclosed(event) if place.startswith("/data")] == [
        "/data/values/a~1b",
        "/data/values/a~0b",
    ]


def test_a_request_with_cents_is_what_its_events_say() -> None:
    case = Case(flow({"approval": {**APPROVAL, "outcomes": {"approved": "approved", "rejected": "rejected"}}}), CENTS)
    replay = Replay()
    for number, (kind, data) in enumerate(case.log, 1):
        replay.add({"seq": number, "type": kind, "data": data, "erased": None})
    state = loads(dumps(case.now_state))
    assert state["data"]["amount"] == CENTS["amount"]
    beside = {"status": "waiting_approval", "title": "A thing", "requester_id": "ann"}
    assert replay.difference({"state": state, **beside}) is None


def test_the_replay_counts_what_was_erased_over_something_erased() -> None:
    """Whether such a value was another one than before cannot be told any more, and the replay takes it as the same."""
    outcomes = {"approved": "approved", "rejected": "rejected", "changes_requested": "request"}
    case = Case(flow({"approval": APPROVAL | {"outcomes": outcomes}}), {"item": "Desk for Zeb", "amount": 900})
    case.decide("ben", "changes_requested", "Which one?")
    case.resubmit(item="Chair for Zeb", amount=900)
    replay = Replay()
    for number, (kind, data) in enumerate(case.log, 1):
        gone: dict[str, Any] = {}
        if kind in ("InstanceStarted", "TaskSubmitted"):
            data["data"]["item"], gone = None, {"/data/data/item": {}, "/data/title": {}}
        replay.add({"seq": number, "type": kind, "data": data, "erased": {"gone": gone} if gone else None})
    assert replay.untold == 1


def test_a_signature_over_a_value_that_was_erased_holds_until_the_field_changes() -> None:
    pay = {"type": "form", "name": "Pay", "who": [{"user": "gus"}], "outcomes": {"submitted": "approved"}}
    case = Case(flow({"approval": APPROVAL, "pay": pay}), {"item": "Desk for Zeb", "amount": 900})
    case.decide("ben")
    for kind, data in case.log:
        if kind in ("InstanceStarted", "TaskDecided"):
            data["data" if kind == "InstanceStarted" else "covers"]["item"] = None
    case.state = fold(case.log)
    assert case.signed() == ["ben"]
    case.resubmit(item="Yacht", amount=900)
    assert (case.now_state.ended, list(case.open()), case.signed()) == (None, ["ben"], [])
