"""Nothing that is sent makes a call break: whatever it is, the answer is one the OpenAPI document knows, below 500."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.app.api import Company, company, told

CALLS = sorted(path for path, operations in told()["paths"].items() if "post" in operations)
LISTS = sorted(path for path, operations in told()["paths"].items() if operations.get("get", {}).get("parameters"))
FEW = settings(
    max_examples=80,
    phases=(Phase.explicit, Phase.generate),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)

texts = st.text(max_size=20) | st.sampled_from(["", "\0", "\ud800", "{item}", "approval", "P3D", "'", "../..", "0"])
numbers = st.integers() | st.floats() | st.sampled_from([0, -1, 2**31, 2**63, 10**30, 1e308, 0.1])
leaves = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=8
)


@pytest.fixture(scope="module")
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


@pytest.fixture(scope="module")
def one(shop: Company) -> str:
    asked = {"workflowId": "w", "title": "t", "notifyUsers": [shop.email("bob")], "requireMinApprovers": 1}
    return str(shop["ann"].post("/api/approvals", asked).body["request"]["id"])


def example(call: str) -> dict[str, Any]:
    media = told()["paths"][call]["post"]["requestBody"]["content"]["application/json"]
    found: dict[str, Any] = media["schema"]["examples"][0]
    return found


def fields(call: str) -> list[str]:
    media = told()["paths"][call]["post"]["requestBody"]["content"]["application/json"]
    return sorted(media["schema"]["properties"])


def sent(shop: Company, path: str, body: Any) -> int:
    raw = json.dumps(body).encode("utf-8", "surrogatepass")
    return shop["trusted"].send(path, raw).status


@pytest.mark.parametrize("call", CALLS)
@FEW
@given(data=st.data())
def test_bodies(shop: Company, one: str, call: str, data: st.DataObject) -> None:
    """Good bodies with some of their fields replaced, and places inside of them."""
    body = json.loads(json.dumps(example(call)))
    for name in data.draw(st.lists(st.sampled_from([*fields(call), "other"]), min_size=1, max_size=3)):
        body[name] = data.draw(values)
    spot: Any = body
    while isinstance(spot, dict) and spot and data.draw(st.booleans()):
        name = data.draw(st.sampled_from(sorted(spot)))
        if not isinstance(spot[name], dict):
            spot[name] = data.draw(values)
        spot = spot[name]
    assert sent(shop, call.replace("{id}", one), body) < 500


@FEW
@given(call=st.sampled_from(CALLS), raw=st.binary(max_size=40) | values.map(lambda value: json.dumps(value).encode()))
def test_bytes(shop: Company, one: str, call: str, raw: bytes) -> None:
    assert shop["trusted"].send(call.replace("{id}", one), raw).status < 500


@FEW
@given(call=st.sampled_from(sorted(told()["paths"])), word=st.text(min_size=1, max_size=30))
def test_ids(shop: Company, call: str, word: str) -> None:
    from urllib.parse import quote

    method = "GET" if "get" in told()["paths"][call] else "POST"
    path = call.replace("{id}", quote(word, safe="")).replace("{key}", quote(word, safe=""))
    got = shop["trusted"].client.request(method, path, headers={"authorization": f"Bearer {shop['trusted'].secret}"})
    assert got.status_code < 500
    assert got.json()


@FEW
@given(call=st.sampled_from(LISTS), data=st.data())
def test_questions(shop: Company, one: str, call: str, data: st.DataObject) -> None:
    known = [item["name"] for item in told()["paths"][call]["get"]["parameters"] if item["in"] == "query"]
    words = st.text(max_size=20) | st.integers().map(str)
    asked = data.draw(st.dictionaries(st.sampled_from([*known, "other"]), words))
    path = call.replace("{id}", one).replace("{key}", "purchase-approval")
    assert shop["trusted"].get(path, **asked).status < 500


@pytest.mark.parametrize("key", ["\x7f", "a b", "k" * 255, "'; --", "%00"])
def test_idempotency_keys(shop: Company, key: str) -> None:
    body = {"workflowId": "w", "title": "t", "approvalType": "auto"}
    assert shop["trusted"].post("/api/approvals", body, idempotency_key=key).status == 201
