"""How many requests one key or person makes, and how many mails one person gets."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.access import rates
from app.runtime import wake
from app.store.db import across_tenants
from app.store.tables import instances
from tests.app.api import Company, company
from tests.app.environment import environment
from tests.app.post_office import open_office
from tests.app.requests import ask, deliver, shipped
from tests.app.test_api_away import redis_at
from tests.make import browser, make_cast

CALLS: dict[str, Any] = {
    "/api/purchase": {"data": {"amount": 800, "item": "Chair"}},
    "/api/v1/instances": {"definition": "purchase-approval", "data": {"amount": 800, "item": "Chair"}},
    "/api/workflows": {"steps": [{"kind": "HUMAN"}]},
    "/api/approvals": {"workflowId": "w", "title": "t", "approvalType": "auto"},
}


@pytest.fixture
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


def count(tenant_id: UUID) -> int:
    with across_tenants() as db:
        found = select(func.count()).select_from(instances).where(instances.c.tenant_id == tenant_id)
        return int(db.execute(found).scalar_one())


def test_one_key_makes_so_many_requests_in_an_hour_whatever_the_call(shop: Company) -> None:
    with environment(ASKS_PER_HOUR=str(len(CALLS))):
        for path, body in CALLS.items():
            assert shop["ann"].post(path, body).status < 300
        for path, body in CALLS.items():
            refused = shop["ann"].post(path, body)
            assert refused.status == 429
            assert 0 < int(refused.headers["retry-after"]) <= rates.HOUR
            assert "in one hour are the most" in refused.body["detail"]
        assert shop["leo"].post("/api/purchase", CALLS["/api/purchase"]).status == 200, "each for itself"
    assert count(shop.tenant_id) == len(CALLS) + 1


def test_nought_is_no_limit(shop: Company) -> None:
    with environment(ASKS_PER_MINUTE="0", ASKS_PER_HOUR="0"):
        for _ in range(5):
            assert shop["ann"].post("/api/purchase", CALLS["/api/purchase"]).status == 200


def test_a_person_presses_buttons_at_a_persons_pace(shop: Company) -> None:
    ann = shop.people["ann"]
    for _ in range(rates.PERSON_PER_MINUTE):
        rates.note(rates.of(ann.principal))
    with browser(ann) as client:
        form = {"/item": "Chair", "/amount": "800", "/cost_centre": "", "_do": "submit"}
        answers = [client.post("/instances/new/purchase-approval", data=form).status_code for _ in range(2)]
    assert 429 in answers


def test_without_redis_nothing_is_counted_and_nothing_refused(shop: Company) -> None:
    with redis_at("redis://127.0.0.1:1/0"), environment(ASKS_PER_HOUR="1", REDIS_URL="redis://127.0.0.1:1/0"):
        for _ in range(3):
            assert shop["ann"].post("/api/purchase", CALLS["/api/purchase"]).status == 200


def test_a_connection_that_is_closed_while_it_is_read_is_no_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """As seen where Redis was killed in the middle of a greeting; a mail had waited two minutes for its next try."""
    monkeypatch.setattr(wake, "_silence", wake.Silence())

    def closed() -> int:
        raise ValueError("I/O operation on closed file.")

    assert wake.hint("requests not counted", closed) is None


def test_more_mails_than_a_person_reads_are_kept_and_not_sent() -> None:
    cast = make_cast()
    document = shipped(
        "purchase-approval", approval={"levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]}
    )
    with open_office() as office, environment(SMTP_URL=f"smtp://127.0.0.1:{office.port}", MAILS_PER_HOUR="2"):
        kept = []
        for number in range(3):
            asked = ask(cast.ben, document, item=f"Desk {number}", amount=7200)
            kept += [row for row in deliver(asked) if row.user_id == cast.cleo.id]
    to_cleo = [letter for letter in office.letters if cast.cleo.email in letter["To"]]
    assert (len(to_cleo), len(kept)) == (2, 3)
    assert ["/d/…" in row.text for row in kept] == [True, True, False], (
        "what was not sent has its link where it is read"
    )
