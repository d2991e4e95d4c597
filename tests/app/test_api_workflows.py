"""Workflows from steps, requests on definitions, and definitions themselves."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, update

from app.store.db import across_tenants
from app.store.tables import definitions, versions
from tests.app.api import Company, company, written
from tests.app.requests import effects_of, shipped
from tests.make import browser, make_key


@pytest.fixture
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


def start(shop: Company, *steps: dict[str, Any], by: str = "ann", **more: Any) -> dict[str, Any]:
    answer = shop[by].post("/api/workflows", {"steps": list(steps), **more})
    assert answer.status == 201, answer.body
    found: dict[str, Any] = answer.body
    assert (found["success"], found["workflowId"]) == (True, found["id"])
    return found


HUMAN = {"kind": "HUMAN", "type": "approval"}


def test_one_person_is_asked_as_the_reference_writes_it(shop: Company) -> None:
    made = start(shop, HUMAN)
    assert made["status"] == "waiting_approval"
    assert [task["person"] for task in made["waitingFor"]] == ["Bob"]
    assert shop["bob"].post(f"/api/approvals/{made['workflowId']}/approve").status == 200
    assert shop["ann"].get(f"/api/workflows/{made['workflowId']}").body["status"] == "completed"


def test_steps_follow_one_another_and_a_rejection_ends_it(shop: Company) -> None:
    people = [shop.email("frank"), shop.email("grace")]
    tell = {"kind": "NOTIFY", "message": "{item} is next", "approvers": [shop.email("leo")], "name": "News"}
    both = {"kind": "HUMAN", "name": "Board", "approvers": people, "requireMinApprovers": 2}
    made = start(shop, HUMAN, tell, both, name="Buy", data={"item": "Desk"})
    assert (made["title"], made["data"]) == ("Buy", {"item": "Desk"})
    shop["bob"].post(f"/api/approvals/{made['id']}/approve")
    (told,) = effects_of(_id(made), message="told")
    assert told.payload["facts"]["text"] == "Desk is next"
    shop["frank"].post(f"/api/approvals/{made['id']}/approve")
    assert shop["ann"].get(f"/api/workflows/{made['number']}").body["status"] == "waiting_approval"
    shop["grace"].post(f"/api/approvals/{made['id']}/reject", {"reason": "no"})
    assert shop["ann"].get(f"/api/workflows/{made['number']}").body["status"] == "rejected"


def _id(made: dict[str, Any]) -> UUID:
    return UUID(made["id"])


def test_the_same_steps_are_one_definition_that_nobody_is_offered(shop: Company) -> None:
    first, second = start(shop, HUMAN), start(shop, HUMAN)
    assert (first["definition"], first["version"]) == (second["definition"], second["version"])
    answer = shop["ann"].post("/api/v1/instances", {"definition": first["definition"], "data": {}})
    assert (answer.status, answer.pointers) == (422, ["/definition"])


def test_calls_of_other_systems_take_the_right_to_publish(shop: Company) -> None:
    step = {"kind": "HTTP", "url": "https://example.com/orders", "body": {"item": "{item}"}}
    before = written(shop.tenant_id)
    assert shop["ann"].post("/api/workflows", {"steps": [step]}).status == 403
    assert written(shop.tenant_id) == before
    made = start(shop, step, by="alex")
    assert (made["status"], made["waitingFor"]) == ("running", [])


@pytest.mark.parametrize(
    ("steps", "pointer"),
    [
        ([], "/steps"),
        ([{"kind": "ROBOT"}], "/steps/0/kind"),
        ([{"type": "approval"}], "/steps/0/kind"),
        ([HUMAN, {"kind": "HUMAN", "type": "teleport"}], "/steps/1/type"),
        ([{"kind": "HUMAN", "type": "http"}], "/steps/0/type"),
        ([{"kind": "HUMAN", "colour": "red"}], "/steps/0/colour"),
        ([{"kind": "HUMAN", "approvers": ["nobody"]}], "/steps/0/approvers/0"),
        ([HUMAN, {"kind": "HUMAN", "approvers": ["{leo}"]}], "/steps/1/approvers/0"),
        ([{"kind": "HUMAN", "approvers": ["{bob}"], "requireMinApprovers": 2}], "/steps/0/approvers"),
        ([{"kind": "HUMAN", "timeoutMs": -5}], "/steps/0/timeoutMs"),
        ([{"kind": "NOTIFY"}], "/steps/0/message"),
        ([{"kind": "HTTP"}], "/steps/0/url"),
        ([{"kind": "HTTP", "url": "file:///etc/passwd"}], "/steps/0/url"),
        ([{"kind": "HTTP", "url": "http://127.0.0.1:5432/"}], "/steps/0/url"),
        ([HUMAN] * 51, "/steps"),
        ("approval", "/steps"),
        ([["HUMAN"]], "/steps/0"),
    ],
)
def test_odd_steps_are_named(shop: Company, steps: Any, pointer: str) -> None:
    named = [
        {**step, "approvers": [shop.email(word[1:-1]) if word[:1] == "{" else word for word in step["approvers"]]}
        if isinstance(step, dict) and "approvers" in step
        else step
        for step in steps
    ]
    before = written(shop.tenant_id)
    answer = shop["alex"].post("/api/workflows", {"steps": steps if isinstance(steps, str) else named})
    assert (answer.status, answer.pointers) == (422, [pointer])
    assert written(shop.tenant_id) == before


def test_a_limit_of_time(shop: Company) -> None:
    made = start(shop, {**HUMAN, "timeoutMs": 90 * 24 * 3600 * 1000, "timeoutAction": "escalate"})
    (task,) = made["waitingFor"]
    length = datetime.fromisoformat(task["expiresAt"]) - datetime.fromisoformat(made["createdAt"])
    assert length == timedelta(days=90)


def test_without_a_manager_an_approver_is_asked_but_never_the_requester(shop: Company) -> None:
    made = start(shop, HUMAN, by="alex")
    assert sorted(task["person"] for task in made["waitingFor"]) == ["Bob", "Dana", "Frank", "Grace", "Henry"]


def test_a_request_on_a_definition(shop: Company) -> None:
    data = {"item": "Desk", "amount": 700.5}
    answer = shop["ann"].post("/api/v1/instances", {"definition": "purchase-approval", "data": data})
    assert answer.status == 201
    assert (answer.body["definition"], answer.body["version"]) == ("purchase-approval", 1)
    assert (answer.body["status"], answer.body["data"]) == ("waiting_approval", data)
    assert shop["ann"].get(f"/api/v1/instances/{answer.body['number']}").body == answer.body


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"definition": "no-such", "data": {}}, ["/definition"]),
        ({"definition": "approval-request", "data": {"title": "x", "automatic": True}}, ["/definition"]),
        ({"definition": "purchase-approval", "data": {}}, ["/data/item", "/data/amount"]),
        ({"definition": "purchase-approval", "data": {"item": "x", "amount": -1}}, ["/data/amount"]),
        ({"definition": "purchase-approval", "data": {"item": "x", "amount": 1, "by": "me"}}, ["/data/by"]),
        ({"definition": "purchase-approval", "data": [], "status": "approved"}, ["/status", "/data"]),
        ({"definition": "purchase-approval"}, ["/data"]),
    ],
)
def test_what_cannot_be_started_is_named(shop: Company, body: Any, pointers: list[str]) -> None:
    shop["ann"].post("/api/approvals", {"workflowId": "w", "title": "t", "approvalType": "auto"})
    before = written(shop.tenant_id)
    answer = shop["ann"].post("/api/v1/instances", body)
    assert (answer.status, sorted(answer.pointers)) == (422, sorted(pointers))
    assert written(shop.tenant_id) == before


def test_retired_definitions_take_no_new_requests(shop: Company) -> None:
    asked = {"definition": "purchase-approval", "data": {"item": "Desk", "amount": 700}}
    assert shop["ann"].post("/api/v1/instances", asked).status == 201
    with across_tenants() as db:
        retired = update(definitions).where(definitions.c.tenant_id == shop.tenant_id)
        db.execute(retired.values(retired_at=func.now()))
    assert shop["ann"].post("/api/v1/instances", asked).status == 422
    assert shop["ann"].post("/api/purchase", {"data": asked["data"]}).status == 404


def test_definitions_are_published_and_read(shop: Company) -> None:
    document = {**shipped("leave-request"), "key": "holiday"}
    first = shop["alex"].post("/api/v1/definitions", {"document": document, "note": "First"})
    assert (first.status, first.body["key"], first.body["version"]) == (201, "holiday", 1)
    assert shop["alex"].post("/api/v1/definitions", {"document": document}).body == first.body
    second = shop["alex"].post("/api/v1/definitions", {"document": {**document, "name": "Holiday"}})
    assert second.body["version"] == 2
    read = shop["alex"].get("/api/v1/definitions/holiday")
    assert (read.body["version"], read.body["document"]["name"]) == (2, "Holiday")
    assert shop["alex"].get("/api/v1/definitions/holiday", version=1).body["document"] == document
    assert shop["alex"].get("/api/v1/definitions/holiday", version=3).status == 404
    assert shop["alex"].get("/api/v1/definitions/holiday", version="last").pointers == ["/version"]
    assert shop["ann"].get("/api/v1/definitions/holiday").status == 403
    assert shop["ann"].post("/api/v1/definitions", {"document": document}).status == 403


def test_a_document_that_makes_no_sense_is_named_by_its_places(shop: Company) -> None:
    document = shipped("purchase-approval", tell={"outcomes": {"sent": "nowhere"}})
    before = written(shop.tenant_id)
    answer = shop["alex"].post("/api/v1/definitions", {"document": document})
    assert (answer.status, answer.pointers[0]) == (422, "/document/steps/tell/outcomes/sent")
    for odd in ({}, {"format": "signoff/definition@1"}, {**document, "steps": []}, {**document, "data": 7}):
        answer = shop["alex"].post("/api/v1/definitions", {"document": odd})
        assert answer.status == 422
        assert all(pointer.startswith("/document") for pointer in answer.pointers)
    assert written(shop.tenant_id) == before


def test_a_group_that_is_not_there_cannot_be_asked(shop: Company) -> None:
    document = shipped("purchase-approval", tell={"who": [{"group": "purchsing"}]})
    before = written(shop.tenant_id)
    answer = shop["alex"].post("/api/v1/definitions", {"document": document})
    assert (answer.status, answer.pointers) == (422, ["/document/steps/tell/who/0"])
    assert "Did you mean “purchasing”?" in answer.body["errors"][0]["message"]
    assert written(shop.tenant_id) == before


def test_a_narrow_key_publishes_nothing(shop: Company) -> None:
    with across_tenants() as db:
        reads = make_key(db, shop.people["alex"], "definition:read")
    narrow = type(shop["alex"])(shop["alex"].client, reads)
    assert narrow.get("/api/v1/definitions/purchase-approval").status == 200
    assert narrow.post("/api/v1/definitions", {"document": shipped("leave-request")}).status == 403
    assert narrow.post("/api/workflows", {"steps": [HUMAN]}).status == 403


def test_versions_of_others_stay_theirs(shop: Company) -> None:
    shop["alex"].post("/api/v1/definitions", {"document": {**shipped("leave-request"), "key": "holiday"}})
    assert shop["eve"].get("/api/v1/definitions/holiday").status == 404
    answer = shop["eve"].post("/api/v1/instances", {"definition": "holiday", "data": {}})
    assert (answer.status, answer.pointers) == (422, ["/definition"])
    with across_tenants() as db:
        assert db.execute(versions.select().where(versions.c.tenant_id == shop.people["eve"].tenant_id)).all()


def test_the_drawing_of_a_list_of_steps_names_those_who_are_told(shop: Company) -> None:
    tell = {"kind": "NOTIFY", "message": "It is next", "approvers": [shop.email("leo")]}
    made = start(shop, HUMAN, tell)
    with browser(shop.people["ann"]) as client:
        page = client.get(f"/instances/{made['id']}").text
    assert "Tells Leo" in page
    assert str(shop.people["leo"].id) not in page
