"""Eve of another tenant tries every call with ids of ours: she finds nothing, as with made-up ones."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.app.api import Answer, Company, company, told, written

OWN = ("instance", "number", "task", "definition")


@pytest.fixture(scope="module")
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


@pytest.fixture(scope="module")
def ids(shop: Company) -> dict[str, str]:
    """What exists in our tenant, by every name it has."""
    asked = {"workflowId": "w", "title": "t", "notifyUsers": [shop.email("bob")]}
    one = shop["ann"].post("/api/approvals", asked).body["request"]["id"]
    shown = shop["ann"].get(f"/api/v1/instances/{one}").body
    document = shop["alex"].get("/api/v1/definitions/purchase-approval").body["document"]
    shop["alex"].post("/api/v1/definitions", {"document": {**document, "key": "only-ours"}})
    named = {"instance": one, "number": shown["number"], "task": shown["waitingFor"][0]["taskId"]}
    return {**named, "definition": "only-ours"}


def calls() -> list[tuple[str, str]]:
    return [(method, path) for path, found in told()["paths"].items() for method in found if "{" in path]


def send(shop: Company, method: str, path: str, word: str, **more: Any) -> Answer:
    place = path.replace("{id}", word).replace("{key}", word)
    if method == "get":
        return shop["eve"].get(place)
    body = told()["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]["examples"][0]
    return shop["eve"].post(place, {name: value for name, value in body.items() if name != "userId"} | more)


def same(answer: Answer) -> Any:
    return {name: value for name, value in answer.body.items() if name != "instance"}


@pytest.mark.parametrize(("method", "path"), calls())
def test_ids_of_another_tenant_are_like_made_up_ones(
    shop: Company, ids: dict[str, str], method: str, path: str
) -> None:
    before = written(shop.tenant_id), written(shop.people["eve"].tenant_id)
    made_up = "no-such-key" if "{key}" in path else str(uuid4())
    nothing = send(shop, method, path, made_up)
    assert nothing.status == 404
    for kind in ("definition",) if "{key}" in path else OWN[:3]:
        answer = send(shop, method, path, ids[kind])
        assert answer.status == 404
        assert str(same(answer)).replace(ids[kind], made_up) == str(same(nothing))
    assert (written(shop.tenant_id), written(shop.people["eve"].tenant_id)) == before


def test_people_of_another_tenant_are_like_made_up_ones(shop: Company, ids: dict[str, str]) -> None:
    bob = shop.people["bob"]
    for word in (bob.email, str(bob.id), bob.email.partition("@")[0]):
        for path in ("/api/approvals/pending", "/api/approvals/history", "/api/approvals/statistics"):
            answer = shop["eve"].get(path, userId=word)
            assert (answer.status, answer.pointers) == (422, ["/userId"])
            assert str(same(answer)).replace(word, "x") == str(same(shop["eve"].get(path, userId="x")))
        asked = {"workflowId": "w", "title": "t", "notifyUsers": [word]}
        assert shop["eve"].post("/api/approvals", asked).pointers == ["/notifyUsers/0"]
        steps = [{"kind": "HUMAN", "approvers": [word]}]
        assert shop["eve"].post("/api/workflows", {"steps": steps}).pointers == ["/steps/0/approvers/0"]


def test_lists_and_figures_hold_nothing_of_another_tenant(shop: Company, ids: dict[str, str]) -> None:
    assert shop["eve"].get("/api/approvals/pending").body["count"] == 0
    assert shop["eve"].get("/api/approvals/pending", workflowId="w").body["count"] == 0
    assert shop["eve"].get("/api/approvals/history").body["pagination"]["total"] == 0
    assert shop["eve"].get("/api/approvals/statistics").body["statistics"]["total"] == 0


def test_within_a_tenant_strangers_cannot_tell_either(shop: Company, ids: dict[str, str]) -> None:
    for path in ("/api/approvals/{id}", "/api/v1/instances/{id}", "/api/purchase/{id}", "/api/workflows/{id}"):
        answers = [shop["leo"].get(path.replace("{id}", word)) for word in (ids["instance"], ids["number"], "PUR-0")]
        assert [answer.status for answer in answers] == [404] * 3
        assert len({str(same(answer)) for answer in answers}) == 1
