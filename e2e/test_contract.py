"""The purchase calls as a program makes them: over HTTP, on the product as it was started, with the keys it printed."""

import json
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

import pytest

from e2e.product import Run
from tests.servers import wait_until

Call = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def call(product: Run) -> Call:
    keys = product.demo["api_keys"]

    def send(
        role: str, method: str, path: str, body: dict[str, Any] | None = None, status: int = 200
    ) -> dict[str, Any]:
        connection = HTTPConnection("127.0.0.1", product.port, timeout=30)
        try:
            headers = {"Authorization": f"Bearer {keys[role]}", "Content-Type": "application/json"}
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
        finally:
            connection.close()
        assert answer.status == status, told
        return dict(told)

    return send


def purchase(call: Call, amount: int) -> dict[str, Any]:
    body = {"type": "purchase_approval", "data": {"amount": amount, "item": "AWS Credits"}}
    return dict(call("requester", "POST", "/api/purchase", body)["data"])


def test_a_hundred_is_approved_at_once(call: Call) -> None:
    told = purchase(call, 100)
    assert (told["status"], told["requiresApproval"], told["reason"]) == ("approved", False, "Below approval threshold")


@pytest.mark.parametrize(
    ("amount", "deciders"),
    [(800, ["bob"]), (5_000, ["bob", "dana"]), (12_000, ["bob", "dana", "frank", "grace"])],
)
def test_above_the_threshold_each_level_signs(call: Call, amount: int, deciders: list[str]) -> None:
    told = purchase(call, amount)
    place = f"/api/purchase/{told['id']}"
    assert (told["status"], told["requiresApproval"], told["amount"]) == ("pending_approval", True, amount)
    for who in deciders:
        assert call("requester", "GET", place)["data"]["status"] == "pending_approval"
        call("admin", "POST", f"/api/approvals/{told['id']}/approve", {"userId": who, "comment": "Fine"})
    wait_until(lambda: call("requester", "GET", place)["data"]["status"] == "executed", "it to be executed", 90)
    done = call("requester", "GET", place)["data"]
    assert done["executedAt"]
    assert done["approvedBy"]


def test_who_has_no_part_in_it_is_refused(call: Call) -> None:
    told = purchase(call, 800)
    place = f"/api/approvals/{told['id']}/approve"
    call("requester", "POST", place, {}, status=403)
    call("requester", "POST", place, {"userId": "bob"}, status=403)
    call("admin", "POST", place, {"userId": "mia"}, status=403)
    assert call("requester", "GET", f"/api/purchase/{told['id']}")["data"]["status"] == "pending_approval"
