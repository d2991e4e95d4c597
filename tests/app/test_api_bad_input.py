"""What no call should be sent: each is refused by its place, in a problem document, and nothing is written."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from app.api.handlers import MAX_BODY
from tests.app.api import Answer, Api, Company, company, told, written
from tests.make import browser, make_cast, site

BODY_CALLS = sorted(path for path, operations in told().get("paths", {}).items() if "post" in operations)


@pytest.fixture(scope="module")
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


@pytest.fixture
def one(shop: Company) -> str:
    asked = {"workflowId": "w", "title": "t", "notifyUsers": [shop.email("bob")]}
    return str(shop["ann"].post("/api/approvals", asked).body["request"]["id"])


def place(call: str, one: str) -> str:
    return call.replace("{id}", one)


def everybody(shop: Company) -> Api:
    return shop["trusted"]


RAW = {
    b"": "",
    b"   ": "",
    b"amount=5": "",
    b"{": "",
    b'{"data": {}} x': "",
    b'{"data": NaN}': "/data",
    b'{"data": -Infinity}': "/data",
    b'{"data": [1, 1e400]}': "/data/1",
    b'{"data": 1e99999999999999999999}': "/data",
    b'{"data": 0.12345678901234567}': "/data",
    b'{"data": ' + b"9" * 5000 + b"}": "/data",
    b'{"data": 12345678901234567}': "/data",
    b'{"a": {"b/c": "x\\u0000y"}}': "/a/b~1c",
    b'{"a": ["\\ud800"]}': "/a/0",
    b'{"a": "\xed\xa0\x80"}': "",
    b'{"a": "\xff"}': "",
    b"\xff\xfe{\x00}\x00": "",
    b'{"data": {"x": 1, "x": 2}}': "/data/x",
    b'{"userId": "a", "userId": "b"}': "/userId",
    b"[" * 100_000: "",
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000: "",
    b'{"data":' * 70 + b"1" + b"}" * 70: "/data" * 65,
    b'{"\\u0000": 1}': "",
}


@pytest.mark.parametrize("call", BODY_CALLS)
def test_what_is_no_json_of_ours_is_refused(shop: Company, one: str, call: str) -> None:
    before = written(shop.tenant_id)
    optional = not told()["paths"][call]["post"]["requestBody"]["required"]
    for raw, pointer in RAW.items():
        if not raw and optional:
            continue
        answer = everybody(shop).send(place(call, one), raw)
        assert (answer.status, answer.pointers) == (422, [pointer]), raw[:40]
        assert answer.body["errors"][0]["message"]
    assert written(shop.tenant_id) == before


@pytest.mark.parametrize("call", BODY_CALLS)
@pytest.mark.parametrize("value", [None, True, 5, "text", [], [{}], [[1]]])
def test_a_body_is_an_object(shop: Company, one: str, call: str, value: Any) -> None:
    answer = everybody(shop).send(place(call, one), json.dumps(value).encode())
    assert (answer.status, answer.pointers) == (422, [""])


@pytest.mark.parametrize("call", BODY_CALLS)
def test_unknown_fields_are_named(shop: Company, one: str, call: str) -> None:
    media = told()["paths"][call]["post"]["requestBody"]["content"]["application/json"]["schema"]
    example = media["examples"][0]
    names = ("tenant_id", "id", "status", "approved_by", "hash", "is_admin", "__proto__", "constructor", "data/x")
    for name in (one for one in names if one not in media["properties"]):
        before = written(shop.tenant_id)
        answer = everybody(shop).post(place(call, one), {**example, name: "x"})
        assert answer.status == 422
        assert answer.pointers == ["/" + name.replace("/", "~1")]
        assert written(shop.tenant_id) == before


@pytest.mark.parametrize("call", BODY_CALLS)
def test_every_field_of_the_wrong_type_is_named(shop: Company, one: str, call: str) -> None:
    fields = told()["paths"][call]["post"]["requestBody"]["content"]["application/json"]["schema"]
    before = written(shop.tenant_id)
    for name, schema in fields["properties"].items():
        for wrong in (None, 1.5, "", [None], {"a": 1}, True):
            if _fits(schema, wrong):
                continue
            answer = everybody(shop).post(place(call, one), {**fields["examples"][0], name: wrong})
            assert answer.status == 422, (name, wrong)
            assert all(pointer.startswith(f"/{name}") for pointer in answer.pointers)
    assert written(shop.tenant_id) == before


def _fits(schema: dict[str, Any], value: Any) -> bool:
    from engine.schemas import validate

    return not validate(schema, value)


@pytest.mark.parametrize("call", BODY_CALLS)
def test_other_kinds_of_bodies_are_refused(shop: Company, one: str, call: str) -> None:
    for kind in ("application/xml", "multipart/form-data; boundary=x"):
        answer = everybody(shop).send(place(call, one), b'{"reason": "x"}', kind)
        assert answer.status == 415
    unlabelled = ("application/x-www-form-urlencoded", "text/plain;charset=UTF-8")
    for kind in ("application/json; charset=utf-8", "application/merge-patch+json", "", *unlabelled):
        assert everybody(shop).send(place(call, one), b"[]", kind).status == 422


@pytest.mark.parametrize("call", BODY_CALLS)
def test_ten_megabytes_are_not_read(shop: Company, one: str, call: str) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        yield b'{"title": "'
        for _ in range(160):
            sent += 1
            yield b"x" * 65536

    before = written(shop.tenant_id)
    for content in (b'"' + b"x" * 10_000_000 + b'"', pieces()):
        answer = everybody(shop).call(
            "POST", place(call, one), content=content, headers={"content-type": "application/json"}
        )
        assert (answer.status, answer.body["detail"]) == (413, "That is more than can be taken here.")
    assert written(shop.tenant_id) == before


def test_texts_just_within_the_limit_are_read(shop: Company) -> None:
    body = {"workflowId": "w", "title": "t", "notifyUsers": [shop.email("bob")]}
    room = MAX_BODY - len(json.dumps({**body, "context": ""}).encode())
    full = json.dumps({**body, "context": "x" * room}).encode()
    assert len(full) == MAX_BODY
    assert shop["ann"].send("/api/approvals", full).status == 201
    assert shop["ann"].send("/api/approvals", full + b" ").status == 413


@pytest.mark.parametrize(
    ("data", "pointers"),
    [
        ({}, ["/data/item", "/data/amount"]),
        ({"item": "x", "amount": -5}, ["/data/amount"]),
        ({"item": "x", "amount": 0}, ["/data/amount"]),
        ({"item": "x", "amount": 10_000_001}, ["/data/amount"]),
        ({"item": "x", "amount": "1000"}, ["/data/amount"]),
        ({"item": "x", "amount": True}, ["/data/amount"]),
        ({"item": "x", "amount": None}, ["/data/amount"]),
        ({"item": "", "amount": 5}, ["/data/item"]),
        ({"item": "x" * 201, "amount": 5}, ["/data/item"]),
        ({"item": ["x"], "amount": 5}, ["/data/item"]),
    ],
)
def test_odd_purchases_are_named(shop: Company, data: Any, pointers: list[str]) -> None:
    before = written(shop.tenant_id)
    answer = shop["ann"].post("/api/purchase", {"type": "purchase_approval", "data": data})
    assert (answer.status, answer.pointers) == (422, pointers)
    assert written(shop.tenant_id) == before
    assert shop["ann"].post("/api/purchase", {"type": "sale", "data": data}).pointers[0] == "/type"


def test_markup_and_odd_letters_are_texts_like_others(shop: Company) -> None:
    for item in ("<script>alert(1)</script>", "=HYPERLINK()", "\u202e", "{{7*7}}", "'; DROP TABLE tasks; --", "🦆"):
        answer = shop["ann"].post("/api/purchase", {"data": {"item": item, "amount": 5}})
        assert answer.body["data"]["item"] == item


def problem(answer: Answer, status: int) -> dict[str, Any]:
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.body
    assert {"type", "title", "status", "detail", "instance"} <= found.keys()
    return found


def test_methods_that_a_call_does_not_have(shop: Company, one: str) -> None:
    for call, operations in told()["paths"].items():
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            if method.lower() in operations:
                continue
            answer = everybody(shop).call(method, place(call, one))
            problem(answer, 405)
            assert {name.strip() for name in answer.headers["allow"].split(",")} >= {one.upper() for one in operations}


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/api/approvals/x/y", "/api/approvals/x/explode"])
def test_there_is_nothing_at_other_addresses(shop: Company, path: str) -> None:
    for method in ("GET", "POST"):
        problem(everybody(shop).call(method, path), 404)


def test_calls_without_a_key_that_works(shop: Company, one: str) -> None:
    for secret in ("", "sk_nonsense", "sk_" + "x" * 43, "\x7f"):
        for call, operations in told()["paths"].items():
            for method in operations:
                api = Api(shop["ann"].client, secret)
                answer = api.call(method.upper(), place(call, one).replace("{key}", "purchase-approval"))
                problem(answer, 401)
                assert answer.headers["www-authenticate"] == "Bearer"
    answer = shop["ann"].get(f"/api/approvals/{one}", api_key="sk_" + "x" * 43)
    assert "ends up in logs" in problem(answer, 401)["detail"]


def test_nul_in_an_address_names_nothing(shop: Company) -> None:
    for path in ("/api/v1/definitions/%00", "/api/purchase/%00", "/api/approvals/a%00b/approve", "/api/workflows/%00"):
        method = "POST" if path.endswith("approve") else "GET"
        problem(everybody(shop).call(method, path), 404)


def test_every_call_is_in_the_document() -> None:
    known = {path for path in (route.path_format for route in site().routes) if path.startswith("/api/")}
    assert known - set(told()["paths"]) == {"/api/openapi.json", "/api/docs"}


def test_a_browser_sends_json_and_says_so(shop: Company) -> None:
    """Another site can post a form or plain text in somebody's name, and never with this label."""
    with browser(make_cast().ada) as web:
        for kind in ("application/x-www-form-urlencoded", "text/plain"):
            body = b'{"workflowId": "w", "title": "t", "notifyUsers": ["bob"]}'
            assert web.post("/api/approvals", content=body, headers={"content-type": kind}).status_code == 415


@pytest.mark.parametrize(
    "path", ["/api/approvals/pending", "/api/approvals/history", "/api/approvals/statistics", "/api/approvals/{id}"]
)
def test_a_parameter_that_is_not_there_is_named(shop: Company, one: str, path: str) -> None:
    answer = everybody(shop).get(place(path, one), colour="red")
    assert (answer.status, answer.pointers) == (422, ["/colour"])


def test_a_key_is_also_taken_as_x_api_key(shop: Company) -> None:
    with browser() as program:
        told = {"x-api-key": shop["bob"].secret}
        assert program.get("/api/approvals/pending", headers=told).status_code == 200
        assert program.get("/api/approvals/pending", headers={"x-api-key": "sk_wrong"}).status_code == 401
