"""What waits, what was answered, and the figures of a period."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, update

from app.effects.scheduler import fire_due
from app.store.db import across_tenants
from app.store.tables import instances, tasks
from tests.app.api import Company, company


@pytest.fixture
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


def ask(shop: Company, *notify: str, by: str = "ann", **more: Any) -> str:
    people = [shop.email(name) for name in notify or ("bob",)]
    body = {"workflowId": "training", "title": "Deploy", "notifyUsers": people, **more}
    answer = shop[by].post("/api/approvals", body)
    assert answer.status == 201
    return str(answer.body["request"]["id"])


def ended(shop: Company) -> dict[str, str]:
    """One request for each way to end, and two that are open."""
    ids = {name: ask(shop) for name in ("approved", "rejected", "cancelled")}
    ids["timeout"] = ask(shop, timeoutMs=60_000)
    ids["escalated"] = ask(shop, timeoutMs=60_000, timeoutAction="escalate")
    ids["pending"] = ask(shop, "bob", "dana", workflowId="other")
    shop["bob"].post(f"/api/approvals/{ids['approved']}/approve", {"comment": "fine"})
    shop["bob"].post(f"/api/approvals/{ids['rejected']}/reject", {"reason": "no"})
    shop["ann"].post(f"/api/approvals/{ids['cancelled']}/cancel", {"reason": "over"})
    fire_due(ahead=timedelta(seconds=90))
    return ids


def listed(shop: Company, name: str, **query: Any) -> list[str]:
    answer = shop[name].get("/api/approvals/pending", **query)
    assert answer.body["count"] == len(answer.body["approvals"])
    return [found["id"] for found in answer.body["approvals"]]


def test_everybody_sees_what_waits_for_them_and_auditors_all(shop: Company) -> None:
    ids = [ask(shop), ask(shop, "bob", "dana", workflowId="other"), ask(shop, "frank")]
    assert listed(shop, "bob") == ids[:2]
    assert listed(shop, "dana") == ids[1:2]
    assert listed(shop, "ann") == []
    for name in ("olga", "alex", "trusted"):
        assert listed(shop, name) == ids
        assert listed(shop, name, userId=shop.email("frank")) == ids[2:]
    assert listed(shop, "bob", userId=shop.email("bob"), workflowId="other") == ids[1:2]
    assert listed(shop, "bob", userId="", workflowId="") == ids[:2]
    assert shop["bob"].get("/api/approvals/pending", userId=shop.email("dana")).status == 403
    assert shop["olga"].get("/api/approvals/pending", userId="nobody").status == 422
    assert listed(shop, "eve") == []


def test_whoever_asked_or_only_looks_cannot_approve(shop: Company) -> None:
    ask(shop, "bob", "dana", by="bob")
    assert [found["canApprove"] for found in shop["dana"].get("/api/approvals/pending").body["approvals"]] == [True]
    assert [found["canApprove"] for found in shop["olga"].get("/api/approvals/pending").body["approvals"]] == [False]


def test_pages_of_what_waits(shop: Company) -> None:
    ids = [ask(shop) for _ in range(5)]
    pages = [shop["bob"].get("/api/approvals/pending", page=page, pageSize=2).body for page in (1, 2, 3, 4)]
    assert [[found["id"] for found in page["approvals"]] for page in pages] == [ids[:2], ids[2:4], ids[4:], []]
    assert {page["count"] for page in pages} == {5}


def test_history_tells_how_each_ended(shop: Company) -> None:
    ids = ended(shop)
    answer = shop["trusted"].get("/api/approvals/history")
    found = {entry["id"]: entry for entry in answer.body["history"]}
    assert list(found) == [ids[name] for name in ("timeout", "cancelled", "rejected", "approved")]
    assert answer.body["pagination"] == {"page": 1, "pageSize": 50, "total": 4}
    told = {name: found[ids[name]] for name in ("approved", "rejected", "cancelled", "timeout")}
    assert [entry["status"] for entry in told.values()] == ["approved", "rejected", "cancelled", "timeout"]
    assert [entry["decision"] for entry in told.values()] == ["approved", "rejected", None, "rejected"]
    bob = shop.email("bob")
    assert [entry["decidedBy"] for entry in told.values()] == [bob, bob, None, None]
    assert [entry["comment"] for entry in told.values()] == ["fine", "", None, None]
    assert [entry["decisionReason"] for entry in told.values()] == [None, "no", "over", "It was not answered in time."]
    assert all(datetime.fromisoformat(entry["decidedAt"]) for entry in told.values())


def test_history_by_status_workflow_and_person(shop: Company) -> None:
    ids = ended(shop)
    for status, one in ids.items():
        answer = shop["trusted"].get("/api/approvals/history", status=status)
        assert [entry["id"] for entry in answer.body["history"]] == [one]
        assert answer.body["history"][0]["status"] == status
    assert len(shop["trusted"].get("/api/approvals/history", workflowId="training").body["history"]) == 4
    assert shop["trusted"].get("/api/approvals/history", workflowId="other").body["history"] == []
    for name in ("trusted", "olga", "bob"):
        of_bob = shop[name].get("/api/approvals/history", userId=shop.email("bob")).body["history"]
        assert [entry["id"] for entry in of_bob] == [ids["rejected"], ids["approved"]]
    assert shop["dana"].get("/api/approvals/history", userId=shop.email("bob")).status == 403
    assert len(shop["ann"].get("/api/approvals/history").body["history"]) == 4
    assert shop["dana"].get("/api/approvals/history").body["history"] == []
    assert shop["eve"].get("/api/approvals/history").body["history"] == []


def test_pages_of_history(shop: Company) -> None:
    ids = [ask(shop, approvalType="auto") for _ in range(5)]
    pages = [shop["ann"].get("/api/approvals/history", page=page, pageSize=2).body for page in (1, 2, 3, 4)]
    assert [[found["id"] for found in page["history"]] for page in pages] == [ids[:2:-1], ids[2:0:-1], ids[:1], []]
    assert [page["pagination"] for page in pages] == [
        {"page": page, "pageSize": 2, "total": 5} for page in (1, 2, 3, 4)
    ]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"page": "0"}, "/page"),
        ({"page": "-1"}, "/page"),
        ({"page": "two"}, "/page"),
        ({"page": "1e9"}, "/page"),
        ({"page": "９"}, "/page"),
        ({"page": "999999999999999999999"}, "/page"),
        ({"pageSize": "201"}, "/pageSize"),
        ({"page": ["1", "2"]}, "/page"),
        ({"status": "maybe"}, "/status"),
        ({"status": ["approved", "rejected"]}, "/status"),
        ({"workflowId": "a\0b"}, "/workflowId"),
        ({"workflowId": "x" * 300}, "/workflowId"),
    ],
)
def test_odd_questions_are_named(shop: Company, query: dict[str, Any], pointer: str) -> None:
    answer = shop["trusted"].get("/api/approvals/history", **query)
    assert (answer.status, answer.pointers) == (422, [pointer])


def figures(shop: Company, name: str, **query: Any) -> dict[str, Any]:
    answer = shop[name].get("/api/approvals/statistics", **query)
    assert (answer.status, answer.body["success"]) == (200, True)
    found: dict[str, Any] = answer.body["statistics"]
    return found


def test_figures(shop: Company) -> None:
    ids = ended(shop)
    with across_tenants() as db:
        of = tasks.c.instance_id.in_([ids["approved"], ids["rejected"]]) & tasks.c.closed_by.is_not(None)
        db.execute(update(tasks).where(of).values(closed_at=tasks.c.opened_at + timedelta(minutes=2)))
        late = update(tasks).where(tasks.c.instance_id == ids["pending"])
        db.execute(late.values(due_at=func.now() - timedelta(minutes=1)))
    found = figures(shop, "trusted")
    assert found["byStatus"] == dict.fromkeys(ids, 1)
    assert (found["total"], found["approvalRate"], found["expired"]) == (6, 0.3333, 1)
    assert found["meanResponseMs"] == 120_000
    assert figures(shop, "trusted", userId=shop.email("bob"))["pendingForUser"] == 1
    assert (
        figures(shop, "bob")
        == figures(shop, "olga", userId=shop.email("bob"))
        == figures(shop, "bob", userId=shop.email("bob"))
    )
    assert figures(shop, "bob")["total"] == 6  # two that he decided, four that he was asked
    assert figures(shop, "dana")["pendingForUser"] == 2
    nothing = figures(shop, "eve")
    assert (nothing["total"], nothing["approvalRate"], nothing["meanResponseMs"]) == (0, None, None)
    assert shop["bob"].get("/api/approvals/statistics", userId=shop.email("dana")).status == 403


def test_figures_of_a_period(shop: Company) -> None:
    ids = [ask(shop, approvalType="auto", notifyUsers=[shop.email("bob")]) for _ in range(2)]
    ids.append(ask(shop))
    with across_tenants() as db:
        old = update(instances).where(instances.c.id == ids[2])
        db.execute(old.values(created_at=datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC)))
    assert figures(shop, "olga")["total"] == 1  # a rule asks nobody
    for query, total in [
        ({"from": "2026-03-31", "to": "2026-03-31"}, 1),
        ({"from": "2026-03-31T23:59:59Z", "to": "2026-04-01T01:59:59+02:00"}, 1),
        ({"from": "2026-04-01"}, 0),
        ({"to": "2026-03-31T23:59:58.999Z"}, 0),
        ({"to": "2026-03-30"}, 0),
    ]:
        assert figures(shop, "olga", **query)["total"] == total
    told = figures(shop, "olga", **{"from": "2026-03-31", "to": "2026-03-31"})
    assert (told["from"], told["to"]) == ("2026-03-31T00:00:00.000Z", "2026-03-31T23:59:59.999Z")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"from": "yesterday"}, "/from"),
        ({"from": "2026-02-30"}, "/from"),
        ({"to": "2026-03-31T10:00:00"}, "/to"),
        ({"from": "2026-04-01", "to": "2026-03-31"}, "/to"),
        ({"to": "9" * 50}, "/to"),
        ({"userId": "nobody"}, "/userId"),
    ],
)
def test_odd_periods_are_named(shop: Company, query: dict[str, Any], pointer: str) -> None:
    answer = shop["olga"].get("/api/approvals/statistics", **query)
    assert (answer.status, answer.pointers) == (422, [pointer])
