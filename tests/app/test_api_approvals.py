"""The approval calls: a program asks, people answer, each exactly as the references write it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from app import tasks
from app.effects.scheduler import fire_due
from app.runtime import Actor
from app.store.db import across_tenants
from app.store.tables import events, tenants, users
from tests.app.api import Answer, Company, company, written
from tests.app.requests import ask as ask_for
from tests.app.requests import effects_of, fire, shipped, tasks_of
from tests.make import make_group, make_key


@pytest.fixture
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


def asked(shop: Company, *notify: str, **more: Any) -> dict[str, Any]:
    return {
        "workflowId": "training",
        "jobId": "deploy",
        "title": "Deploy model 1.2.3",
        "description": "More accurate",
        "context": {"accuracy": 0.97, "loss": 0.1},
        "notifyUsers": [shop.email(name) for name in notify or ("bob",)],
        "timeoutMs": 3600000,
        "timeoutAction": "reject",
        **more,
    }


def ask(shop: Company, *notify: str, by: str = "ann", **more: Any) -> str:
    answer = shop[by].post("/api/approvals", asked(shop, *notify, **more))
    assert answer.status == 201, answer.body
    return str(answer.body["request"]["id"])


def decide(shop: Company, one: str, name: str, verb: str = "approve", **more: Any) -> Answer:
    reason = {"reason": "no"} if verb == "reject" else {}
    return shop["trusted"].post(f"/api/approvals/{one}/{verb}", {"userId": shop.email(name), **reason, **more})


def status(shop: Company, one: str) -> str:
    return str(shop["ann"].get(f"/api/approvals/{one}").body["request"]["status"])


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_program_asks_without_a_definition(shop: Company) -> None:
    answer = shop["ann"].post("/api/approvals", asked(shop))
    assert (answer.status, answer.body["success"]) == (201, True)
    request = answer.body["request"]
    assert request["status"] == "pending"
    assert moment(request["expiresAt"]) - moment(request["createdAt"]) == timedelta(hours=1)
    assert (request["approvers"], request["expired"]) == ([shop.email("bob")], False)


def test_what_waits_is_listed_for_the_person(shop: Company) -> None:
    one = ask(shop)
    answer = shop["trusted"].get("/api/approvals/pending", userId=shop.email("bob"), workflowId="training")
    assert (answer.status, answer.body["count"]) == (200, 1)
    (found,) = answer.body["approvals"]
    assert found["id"] == one
    assert (found["workflowId"], found["workflowName"], found["jobId"]) == ("training", "training", "deploy")
    assert (found["jobName"], found["title"]) == ("Approval", "Deploy model 1.2.3")
    assert (found["description"], found["context"]) == ("More accurate", {"accuracy": 0.97, "loss": 0.1})
    assert (found["requestedBy"], found["canApprove"]) == (shop.email("ann"), True)
    assert moment(found["expiresAt"]) > moment(found["requestedAt"])


def test_approve(shop: Company) -> None:
    one = ask(shop)
    answer = decide(shop, one, "bob", comment="Well done")
    assert (answer.status, answer.body["success"]) == (200, True)
    decision = answer.body["decision"]
    assert (decision["id"], decision["status"]) == (one, "approved")
    assert (decision["approvedBy"], decision["comment"]) == (shop.email("bob"), "Well done")
    assert moment(decision["approvedAt"]) <= datetime.now(UTC)
    assert status(shop, one) == "approved"


def test_reject(shop: Company) -> None:
    one = ask(shop)
    answer = decide(shop, one, "bob", "reject", reason="Not this week", comment="Ask on Monday")
    decision = answer.body["decision"]
    assert (answer.status, decision["status"], decision["rejectedBy"]) == (200, "rejected", shop.email("bob"))
    assert (decision["reason"], decision["comment"]) == ("Not this week", "Ask on Monday")
    assert moment(decision["rejectedAt"]) <= datetime.now(UTC)
    assert status(shop, one) == "rejected"


def test_cancel(shop: Company) -> None:
    one = ask(shop)
    answer = shop["ann"].post(f"/api/approvals/{one}/cancel", {"userId": shop.email("ann"), "reason": "Not needed"})
    assert (answer.status, answer.body["success"]) == (200, True)
    assert answer.body["message"]
    assert status(shop, one) == "cancelled"


def test_a_key_of_ones_own_needs_no_user_and_no_body(shop: Company) -> None:
    one = ask(shop)
    answer = shop["bob"].post(f"/api/approvals/{one}/approve")
    assert (answer.status, answer.body["decision"]["approvedBy"]) == (200, shop.email("bob"))
    other = ask(shop)
    assert shop["ann"].post(f"/api/approvals/{other}/cancel").status == 200


def test_two_of_three_must_agree(shop: Company) -> None:
    one = ask(shop, "bob", "dana", "frank", requireMinApprovers=2)
    first = decide(shop, one, "dana")
    assert (first.status, first.body["decision"]["status"]) == (200, "pending")
    second = decide(shop, one, "frank")
    assert second.body["decision"]["status"] == "approved"
    late = decide(shop, one, "bob")
    assert late.status == 409


def test_all_must_agree_and_one_is_enough_to_refuse(shop: Company) -> None:
    one = ask(shop, "bob", "dana", "frank", requireAllApprovers=True)
    assert [decide(shop, one, name).body["decision"]["status"] for name in ("bob", "frank")] == ["pending"] * 2
    assert decide(shop, one, "dana").body["decision"]["status"] == "approved"
    other = ask(shop, "bob", "dana", requireAllApprovers=True)
    assert decide(shop, other, "bob", "reject").body["decision"]["status"] == "rejected"
    assert decide(shop, other, "dana").status == 409


def test_only_those_allowed_are_asked_and_the_others_are_told(shop: Company) -> None:
    with across_tenants() as db:
        make_group(db, shop.tenant_id, "ml-ops", [shop.people["leo"], shop.people["grace"]])
    one = ask(shop, "dana", notifyRoles=["ml-ops"], allowedApprovers=[shop.email("bob")])
    assert shop["ann"].get(f"/api/approvals/{one}").body["request"]["approvers"] == [shop.email("bob")]
    told = {row.payload["to"] for row in effects_of(UUID(one), message="told")}
    assert told == {str(shop.people[name].id) for name in ("dana", "leo", "grace")}
    assert decide(shop, one, "dana").status == 403


def test_whoever_is_told_and_may_decide_is_asked(shop: Company) -> None:
    one = ask(shop, "leo", "dana", notifyRoles=["approver"], requireMinApprovers=2)
    approvers = shop["ann"].get(f"/api/approvals/{one}").body["request"]["approvers"]
    assert sorted(approvers) == sorted(shop.email(name) for name in ("bob", "dana", "frank", "grace", "henry"))


def test_nobody_is_asked_about_their_own_request(shop: Company) -> None:
    one = ask(shop, "bob", "dana", by="bob")
    assert shop["bob"].get(f"/api/approvals/{one}").body["request"]["approvers"] == [shop.email("dana")]
    answer = shop["bob"].post("/api/approvals", asked(shop, "bob"))
    assert (answer.status, answer.pointers) == (422, ["/notifyUsers"])
    answer = shop["bob"].post("/api/approvals", asked(shop, allowedApprovers=[shop.email("bob")]))
    assert (answer.status, answer.pointers) == (422, ["/allowedApprovers"])


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"notifyUsers": ["nobody@example.com"]}, "/notifyUsers/0"),
        ({"notifyUsers": []}, "/notifyUsers"),
        ({"notifyUsers": ["{leo}"]}, "/notifyUsers"),
        ({"notifyRoles": ["astronaut"]}, "/notifyRoles/0"),
        ({"allowedApprovers": ["{bob}", "{leo}"]}, "/allowedApprovers/1"),
        ({"escalateToUsers": ["nobody"]}, "/escalateToUsers/0"),
        ({"requireMinApprovers": 2}, "/requireMinApprovers"),
        ({"notifyChannels": ["pigeon"]}, "/notifyChannels/0"),
        ({"timeoutMs": 0}, "/timeoutMs"),
        ({"timeoutMs": 400 * 24 * 3600 * 1000}, "/timeoutMs"),
        ({"timeoutAction": "explode"}, "/timeoutAction"),
        ({"approvalType": "psychic"}, "/approvalType"),
        ({"priority": ["high"]}, "/priority"),
        ({"title": ""}, "/title"),
        ({"title": 7}, "/title"),
        ({"surprise": 1}, "/surprise"),
    ],
)
def test_what_cannot_be_asked_is_named(shop: Company, change: dict[str, Any], pointer: str) -> None:
    change = {
        name: [shop.email(word[1:-1]) if word[:1] == "{" else word for word in value] if _words(value) else value
        for name, value in change.items()
    }
    before = written(shop.tenant_id)
    answer = shop["ann"].post("/api/approvals", asked(shop) | change)
    assert (answer.status, answer.pointers) == (422, [pointer])
    assert answer.body["errors"][0]["message"]
    assert written(shop.tenant_id) == before


def _words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def test_approved_automatically_when_the_program_says_so(shop: Company) -> None:
    body = {"workflowId": "w", "title": "Nightly", "approvalType": "auto"}
    assert shop["ann"].post("/api/approvals", body).body["request"]["status"] == "approved"
    for kind in ("manual", "conditional"):
        one = ask(shop, approvalType=kind)
        assert status(shop, one) == "pending"


def test_what_a_program_says_for_its_own_use_is_told_back(shop: Company) -> None:
    told = {"priority": "high", "metadata": {"model": "1.2.3", "n": 1.50}, "reason": "Accuracy above 95 %"}
    answer = shop["ann"].post("/api/approvals", asked(shop, **told, contextFields=["accuracy"]))
    one = answer.body["request"]["id"]
    (waits,) = shop["bob"].get("/api/approvals/pending").body["approvals"]
    decide(shop, one, "bob", comment="ok", metadata={"ticket": "T-7"})
    (ended,) = shop["bob"].get("/api/approvals/history").body["history"]
    shown = shop["ann"].get(f"/api/approvals/{one}").body["request"]
    for found in (answer.body["request"], waits, ended, shown):
        assert {name: found[name] for name in told} == told
    assert waits["context"] == {"accuracy": 0.97}
    (decision,) = shown["decisions"]
    assert (decision["by"], decision["outcome"], decision["comment"]) == (shop.email("bob"), "approved", "ok")
    assert decision["metadata"] == {"ticket": "T-7"}


@pytest.mark.parametrize(("action", "ends"), [("approve", "approved"), ("reject", "timeout"), ("escalate", "timeout")])
def test_time_runs_out(shop: Company, action: str, ends: str) -> None:
    one = ask(shop, timeoutAction=action)
    fire_due(ahead=timedelta(hours=1, seconds=1))
    if action == "escalate":
        found = shop["ann"].get(f"/api/approvals/{one}").body["request"]
        assert (found["status"], found["approvers"]) == ("escalated", [shop.email("dana")])
        fire_due(ahead=timedelta(hours=3))
    assert status(shop, one) == ends
    assert decide(shop, one, "bob").status == 409


def test_an_escalation_goes_to_whom_the_program_names(shop: Company) -> None:
    one = ask(shop, timeoutAction="escalate", escalateToUsers=[shop.email("grace")])
    fire_due(ahead=timedelta(hours=2))
    assert shop["ann"].get(f"/api/approvals/{one}").body["request"]["approvers"] == [shop.email("grace")]
    assert decide(shop, one, "bob").status == 409
    assert decide(shop, one, "grace").body["decision"]["status"] == "approved"


def test_long_and_odd_times_are_kept_to_the_millisecond(shop: Company) -> None:
    for milliseconds in (1, 123_456_789, 30 * 24 * 3600 * 1000):
        request = shop["ann"].post("/api/approvals", asked(shop, timeoutMs=milliseconds)).body["request"]
        length = moment(request["expiresAt"]) - moment(request["createdAt"])
        assert abs(length - timedelta(milliseconds=milliseconds)) <= timedelta(milliseconds=1)


def test_a_second_answer_comes_too_late_and_says_who_was_quicker(shop: Company) -> None:
    one = ask(shop, "bob", "dana")
    decide(shop, one, "dana")
    for name in ("dana", "bob"):
        answer = decide(shop, one, name)
        assert answer.status == 409
        assert (answer.body["decided_by"], answer.body["decision"]) == ("Dana", "approved")
        assert moment(answer.body["decided_at"]) <= datetime.now(UTC)
    assert decide(shop, one, "dana", "reject").status == 409
    assert shop["ann"].post(f"/api/approvals/{one}/cancel").status == 409


def test_approving_twice_does_not_count_twice(shop: Company) -> None:
    one = ask(shop, "bob", "dana", requireMinApprovers=2)
    decide(shop, one, "bob")
    answer = decide(shop, one, "bob")
    assert (answer.status, answer.body["decided_by"]) == (409, "Bob")
    assert status(shop, one) == "pending"


def test_after_the_end_there_is_nothing_to_decide(shop: Company) -> None:
    one = ask(shop)
    shop["ann"].post(f"/api/approvals/{one}/cancel")
    for verb in ("approve", "reject"):
        assert decide(shop, one, "bob", verb).status == 409
    assert shop["ann"].post(f"/api/approvals/{one}/cancel").status == 409


def test_those_who_are_not_asked_are_refused(shop: Company) -> None:
    one = ask(shop)
    before = written(shop.tenant_id)
    refused = {
        "the requester": shop["ann"].post(f"/api/approvals/{one}/approve"),
        "for the requester": decide(shop, one, "ann"),
        "somebody else": shop["frank"].post(f"/api/approvals/{one}/approve"),
        "for somebody else": decide(shop, one, "frank"),
        "an auditor": shop["olga"].post(f"/api/approvals/{one}/approve"),
        "an untrusted key": shop["frank"].post(f"/api/approvals/{one}/approve", {"userId": shop.email("bob")}),
        "to reject": shop["frank"].post(f"/api/approvals/{one}/reject", {"reason": "x"}),
        "to cancel": shop["bob"].post(f"/api/approvals/{one}/cancel"),
    }
    assert {name: answer.status for name, answer in refused.items()} == dict.fromkeys(refused, 403)
    assert shop["leo"].post(f"/api/approvals/{one}/cancel").status == 404
    assert written(shop.tenant_id) == before


def test_strangers_do_not_learn_how_a_request_ended(shop: Company) -> None:
    one = ask(shop)
    decide(shop, one, "bob")
    assert shop["frank"].post(f"/api/approvals/{one}/approve").status == 403
    assert shop["olga"].post(f"/api/approvals/{one}/approve").status == 409


def test_a_key_speaks_for_others_only_when_it_was_made_for_that(shop: Company) -> None:
    one = ask(shop)
    assert shop["ann"].post(f"/api/approvals/{one}/approve", {"userId": shop.email("bob")}).status == 403
    answer = shop["trusted"].post(f"/api/approvals/{one}/approve", {"userId": "nobody@example.com"})
    assert (answer.status, answer.pointers) == (422, ["/userId"])
    with across_tenants() as db:
        db.execute(update(users).where(users.c.id == shop.people["henry"].id).values(active=False))
        db.execute(update(tenants).where(tenants.c.id == shop.tenant_id).values(directory_rev=1))
    assert decide(shop, one, "henry").status == 422


def test_a_person_may_be_called_by_id_email_or_handle(shop: Company) -> None:
    bob = shop.people["bob"]
    for word in (str(bob.id), bob.email, bob.email.upper(), bob.email.partition("@")[0]):
        one = ask(shop)
        answer = shop["trusted"].post(f"/api/approvals/{one}/approve", {"userId": word})
        assert (answer.status, answer.body["decision"]["approvedBy"]) == (200, bob.email)


def test_a_narrow_key_does_only_what_it_was_made_for(shop: Company) -> None:
    with across_tenants() as db:
        asks = make_key(db, shop.people["ann"], "approval:create")
        sees = make_key(db, shop.people["bob"], "approval:view:pending")
    narrow = type(shop["ann"])(shop["ann"].client, asks)
    reader = type(shop["bob"])(shop["bob"].client, sees)
    answer = narrow.post("/api/approvals", asked(shop))
    assert answer.status == 201
    assert narrow.get("/api/approvals/pending").status == 403
    assert narrow.post("/api/purchase", {"data": {"amount": 1, "item": "x"}}).status == 403
    one = answer.body["request"]["id"]
    assert reader.get("/api/approvals/pending").body["approvals"][0]["canApprove"] is False
    assert reader.post(f"/api/approvals/{one}/approve").status == 403
    assert reader.post("/api/approvals", asked(shop)).status == 403


def test_any_request_is_decided_through_the_same_calls(shop: Company) -> None:
    instance = ask_for(shop.people["ann"], shipped("purchase-approval"), item="Desk", amount=700)
    (found,) = shop["bob"].get("/api/approvals/pending").body["approvals"]
    assert (found["id"], found["workflowId"], found["title"]) == (str(instance), "purchase-approval", "Desk")
    assert found["context"]["amount"] == 700
    assert shop["bob"].post(f"/api/approvals/{found['jobId']}/approve").status == 200


def test_ids_of_requests_tasks_and_numbers_all_find_it(shop: Company) -> None:
    one = ask(shop)
    shown = shop["ann"].get(f"/api/v1/instances/{one}").body
    for word in (one, one.upper(), shown["number"], shown["waitingFor"][0]["taskId"]):
        assert shop["ann"].get(f"/api/approvals/{word}").body["request"]["id"] == one
    for word in (str(uuid4()), "PUR-1", "APR-999999999999999999", "nonsense", "0", "-", "%20", "%00", "ü"):
        assert shop["ann"].get(f"/api/approvals/{word}").status == 404


def test_the_record_says_which_key_spoke(shop: Company) -> None:
    one = ask(shop)
    decide(shop, one, "bob")
    with across_tenants() as db:
        found = db.execute(select(events).where(events.c.instance_id == one, events.c.type == "TaskDecided")).one()
    assert (found.actor_kind, found.actor_id) == ("key", shop.people["bob"].id)
    assert found.actor_name == "Bob, through the key “Tests” of Alex"


def test_names_of_workflow_and_job_are_told_back(shop: Company) -> None:
    named = {"workflowName": "Nightly training", "jobName": "Deploy to production"}
    asked = {"workflowId": "nightly-names", "title": "t", "notifyUsers": [shop.email("bob")], **named}
    assert shop["ann"].post("/api/approvals", asked).status == 201
    (found,) = shop["bob"].get("/api/approvals/pending", workflowId="nightly-names").body["approvals"]
    assert {name: found[name] for name in named} == named


def test_nobody_approves_where_only_the_caller_is_named(shop: Company) -> None:
    only_me = {"allowedApprovers": [shop.email("bob")], "requireAllApprovers": True}
    answer = shop["bob"].post("/api/approvals", asked(shop, **only_me, timeoutAction="approve", timeoutMs=1500))
    assert (answer.status, answer.pointers) == (422, ["/allowedApprovers"])
    assert "Nobody decides on their own request" in answer.body["errors"][0]["message"]


def test_a_decision_about_what_was_changed_meanwhile_says_what_changed(shop: Company) -> None:
    both = [{"user": shop.email("bob")}, {"user": shop.email("dana")}]
    level = {"id": "board", "name": "Board", "who": both, "policy": "all"}
    form = {"schema": {"type": "object", "properties": {"amount": {"type": "number"}}}}
    document = shipped("purchase-approval", approval={"levels": [level], "form": form})
    one = ask_for(shop.people["ann"], document, item="Van", amount=900)
    seen = shop["ann"].get(f"/api/approvals/{one}").body["request"]["seen"]
    mine = next(task.id for task in tasks_of(one) if task.assignee_id == shop.people["bob"].id)
    with across_tenants() as db:
        bob = shop.people["bob"]
        actor = Actor("user", bob.id, bob.name, "web")
        tasks.decide(db, bob.principal, mine, "approved", "", {"amount": 950}, actor, seen=seen)
    late = decide(shop, str(one), "dana", seen=seen)
    assert (late.status, late.pointers) == (409, ["/amount"])
    [change] = late.body["changes"]
    assert (change["field"], change["label"], change["by"]) == ("amount", "Amount", bob.name)
    assert (change["old"], change["new"]) == ("900.00 EUR", "950.00 EUR")
    assert status(shop, str(one)) == "pending"
    now = shop["ann"].get(f"/api/approvals/{one}").body["request"]["seen"]
    assert decide(shop, str(one), "dana", seen=now).body["decision"]["status"] == "approved"


def test_what_the_clock_approved_is_named_so(shop: Company) -> None:
    one = ask(shop, timeoutAction="approve")
    fire(UUID(one))
    decisions = shop["ann"].get(f"/api/approvals/{one}").body["request"]["decisions"]
    assert [(decision["by"], decision["outcome"]) for decision in decisions] == [("timer", "approved")]
