"""Our own calls: what a person does on the pages a program does with that person's key, and no more."""

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.effects.results import Effect
from app.reports import jobs
from app.store.db import across_tenants
from app.store.tables import instances, reports, tasks
from engine.record import offline
from tests.app.api import Api, Company, approval, company, sent_back, task_of, written
from tests.app.incidents import undecidable
from tests.app.requests import shipped, tasks_of
from tests.make import make_key


@pytest.fixture
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


def chair(shop: Company, amount: float = 800) -> dict[str, Any]:
    asked = {"definition": "purchase-approval", "data": {"item": "Chair", "amount": amount}}
    made: dict[str, Any] = shop["ann"].post("/api/v1/instances", asked).body
    return made


def stored(instance: str) -> Any:
    with across_tenants() as db:
        return db.execute(select(instances).where(instances.c.id == UUID(instance))).one()


def key_for(shop: Company, name: str, *scopes: str) -> Api:
    with across_tenants() as db:
        return Api(shop[name].client, make_key(db, shop.people[name], *scopes))


def test_a_purchase_is_asked_found_in_the_inbox_and_decided(shop: Company) -> None:
    made = chair(shop)
    (line,) = shop["bob"].get("/api/v1/tasks").body["tasks"]
    task = shop["bob"].get(f"/api/v1/tasks/{line['id']}").body
    assert (task["instanceId"], task["data"]["amount"], task["form"]) == (made["id"], 800, None)
    assert task["outcomes"] == ["approved", "rejected", "changes_requested"]
    answer = {"outcome": "approved", "comment": "Sit well", "seen": task["seen"]}
    decided = shop["bob"].post(f"/api/v1/tasks/{line['id']}/decide", answer).body
    assert (decided["status"], decided["waitingFor"]) == ("approved", [])
    (row,) = tasks_of(UUID(made["id"]))
    assert (row.closed_by, row.comment) == (shop.people["bob"].id, "Sit well")
    assert shop["bob"].get("/api/v1/tasks").body["tasks"] == []
    assert shop["bob"].post(f"/api/v1/tasks/{line['id']}/decide", answer).status == 409


def test_amounts_keep_their_digits(shop: Company) -> None:
    body = b'{"definition": "purchase-approval", "data": {"item": "Chair", "amount": 1234567.10}}'
    made = shop["ann"].send("/api/v1/instances", body)
    assert b'"amount":1234567.1,' in made.text.replace(b"}", b",")
    assert stored(made.body["id"]).state["data"]["amount"] == Decimal("1234567.1")


def test_what_was_sent_back_is_filled_in_and_goes_on(shop: Company) -> None:
    task = sent_back(shop)
    form = shop["ann"].get(f"/api/v1/tasks/{task}").body["form"]
    assert {"item", "amount"} <= form["schema"]["properties"].keys()
    wrong = shop["ann"].post(f"/api/v1/tasks/{task}/submit", {"data": {"item": "", "amount": -1}})
    assert (wrong.status, sorted(wrong.pointers)) == (422, ["/data/amount", "/data/item"])
    sent = shop["ann"].post(f"/api/v1/tasks/{task}/submit", {"data": {"item": "Stool", "amount": 700}}).body
    assert stored(sent["id"]).state["data"]["item"] == "Stool"
    assert [one["person"] for one in sent["waitingFor"]] == ["Bob"]


def test_values_go_where_a_form_asks_for_them(shop: Company) -> None:
    made = chair(shop)
    task = made["waitingFor"][0]["taskId"]
    before = written(shop.tenant_id)
    for outcome in ("approved", "rejected"):
        answer = {"outcome": outcome, "comment": "x", "values": {"amount": 1}}
        refused = shop["bob"].post(f"/api/v1/tasks/{task}/decide", answer)
        assert (refused.status, refused.pointers) == (422, ["/values"])
    assert shop["bob"].post(f"/api/v1/tasks/{task}/submit", {"data": {"amount": 1}}).pointers == ["/data"]
    assert written(shop.tenant_id) == before
    assert stored(made["id"]).state["data"]["amount"] == 800


def test_nobody_answers_for_somebody_else(shop: Company) -> None:
    made = chair(shop)
    task = made["waitingFor"][0]["taskId"]
    assert shop["ann"].post(f"/api/v1/tasks/{task}/decide", {"outcome": "approved"}).status == 403
    assert shop["dana"].post(f"/api/v1/tasks/{task}/decide", {"outcome": "approved"}).status == 404
    assert shop["olga"].post(f"/api/v1/tasks/{task}/decide", {"outcome": "approved"}).status == 403
    with across_tenants() as db:
        assert db.execute(select(tasks.c.status).where(tasks.c.id == UUID(task))).scalar_one() == "pending"


def test_a_key_answers_only_what_it_was_made_for(shop: Company) -> None:
    task = sent_back(shop)
    reads = key_for(shop, "ann", "people:read")
    assert reads.post(f"/api/v1/tasks/{task}/submit", {"data": {"item": "Stool", "amount": 700}}).status == 403
    made = chair(shop)
    assert reads.post(f"/api/v1/instances/{made['id']}/withdraw").status == 403
    assert stored(made["id"]).ended_at is None


def test_requests_are_listed_page_by_page(shop: Company) -> None:
    made = [approval(shop) for _ in range(32)]
    first = shop["ann"].get("/api/v1/instances").body
    second = shop["ann"].get("/api/v1/instances", after=first["next"]).body
    listed = [one["id"] for page in (first, second) for one in page["instances"]]
    assert listed == made[::-1]
    assert second["next"] is None
    inbox = shop["bob"].get("/api/v1/tasks").body
    rest = shop["bob"].get("/api/v1/tasks", after=inbox["next"]).body
    assert len({one["id"] for page in (inbox, rest) for one in page["tasks"]}) == 32
    assert shop["bob"].get("/api/v1/tasks", after="nonsense").pointers == ["/after"]
    assert shop["ann"].get("/api/v1/instances", after="nonsense").pointers == ["/after"]


def test_lists_can_be_narrowed_and_widened(shop: Company) -> None:
    one, other = approval(shop), approval(shop)
    shop["ann"].post(f"/api/v1/instances/{one}/withdraw", {"reason": "Not needed"})
    ended = shop["ann"].get("/api/v1/instances", ended="true").body["instances"]
    assert [line["id"] for line in ended] == [one]
    open_ones = shop["ann"].get("/api/v1/instances", ended="false").body["instances"]
    assert [line["id"] for line in open_ones] == [other]
    assert shop["bob"].get("/api/v1/instances").body["instances"] == []
    assert shop["bob"].get("/api/v1/instances", everybody="true").status == 403
    assert len(shop["olga"].get("/api/v1/instances", everybody="true").body["instances"]) == 2
    assert shop["ann"].get("/api/v1/instances", ended="perhaps").pointers == ["/ended"]


def test_one_withdraws_ones_own_and_cancels_others(shop: Company) -> None:
    one, other = approval(shop), approval(shop)
    assert shop["bob"].post(f"/api/v1/instances/{one}/withdraw").status == 403
    withdrawn = shop["ann"].post(f"/api/v1/instances/{one}/withdraw", {"reason": "Not needed"}).body
    assert (withdrawn["status"], withdrawn["reason"]) == ("cancelled", "Not needed")
    assert stored(one).state["reason"]["params"] == {"text": "Not needed"}
    assert shop["bob"].post(f"/api/v1/instances/{other}/cancel").status == 403
    assert shop["alex"].post(f"/api/v1/instances/{other}/cancel", {"reason": "Twice"}).body["status"] == "cancelled"
    assert stored(other).state["reason"]["params"] == {"text": "Twice"}


def test_what_can_be_asked_for_is_told_with_its_form(shop: Company) -> None:
    offered = shop["ann"].get("/api/v1/catalogue").body["definitions"]
    assert [one["key"] for one in offered] == ["purchase-approval"]
    form = shop["ann"].get("/api/v1/catalogue/purchase-approval").body
    assert form["schema"]["required"]
    assert shop["ann"].get("/api/v1/catalogue/approval-request").status == 404
    assert shop["ann"].get("/api/v1/definitions").status == 403


def test_definitions_are_listed_checked_and_looked_back_at(shop: Company) -> None:
    document = shipped("leave-request")
    before = written(shop.tenant_id)
    good = shop["alex"].post("/api/v1/definitions/check", {"document": document})
    assert (good.status, good.body) == (200, {"problems": []})
    broken = {**document, "start": "nowhere"}
    (problem, *_) = shop["alex"].post("/api/v1/definitions/check", {"document": broken}).body["problems"]
    assert problem["message"] and problem["pointer"]
    assert shop["ann"].post("/api/v1/definitions/check", {"document": document}).status == 403
    assert written(shop.tenant_id) == before
    for name in ("Leave", "Holiday"):
        shop["alex"].post("/api/v1/definitions", {"document": {**document, "name": name}, "note": name})
    versions = shop["alex"].get("/api/v1/definitions/leave-request/versions").body["versions"]
    assert [(one["version"], one["note"], one["publisher"]) for one in versions] == [
        (2, "Holiday", "Alex"),
        (1, "Leave", "Alex"),
    ]
    listed = shop["alex"].get("/api/v1/definitions").body["definitions"]
    assert {one["key"]: one["version"] for one in listed} == {"leave-request": 2, "purchase-approval": 1}


def test_people_and_groups_are_looked_up(shop: Company) -> None:
    bob = shop.people["bob"]
    (found,) = shop["ann"].get("/api/v1/people", words="bob").body["people"]
    assert (found["id"], found["email"]) == (str(bob.id), bob.email)
    shown = shop["ann"].get(f"/api/v1/people/{bob.id}").body
    assert (shown["line"], shown["waiting"]) == ([str(shop.people["dana"].id)], 0)
    groups = shop["ann"].get("/api/v1/groups").body["groups"]
    (directors,) = [group for group in groups if group["key"] == "directors"]
    assert directors["members"] == ["Dana"]
    inside = shop["ann"].get(f"/api/v1/groups/{directors['id']}").body["members"]
    assert [person["handle"] for person in inside] == [found["handle"] for found in inside]
    assert [person["id"] for person in inside] == [str(shop.people["dana"].id)]
    assert shop["eve"].get("/api/v1/people", words="bob").body["people"] == []


def test_the_record_is_read_by_request_and_by_search(shop: Company) -> None:
    one = approval(shop)
    shop["bob"].post(f"/api/v1/tasks/{task_of(shop, one)}/decide", {"outcome": "approved", "comment": "Fine"})
    told = shop["ann"].get(f"/api/v1/instances/{one}/events").body["events"]
    assert [event["seq"] for event in told] == list(range(1, len(told) + 1))
    (decided,) = [event for event in told if event["type"] == "TaskDecided"]
    assert "Bob" in decided["text"]
    assert decided["id"] == f"{one}:{decided['seq']}"
    rest = shop["ann"].get(f"/api/v1/instances/{one}/events", after=str(decided["seq"])).body["events"]
    assert [event["seq"] for event in rest] == [event["seq"] for event in told if event["seq"] > decided["seq"]]
    found = shop["olga"].get("/api/v1/events", type="TaskDecided", person=str(shop.people["bob"].id)).body["events"]
    assert [event["id"] for event in found] == [decided["id"]]
    assert shop["ann"].get("/api/v1/events").status == 403
    assert shop["olga"].get("/api/v1/events", since="yesterday").pointers == ["/since"]
    assert shop["olga"].get("/api/v1/events", after="nonsense").status == 422
    assert shop["dana"].get(f"/api/v1/instances/{one}/events").status == 404


def test_the_evidence_of_a_request_can_be_checked_without_the_server(shop: Company, tmp_path: Path) -> None:
    one = approval(shop)
    shop["bob"].post(f"/api/v1/tasks/{task_of(shop, one)}/decide", {"outcome": "approved", "comment": "Fine"})
    evidence = shop["olga"].get(f"/api/v1/instances/{one}/evidence")
    assert (evidence.status, evidence.body["request"]["id"]) == (200, one)
    file = tmp_path / "evidence.json"
    file.write_bytes(evidence.text)
    assert subprocess.run([sys.executable, "-I", offline.__file__, file], check=False).returncode == 0
    file.write_bytes(evidence.text.replace(b"Fine", b"Evil"))
    assert subprocess.run([sys.executable, "-I", offline.__file__, file], check=False).returncode == 1
    (noted,) = shop["olga"].get("/api/v1/events", type="RecordExported").body["events"]
    assert noted["data"]["format"] == "json"
    assert shop["ann"].get(f"/api/v1/instances/{one}/evidence").status == 403


def test_what_is_stuck_is_found_and_mended(shop: Company) -> None:
    one = str(undecidable(shop.people["ann"]))
    (stuck,) = shop["alex"].get("/api/v1/stuck").body["instances"]
    assert (stuck["id"], bool(stuck["stuck"])) == (one, True)
    shop["alex"].post(f"/api/v1/instances/{one}/correct", {"data": {"why": "Old ones broke"}, "reason": "forgotten"})
    assert shop["alex"].get("/api/v1/stuck").body["instances"] == []
    assert shop["ann"].get("/api/v1/stuck").status == 403


def test_a_report_is_asked_for_and_downloaded(shop: Company) -> None:
    one = approval(shop)
    asked = shop["olga"].post("/api/v1/reports", {"format": "csv", "request": one}).body
    assert (asked["status"], asked["file"]) == ("pending", None)
    with across_tenants() as db:
        row = db.execute(select(reports).where(reports.c.id == UUID(asked["id"]))).one()
    assert (row.params, row.requested_by) == ({"instance": one}, shop.people["olga"].id)
    done = jobs.perform(Effect(row.id, shop.tenant_id, None, "report", {"report": asked["id"]}, 1))
    assert done.record
    with across_tenants() as db:
        done.record(db)
    (built,) = shop["olga"].get("/api/v1/reports").body["reports"]
    assert built == shop["olga"].get(f"/api/v1/reports/{asked['id']}").body
    file = shop["olga"].client.get(built["file"], headers={"authorization": f"Bearer {shop['olga'].secret}"})
    assert (built["status"], sha256(file.content).hexdigest()) == ("done", built["sha256"])
    assert shop["ann"].post("/api/v1/reports", {"format": "csv"}).status == 403
    assert shop["olga"].post("/api/v1/reports", {"format": "doc"}).pointers == ["/format"]
    both = {"format": "csv", "request": one, "since": "2026-11-01"}
    assert shop["olga"].post("/api/v1/reports", both).pointers == ["/request"]
    assert shop["olga"].post("/api/v1/reports", {"format": "csv", "request": "PUR-99"}).pointers == ["/request"]
