"""The purchase calls of the reference systems, exactly as they are written there."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.effects.scheduler import fire_due
from tests.app.api import Company, company, written
from tests.app.requests import decide


@pytest.fixture
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


def buy(shop: Company, amount: Any, item: Any = "AWS Credits", **more: Any) -> dict[str, Any]:
    asked = {"type": "purchase_approval", "data": {"amount": amount, "item": item, **more}}
    answer = shop["ann"].post("/api/purchase", asked)
    assert answer.status == 200
    assert answer.body["success"] is True
    assert answer.body["message"] == "Purchase approval processed successfully"
    found: dict[str, Any] = answer.body["data"]
    assert found["id"].startswith("PUR-")
    assert (found["amount"], found["item"]) == (amount, item)
    return found


def now(shop: Company, one: str) -> dict[str, Any]:
    answer = shop["ann"].get(f"/api/purchase/{one}")
    assert (answer.status, answer.body["success"]) == (200, True)
    found: dict[str, Any] = answer.body["data"]
    return found


def sign(shop: Company, one: str, *names: str) -> None:
    for name in names:
        answer = shop["trusted"].post(f"/api/approvals/{one}/approve", {"userId": shop.email(name)})
        assert answer.status == 200, answer.body


@pytest.mark.parametrize("amount", [100, 0.01, 499.99, 500])
def test_small_ones_are_approved_at_once(shop: Company, amount: float) -> None:
    asked = buy(shop, amount)
    assert asked["status"] == "approved"
    assert asked["requiresApproval"] is False
    assert asked["reason"] == "Below approval threshold"
    assert now(shop, asked["id"]) == asked


@pytest.mark.parametrize(
    ("amount", "signers"),
    [
        (500.01, ["bob"]),
        (800, ["bob"]),
        (4999.99, ["bob"]),
        (5000, ["bob", "dana"]),
        (9999.99, ["bob", "dana"]),
        (10000, ["bob", "dana", "frank", "henry"]),
        (12000, ["bob", "dana", "grace", "frank"]),
    ],
)
def test_larger_ones_are_executed_when_everybody_signed(shop: Company, amount: float, signers: list[str]) -> None:
    asked = buy(shop, amount)
    assert asked["requiresApproval"] is True
    for name in signers:
        found = now(shop, asked["id"])
        assert found["status"] == "pending_approval"
        assert shop.email(name) in found["approvers"]
        assert found["approver"] == found["approvers"][0]
        assert moment(found["expiresAt"]) - moment(found["timestamp"]) >= timedelta(days=3)
        sign(shop, asked["id"], name)
    done = now(shop, asked["id"])
    assert done["status"] == "executed"
    assert done["approvedBy"] == shop.email(signers[-1])
    assert done["approvers"] == [shop.email(name) for name in signers]
    assert moment(done["executedAt"]) >= moment(done["timestamp"])


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_the_first_answer_says_who_is_asked_and_for_how_long(shop: Company) -> None:
    asked = buy(shop, 1000)
    assert asked["status"] == "pending_approval"
    assert asked["approver"] == shop.email("bob")
    assert moment(asked["expiresAt"]) - moment(asked["timestamp"]) == timedelta(days=3)


def test_a_rejected_one_is_cancelled(shop: Company) -> None:
    one = buy(shop, 800)["id"]
    answer = shop["bob"].post(f"/api/approvals/{one}/reject", {"reason": "too expensive"})
    assert answer.status == 200
    found = now(shop, one)
    assert (found["status"], found["reason"]) == ("cancelled", "rejected")
    assert moment(found["cancelledAt"]) >= moment(found["timestamp"])


def test_a_late_one_is_escalated_and_then_cancelled(shop: Company) -> None:
    one = buy(shop, 800)["id"]
    while (found := now(shop, one))["approver"] == shop.email("bob"):
        fire_due(ahead=left(found))
    assert (found["status"], found["approver"]) == ("pending_approval", shop.email("dana"))
    while (found := now(shop, one))["status"] == "pending_approval":
        fire_due(ahead=left(found))
    assert (found["status"], found["reason"]) == ("cancelled", "timeout")


def left(found: dict[str, Any]) -> timedelta:
    due = moment(found["expiresAt"])
    return due - datetime.now(due.tzinfo) + timedelta(seconds=1)


def test_a_withdrawn_one_says_so(shop: Company) -> None:
    one = buy(shop, 800)["id"]
    assert shop["ann"].post(f"/api/approvals/{one}/cancel", {"reason": "not needed"}).status == 200
    found = now(shop, one)
    assert (found["status"], found["reason"]) == ("cancelled", "cancelled")


def test_while_the_requester_changes_it_nobody_is_named(shop: Company) -> None:
    one = buy(shop, 800)["id"]
    instance = UUID(shop["ann"].get(f"/api/v1/instances/{one}").body["id"])
    decide(shop.people["bob"], instance, "changes_requested", "Which model?")
    found = now(shop, one)
    assert (found["status"], found["approver"], found["approvers"]) == ("pending_approval", None, [])


def test_further_fields_of_the_form_are_taken_and_strange_ones_named(shop: Company) -> None:
    one = buy(shop, 100, why="The old ones are empty", cost_centre="marketing")["id"]
    kept = shop["ann"].get(f"/api/v1/instances/{one}").body["data"]
    assert kept == {
        "amount": 100,
        "item": "AWS Credits",
        "why": "The old ones are empty",
        "cost_centre": "marketing",
        "reason": "Below approval threshold",
    }
    before = written(shop.tenant_id)
    odd = {"amount": 100, "item": "Pens", "status": "approved", "quote": {"name": "x", "path": "/etc"}}
    answer = shop["ann"].post("/api/purchase", {"data": odd})
    assert (answer.status, answer.pointers) == (422, ["/data/status", "/data/quote/path"])
    answer = shop["ann"].post("/api/purchase", {"data": {"amount": 100, "item": "Pens", "cost_centre": "moon"}})
    assert (answer.status, answer.pointers) == (422, ["/data/cost_centre"])
    assert written(shop.tenant_id) == before


def test_only_requesters_ask_and_only_those_involved_look(shop: Company) -> None:
    asked = {"data": {"amount": 800, "item": "Chair"}}
    assert shop["frank"].post("/api/purchase", asked).status == 403
    one = buy(shop, 800)["id"]
    assert [shop[name].get(f"/api/purchase/{one}").status for name in ("ann", "bob", "olga", "alex")] == [200] * 4
    assert [shop[name].get(f"/api/purchase/{one}").status for name in ("leo", "frank", "eve")] == [404] * 3


def test_another_sort_of_request_is_no_purchase(shop: Company) -> None:
    made = shop["ann"].post("/api/workflows", {"steps": [{"kind": "HUMAN", "type": "approval"}]}).body
    assert shop["ann"].get(f"/api/purchase/{made['id']}").status == 404
    assert shop["ann"].get(f"/api/purchase/{made['number']}").status == 404


def test_one_signature_of_two_levels_leaves_it_pending(shop: Company) -> None:
    number = shop["ann"].post("/api/purchase", {"data": {"item": "Servers", "amount": 7200}}).body["data"]["id"]
    answers = [
        shop["trusted"].post(f"/api/approvals/{number}/approve", {"userId": shop.email(who)}).body["decision"]["status"]
        for who in ("bob", "dana")
    ]
    assert answers == ["pending", "approved"]
