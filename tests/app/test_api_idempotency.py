"""Asked again with the same key: done once, answered alike."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from app import idempotency
from app.effects import scheduler
from app.store.db import across_tenants
from app.store.tables import idempotency_keys as keys
from app.store.tables import users
from tests.app.api import Answer, Api, Company, approval, company, drafted, sent_back, task_of, told, written
from tests.app.incidents import not_undone, undecidable
from tests.make import browser, make_key
from tests.servers import wait_until

AGAIN = "idempotency-replayed"
ASKED = {"data": {"amount": 800, "item": "Chair"}}
RENAME = {"edit": "rename", "step": "request", "name": "Form"}


@pytest.fixture
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


def asked_for(shop: Company, call: str) -> str:
    """What a call can be about."""
    if call.endswith("/submit"):
        return sent_back(shop)
    if call.startswith("/api/v1/tasks/"):
        return task_of(shop, approval(shop))
    if call.endswith("/undone"):
        return str(not_undone(shop.people["ann"], shop.people["bob"]))
    return (
        str(undecidable(shop.people["ann"]))
        if call.startswith("/api/v1/instances/{id}")
        else approval(shop, "bob", "dana")
    )


def test_every_call_that_writes_takes_a_key(shop: Company) -> None:
    document = shop["alex"].get("/api/v1/definitions/purchase-approval").body["document"]
    calls: dict[str, tuple[str, Any]] = {
        "/api/purchase": ("ann", ASKED),
        "/api/v1/instances": ("ann", {"definition": "purchase-approval", **ASKED}),
        "/api/workflows": ("ann", {"steps": [{"kind": "HUMAN"}]}),
        "/api/approvals": ("ann", {"workflowId": "w", "title": "t", "approvalType": "auto"}),
        "/api/approvals/{id}/approve": ("bob", {"comment": "fine"}),
        "/api/approvals/{id}/reject": ("bob", {"reason": "no"}),
        "/api/approvals/{id}/cancel": ("ann", {}),
        "/api/v1/tasks/{id}/decide": ("bob", {"outcome": "approved"}),
        "/api/v1/tasks/{id}/submit": ("ann", {"data": {"amount": 700, "item": "Stool"}}),
        "/api/v1/instances/{id}/withdraw": ("ann", {"reason": "no need"}),
        "/api/v1/instances/{id}/cancel": ("alex", {}),
        "/api/v1/instances/{id}/retry": ("alex", {}),
        "/api/v1/instances/{id}/correct": ("alex", {"data": {"why": "Old ones broke"}, "reason": "forgotten"}),
        "/api/v1/instances/{id}/undone": ("alex", {"reason": "by telephone"}),
        "/api/v1/external-events": ("alex", {"id": "e1", "name": "payment.received", "key": "PO-1"}),
        "/api/v1/reports": ("olga", {"format": "csv", "since": "2026-11-01"}),
        "/api/v1/definitions": ("alex", {"document": document}),
        "/api/v1/definitions/check": ("alex", {"document": document}),
        "/api/v1/definitions/{key}/retire": ("alex", {}),
        "/api/v1/definitions/{key}/bring-back": ("alex", {}),
        "/api/v1/drafts": ("alex", {"document": document}),
        "/api/v1/definitions/{key}/draft": ("alex", {}),
        "/api/v1/definitions/{key}/draft/edits": ("alex", {"revision": 0, "edits": [RENAME]}),
        "/api/v1/definitions/{key}/draft/undo": ("alex", {"revision": 1}),
        "/api/v1/definitions/{key}/draft/redo": ("alex", {"revision": 2}),
        "/api/v1/definitions/{key}/draft/simulate": ("alex", {"data": ASKED["data"]}),
        "/api/v1/definitions/{key}/draft/publish": ("alex", {"revision": 0}),
    }
    assert set(calls) == {path for path, operations in told()["paths"].items() if "post" in operations}
    for number, (call, (name, body)) in enumerate(calls.items()):
        about = drafted(shop, call) if "{key}" in call else asked_for(shop, call)
        path = call.replace("{key}", about).replace("{id}", about)
        first = shop[name].post(path, body, idempotency_key=f"k{number}")
        assert first.status < 300
        assert AGAIN not in first.headers
        before = written(shop.tenant_id)
        second = shop[name].post(path, body, idempotency_key=f"k{number}")
        assert (second.status, second.text) == (first.status, first.text)
        assert second.headers[AGAIN] == "true"
        assert written(shop.tenant_id) == before


def test_the_answer_is_the_one_of_that_time(shop: Company) -> None:
    first = shop["ann"].post("/api/purchase", ASKED, idempotency_key="k")
    shop["bob"].post(f"/api/approvals/{first.body['data']['id']}/approve")
    second = shop["ann"].post("/api/purchase", ASKED, idempotency_key="k")
    assert second.body["data"]["status"] == "pending_approval"
    assert second.text == first.text


def test_another_body_or_call_with_the_same_key_is_refused(shop: Company) -> None:
    shop["ann"].post("/api/purchase", ASKED, idempotency_key="k")
    before = written(shop.tenant_id)
    other = {"data": {"amount": 801, "item": "Chair"}}
    assert shop["ann"].post("/api/purchase", other, idempotency_key="k").status == 422
    again = {"definition": "purchase-approval", **ASKED}
    assert shop["ann"].post("/api/v1/instances", again, idempotency_key="k").status == 422
    assert written(shop.tenant_id) == before
    same = {"data": {"item": "Chair", "amount": 800.0}}
    assert shop["ann"].post("/api/purchase", same, idempotency_key="k").headers[AGAIN] == "true"


def test_keys_of_different_callers_are_different_keys(shop: Company) -> None:
    with across_tenants() as db:
        second_key = make_key(db, shop.people["ann"])
    answers = [
        shop["ann"].post("/api/purchase", ASKED, idempotency_key="k"),
        shop["leo"].post("/api/purchase", ASKED, idempotency_key="k"),
        shop["eve"].post("/api/purchase", ASKED, idempotency_key="k"),
        Api(shop["ann"].client, second_key).post("/api/purchase", ASKED, idempotency_key="k"),
    ]
    assert [answer.status for answer in answers] == [200] * 4
    # Eve's is another tenant, whose numbers are its own.
    assert [answer.body["data"]["id"] for answer in answers] == ["PUR-1", "PUR-2", "PUR-1", "PUR-3"]


def test_a_refusal_is_not_kept(shop: Company) -> None:
    odd = {"data": {"amount": -1, "item": "Chair"}}
    assert shop["ann"].post("/api/purchase", odd, idempotency_key="k").status == 422
    assert shop["ann"].post("/api/purchase", ASKED, idempotency_key="k").status == 200


@pytest.mark.parametrize("key", ["x" * 256, ""])
def test_odd_keys_are_refused(shop: Company, key: str) -> None:
    answer = shop["ann"].post("/api/purchase", ASKED, idempotency_key=key)
    assert (answer.status, "Idempotency-Key" in answer.body["detail"]) == (422, True)


def test_while_the_first_is_under_way_the_second_is_told_so_at_once(shop: Company) -> None:
    one = approval(shop, "bob", "dana")
    path, body = f"/api/approvals/{one}/approve", {"comment": "fine"}
    with ThreadPoolExecutor(1) as pool, browser() as client:
        with across_tenants() as db:
            db.execute(text("SELECT 1 FROM instances WHERE id = :id FOR UPDATE"), {"id": one})
            first = pool.submit(Api(client, shop["bob"].secret).post, path, body, idempotency_key="k")
            wait_until(somebody_waits, "the first call to wait for the row")
            second = shop["bob"].post(path, body, idempotency_key="k")
        assert (second.status, "right now" in second.body["detail"]) == (409, True)
        assert first.result().status == 200
    third = shop["bob"].post(path, body, idempotency_key="k")
    assert (third.status, third.headers[AGAIN]) == (200, "true")
    assert third.text == first.result().text


def somebody_waits() -> bool:
    with across_tenants() as db:
        return db.execute(text("SELECT 1 FROM pg_locks WHERE NOT granted")).first() is not None


def test_many_at_once_with_one_key_are_done_once(shop: Company) -> None:
    together = Barrier(6, timeout=30)

    def ask(_: int) -> Answer:
        with browser() as client:
            api = Api(client, shop["ann"].secret)
            together.wait()
            return api.post("/api/purchase", ASKED, idempotency_key="k")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(ask, range(6)))
    assert {answer.status for answer in answers} <= {200, 409}
    assert len({answer.text for answer in answers if answer.status == 200}) == 1
    assert written(shop.tenant_id)["instances"] == 1


def test_of_two_decisions_at_once_one_counts_and_the_other_is_told(shop: Company) -> None:
    for _ in range(5):
        one, together = approval(shop, "bob", "dana"), Barrier(2, timeout=30)

        def act(name: str, one: str = one, together: Barrier = together) -> Answer:
            with browser() as client:
                api = Api(client, shop[name].secret)
                together.wait()
                verb, body = ("approve", {}) if name == "bob" else ("reject", {"reason": "no"})
                return api.post(f"/api/approvals/{one}/{verb}", body)

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(act, ("bob", "dana")))
        assert sorted(answer.status for answer in answers) == [200, 409]
        late = next(answer for answer in answers if answer.status == 409)
        assert late.body["decided_by"] in ("Bob", "Dana")
        assert late.body["decided_at"]


def test_old_keys_are_forgotten_and_young_ones_kept(shop: Company) -> None:
    for name in ("old", "young"):
        shop["ann"].post("/api/purchase", ASKED, idempotency_key=name)
    aged = func.now() - idempotency.KEPT - timedelta(minutes=1)
    mine = keys.c.tenant_id == shop.tenant_id
    with across_tenants() as db:
        db.execute(update(keys).where(mine, keys.c.key == "old").values(created_at=aged))
    scheduler.clean()
    with across_tenants() as db:
        assert db.execute(select(keys.c.key).where(mine)).scalars().all() == ["young"]


def test_an_answer_is_not_told_again_to_who_lost_the_right(shop: Company) -> None:
    assert shop["ann"].post("/api/purchase", ASKED, idempotency_key="k").status == 200
    with across_tenants() as db:
        db.execute(update(users).where(users.c.id == shop.people["ann"].id).values(roles=["auditor"]))
    refused = shop["ann"].post("/api/purchase", ASKED, idempotency_key="k")
    assert refused.status == 403
    assert b"Chair" not in refused.text
