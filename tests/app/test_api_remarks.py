"""What a program says with a rejection: a reason and a comment, kept apart, and read by people as one remark."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app import people
from app.audit import chains
from app.people import erasure
from app.store.db import across_tenants
from app.store.tables import events, tasks
from tests.app.api import Company, company
from tests.app.requests import deliver, instance
from tests.make import browser


@pytest.fixture
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


def rejected(shop: Company, **said: str) -> UUID:
    body = {"workflowId": "training", "title": "Deploy", "reason": "new model", "notifyUsers": [shop.email("bob")]}
    made = shop["ann"].post("/api/approvals", body).body["request"]["id"]
    answer = shop["bob"].post(f"/api/approvals/{made}/reject", said)
    decision = answer.body["decision"]
    assert (decision["status"], decision["reason"], decision["comment"]) == (
        "rejected",
        said["reason"],
        said.get("comment", ""),
    )
    return UUID(made)


def decided(made: UUID) -> dict[str, Any]:
    with across_tenants() as db:
        query = select(events.c.data).where(events.c.instance_id == made, events.c.type == "TaskDecided")
        data: dict[str, Any] = db.execute(query).scalar_one()
        return data


def remark(made: UUID) -> str | None:
    with across_tenants() as db:
        text: str | None = db.execute(select(tasks.c.comment).where(tasks.c.instance_id == made)).scalar_one()
        return text


def test_a_rejections_reason_and_comment_stay_apart_for_programs(shop: Company) -> None:
    made = rejected(shop, reason="bad", comment="really")
    assert (decided(made)["reason"], decided(made)["comment"]) == ("bad", "really")
    (found,) = shop["ann"].get("/api/approvals/history").body["history"]
    assert (found["decisionReason"], found["comment"], found["reason"]) == ("bad", "really", "new model")
    (answer,) = shop["ann"].get(f"/api/approvals/{made}").body["request"]["decisions"]
    assert (answer["reason"], answer["comment"]) == ("bad", "really")


def test_people_read_them_as_one_remark(shop: Company) -> None:
    made = rejected(shop, reason="bad", comment="really")
    assert (remark(made), instance(made).state["reason"]["params"]) == ("bad: really", {"text": "bad: really"})
    (mail,) = [one for one in deliver(made) if one.user_id == shop.people["ann"].id]
    assert "> bad: really" in mail.text and "Reason: bad" not in mail.text
    with browser(shop.people["ann"]) as client:
        assert '<blockquote class="quote">bad: really</blockquote>' in client.get(f"/instances/{made}").text


def test_a_reason_alone_is_no_comment(shop: Company) -> None:
    made = rejected(shop, reason="bad")
    assert (decided(made)["reason"], decided(made)["comment"], remark(made)) == ("bad", "", "bad")


def test_the_record_verifies_with_both_and_with_one_of_them_erased(shop: Company) -> None:
    made = rejected(shop, reason=f"{shop.email('leo')} asked me to", comment="really")
    admin = shop.people["alex"].principal
    with across_tenants() as db:
        assert chains.check_tenant(db, shop.tenant_id).breaks == []
        people.deactivate(db, admin, shop.people["leo"].id)
        erasure.erase(db, admin, shop.people["leo"].id)
    assert (decided(made)["reason"], decided(made)["comment"], remark(made)) == (None, "really", None)
    with across_tenants() as db:
        assert chains.check_tenant(db, shop.tenant_id).breaks == []
        db.execute(update(tasks).where(tasks.c.instance_id == made).values(comment="fine"))
    with across_tenants() as db:
        (found,) = chains.check_tenant(db, shop.tenant_id).breaks
    assert "its answer is not what event" in found.what
