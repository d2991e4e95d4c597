"""What a call through the front door costs, and that nothing is left out for it."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from app.access.middleware import TELLS_APART
from app.bench.statements import Sent, counted
from app.effects import work
from app.store.db import TURNS, across_tenants
from app.store.tables import api_keys
from tests.app.api import Company, company
from tests.app.environment import environment
from tests.app.post_office import open_office
from tests.app.requests import effects_of
from tests.make import browser, site


@pytest.fixture
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


def ask(shop: Company) -> str:
    asked = {"workflowId": "nightly", "title": "Deploy 1.2.3", "notifyUsers": [shop.email("bob")]}
    answer = shop["ann"].post("/api/approvals", asked)
    assert answer.status == 201
    return str(answer.body["request"]["id"])


def approve(shop: Company, request: str) -> None:
    body = {"userId": shop.email("bob"), "comment": "Fine."}
    assert shop["trusted"].post(f"/api/approvals/{request}/approve", body).status == 200


def test_ask_answer_and_both_mails_are_thirteen_statements_in_six_transactions(shop: Company) -> None:
    told: dict[str, tuple[int, int]] = {}
    with open_office() as office, environment(SMTP_URL=f"smtp://127.0.0.1:{office.port}"):
        for _ in range(2):  # the first time connections are made, people and version looked up
            with counted() as asking:
                request = ask(shop)
            question = effects(request)[0]
            with counted() as asking_mail:
                work.run(shop.tenant_id, question)
            with counted() as answering:
                approve(shop, request)
            news = effects(request)[1]
            with counted() as answering_mail:
                work.run(shop.tenant_id, news)
            sent = {"ask": asking, "mail": asking_mail, "answer": answering, "second mail": answering_mail}
            told = {name: costs(one) for name, one in sent.items()}
        assert len(office.letters) == 4
    assert told == {"ask": (4, 1), "mail": (2, 2), "answer": (5, 1), "second mail": (2, 2)}


def effects(request: str) -> list[UUID]:
    return [row.id for row in effects_of(UUID(request))]


def costs(sent: Sent) -> tuple[int, int]:
    return sent.statements, sent.transactions


def test_a_handler_that_tells_apart_itself_refuses_unknown_keys_before_it_reads() -> None:
    routes: list[Any] = [route for route in site().routes if hasattr(route, "route_handlers")]
    own = [route.path for route in routes if any(each.opt.get(TELLS_APART) for each in route.route_handlers)]
    assert len(own) >= 8
    with browser() as client:
        for path in own:
            place = path.replace("{id:str}", "APR-1")
            for key in (f"sk_{secrets.token_urlsafe(32)}", "sk_short", ""):
                headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
                assert client.post(place, content=b"no JSON", headers=headers).status_code == 401, path
            assert client.post(place, content=b"no JSON", headers={"accept": "*/*"}).status_code == 401, path


def test_a_key_counts_as_used_where_its_call_was_refused(shop: Company) -> None:
    assert last_used(shop) is None
    assert shop["ann"].post("/api/approvals", {"nothing": "right"}).status == 422
    first = last_used(shop)
    assert first is not None
    shop["ann"].get("/api/approvals/pending")
    assert last_used(shop) == first, "once a minute is enough"


def last_used(shop: Company) -> datetime | None:
    with across_tenants() as db:
        mine = select(api_keys.c.last_used_at).where(api_keys.c.user_id == shop.people["ann"].id)
        found: datetime | None = db.execute(mine).scalar_one()
        return found


def test_a_key_that_was_revoked_a_moment_ago_asks_for_nothing(shop: Company) -> None:
    ask(shop)
    with across_tenants() as db:
        own = update(api_keys).where(api_keys.c.tenant_id == shop.tenant_id)
        db.execute(own.values(revoked_at=func.now()))
    assert shop["trusted"].post("/api/approvals", {"workflowId": "w", "title": "t"}).status == 401


def test_who_has_waited_for_a_turn_goes_in_all_the_same() -> None:
    """A lock somewhere holds up those who want it, and nobody else."""
    with ExitStack() as held:
        for _ in range(TURNS + 1):
            held.enter_context(across_tenants()).query("SELECT 1 AS one")
        with across_tenants() as db:
            assert db.query("SELECT 1 AS one") == [{"one": 1}]
