"""Whatever is sent, a call answers as the OpenAPI document says, below 500, soon, and keeps nothing undeclared."""

import json
from collections.abc import Iterator
from copy import deepcopy
from time import process_time
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.store.db import across_tenants
from app.store.tables import metadata
from tests.app.api import Answer, Company, approval, company, sent_back, task_of, told, written

CALLS = sorted(path for path, operations in told()["paths"].items() if "post" in operations)
LISTS = sorted(path for path, operations in told()["paths"].items() if operations.get("get", {}).get("parameters"))
# Seconds of processor time: what else runs on the machine does not count.
SOON = 1.0
STRANGER = "not-declared-anywhere"
# What has any shape: a program's own context, and JSON Schema, which has room for keywords of others.
FREE = ("/context", "/document/data")
FREE_EVENT = "/api/v1/external-events/data"
LARGE: tuple[Any, ...] = (
    "x" * 200_000,
    list(range(20_000)),
    {f"k{number}": number for number in range(10_000)},
    [{}] * 20_000,
    [[[["("] * 50] * 30] * 20],
    "(a+)+" * 20_000,
)

FEW = settings(
    max_examples=15,
    phases=(Phase.explicit, Phase.generate),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
MORE = settings(FEW, max_examples=40)

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
def ids(shop: Company) -> dict[str, str]:
    """What a call can be about, by the end or the start of its address."""
    one = approval(shop)
    shop["alex"].post("/api/v1/definitions/purchase-approval/draft")
    return {"/submit": sent_back(shop), "/api/v1/tasks": task_of(shop, one), "": one}


def place(call: str, ids: dict[str, str]) -> str:
    one = next(one for word, one in ids.items() if call.endswith(word) or (word and call.startswith(word)))
    return call.replace("{id}", one).replace("{key}", "purchase-approval")


def example(call: str) -> dict[str, Any]:
    media = told()["paths"][call]["post"]["requestBody"]["content"]["application/json"]
    found: dict[str, Any] = deepcopy(media["schema"]["examples"][0])
    return found


def fields(call: str) -> list[str]:
    media = told()["paths"][call]["post"]["requestBody"]["content"]["application/json"]
    return sorted(media["schema"]["properties"])


def soon(shop: Company, method: str, path: str, **given: Any) -> Answer:
    """With the key that may do most, in good time."""
    begin = process_time()
    answer = shop["trusted"].call(method, path, **given)
    taken = process_time() - begin
    assert taken < SOON, (method, path, taken)
    assert answer.status < 500
    return answer


def sent(shop: Company, path: str, body: Any) -> Answer:
    raw = json.dumps(body).encode("utf-8", "surrogatepass")
    return soon(shop, "POST", path, content=raw, headers={"content-type": "application/json"})


def objects(value: Any, pointer: str = "") -> Iterator[str]:
    """Places of all objects in a body."""
    if isinstance(value, dict):
        yield pointer
    for name, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(item, dict | list):
            yield from objects(item, f"{pointer}/{name}")


def with_stranger(body: dict[str, Any], pointer: str) -> dict[str, Any]:
    made = deepcopy(body)
    spot: Any = made
    for part in pointer.split("/")[1:]:
        spot = spot[int(part) if isinstance(spot, list) else part]
    spot[STRANGER] = {"tenant_id": STRANGER, "status": "approved"}
    return made


def kept_strangers() -> set[str]:
    """The tables in which the undeclared name stands, in whatever column."""
    with across_tenants() as db:
        return {
            name
            for name in metadata.tables
            if db.execute(text(f"SELECT 1 FROM {name} t WHERE t::text LIKE '%{STRANGER}%' LIMIT 1")).first()
        }


def test_what_is_declared_nowhere_is_kept_nowhere(shop: Company, ids: dict[str, str]) -> None:
    """In every object of every body, however deep."""
    before = written(shop.tenant_id)
    for call in CALLS:
        for pointer in (one for one in objects(example(call)) if not one.startswith(FREE) and call + one != FREE_EVENT):
            answer = sent(shop, place(call, ids), with_stranger(example(call), pointer))
            if call.endswith("/check"):
                assert answer.status == 422 or answer.body["problems"], (call, pointer)
            elif call.endswith("/simulate") and answer.status == 200:
                assert "not declared anywhere" in str(answer.body["turns"]), (call, pointer)
            else:
                assert 400 <= answer.status < 500, (call, pointer, answer.body)
    assert written(shop.tenant_id) == before
    assert kept_strangers() == set()


def test_what_a_program_keeps_for_itself_is_kept(shop: Company) -> None:
    """The other half: the search above finds what is there."""
    with company() as other:
        body = with_stranger({"workflowId": "w", "title": "t", "approvalType": "auto", "context": {}}, "/context")
        assert other["ann"].post("/api/approvals", body).status == 201
    assert {"instances", "events"} <= kept_strangers()


@pytest.mark.parametrize("call", CALLS)
@FEW
@given(data=st.data())
def test_bodies(shop: Company, ids: dict[str, str], call: str, data: st.DataObject) -> None:
    """Good bodies with some of their fields replaced, and places inside of them."""
    body = example(call)
    for name in data.draw(st.lists(st.sampled_from([*fields(call), "other"]), min_size=1, max_size=3)):
        body[name] = data.draw(values)
    spot: Any = body
    while isinstance(spot, dict) and spot and data.draw(st.booleans()):
        name = data.draw(st.sampled_from(sorted(spot)))
        if not isinstance(spot[name], dict):
            spot[name] = data.draw(values)
        spot = spot[name]
    sent(shop, place(call, ids), body)


@pytest.mark.parametrize("call", CALLS)
def test_large_values(shop: Company, ids: dict[str, str], call: str) -> None:
    """One after the other in each field, and inside of it: as much as a body may hold."""
    for number, name in enumerate(fields(call)):
        large = LARGE[number % len(LARGE)]
        sent(shop, place(call, ids), example(call) | {name: {"x": large} if number % 2 else large})


@MORE
@given(call=st.sampled_from(CALLS), raw=st.binary(max_size=40) | values.map(lambda value: json.dumps(value).encode()))
def test_bytes(shop: Company, ids: dict[str, str], call: str, raw: bytes) -> None:
    soon(shop, "POST", place(call, ids), content=raw)


@MORE
@given(call=st.sampled_from(sorted(told()["paths"])), word=st.text(min_size=1, max_size=30))
def test_ids(shop: Company, call: str, word: str) -> None:
    method = "GET" if "get" in told()["paths"][call] else "POST"
    path = call.replace("{id}", quote(word, safe="")).replace("{key}", quote(word, safe=""))
    got = shop["trusted"].client.request(method, path, headers={"authorization": f"Bearer {shop['trusted'].secret}"})
    assert got.status_code < 500
    assert got.json()


@MORE
@given(call=st.sampled_from(LISTS), data=st.data())
def test_questions(shop: Company, ids: dict[str, str], call: str, data: st.DataObject) -> None:
    known = [item["name"] for item in told()["paths"][call]["get"]["parameters"] if item["in"] == "query"]
    words = st.text(max_size=20) | st.integers().map(str) | st.sampled_from(["true", "2026-02-30", "9999-12-31", "~"])
    asked = data.draw(st.dictionaries(st.sampled_from([*known, STRANGER]), words))
    answer = soon(shop, "GET", place(call, ids), params=asked)
    assert STRANGER not in asked or answer.status in (403, 422)


@pytest.mark.parametrize("key", ["\x7f", "a b", "k" * 255, "'; --", "%00"])
def test_idempotency_keys(shop: Company, key: str) -> None:
    body = {"workflowId": "w", "title": "t", "approvalType": "auto"}
    assert shop["trusted"].post("/api/approvals", body, idempotency_key=key).status == 201
