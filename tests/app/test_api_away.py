"""When the database or Redis is away, full or slow, callers are told so quickly, and nothing breaks."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread
from time import monotonic
from uuid import UUID

import psycopg
import pytest
from litestar.concurrency import get_asyncio_executor, set_asyncio_executor
from sqlalchemy import create_engine

from app.config import settings
from app.runtime import wake
from app.store import db
from app.web import server as web
from tests.app.api import Answer, Company, company
from tests.app.environment import environment
from tests.make import browser, make_cast, site

ASKED = {"data": {"amount": 800, "item": "Chair"}}


@pytest.fixture
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


@contextmanager
def other_database(monkeypatch: pytest.MonkeyPatch, url: str, **pool: float) -> Iterator[None]:
    made = create_engine(url, connect_args={"options": db.session_options(()), "connect_timeout": 2}, **pool)
    with monkeypatch.context() as patch:
        patch.setattr(db, "engine", lambda *_: made)
        yield
    made.dispose()


def later(answer: Answer) -> None:
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "try again" in answer.body["detail"]


def test_the_database_is_away(shop: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = "postgresql+psycopg://postgres@/none?host=/nowhere"
    with other_database(monkeypatch, gone):
        later(shop["ann"].post("/api/purchase", ASKED))
        later(shop["ann"].get("/api/approvals/pending"))
        ready = shop["ann"].client.get("/ready")
        assert (ready.status_code, ready.json()["checks"]["database"]) == (503, "OperationalError")
        assert shop["ann"].client.get("/health").status_code == 200
        page = shop["ann"].client.get("/tasks", headers={"authorization": f"Bearer {shop['ann'].secret}"})
        assert (page.status_code, "text/html" in page.headers["content-type"]) == (503, True)
    assert shop["ann"].post("/api/purchase", ASKED).status == 200


def test_all_connections_are_taken(shop: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        other_database(monkeypatch, settings().database_url, pool_size=1, max_overflow=0, pool_timeout=0.05),
        db.across_tenants(),
    ):
        later(shop["ann"].post("/api/purchase", ASKED))
    assert shop["ann"].post("/api/purchase", ASKED).status == 200


def cut_all() -> None:
    with psycopg.connect(settings().owner_database_url.replace("+psycopg", ""), autocommit=True) as own:
        own.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


def fill_the_pools(tenant: UUID) -> None:
    with ExitStack() as many:
        for _ in range(5):
            many.enter_context(db.across_tenants())
            many.enter_context(db.decision(tenant))


@pytest.mark.parametrize("pinged_after", [0.0, 3600.0], ids=["asked first", "not asked"])
def test_connections_are_cut_in_the_middle(shop: Company, monkeypatch: pytest.MonkeyPatch, pinged_after: float) -> None:
    """Every connection of the pool is dead: one call is told so at most, and the next one gets a new connection."""
    fill_the_pools(shop.tenant_id)
    cut_all()
    with monkeypatch.context() as patch:
        patch.setattr(db, "IDLE_SECONDS_BEFORE_PING", pinged_after)
        first = shop["ann"].post("/api/purchase", ASKED, idempotency_key="k")
    if first.status != 200:
        later(first)
    with monkeypatch.context() as patch:
        patch.setattr(db, "IDLE_SECONDS_BEFORE_PING", 3600.0)
        assert shop["ann"].post("/api/purchase", ASKED, idempotency_key="k").status == 200


def test_what_the_database_does_not_take_is_no_fault_of_ours(shop: Company) -> None:
    headers = {"authorization": f"Bearer {shop['olga'].secret}", "accept": "text/html"}
    answer = shop["olga"].client.get("/audit?text=%00", headers=headers)
    assert answer.status_code == 422
    assert "Traceback" not in answer.text


def test_an_unforeseen_error_tells_nothing_of_itself(shop: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    with monkeypatch.context() as patch:
        patch.setattr("app.approvals.queries.pending", fail)
        headers = {"authorization": f"Bearer {shop['ann'].secret}"}
        answer = shop["ann"].client.get("/api/approvals/pending", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert not {"secret", "Traceback", "RuntimeError"} & set(answer.text.replace('"', " ").split())


@contextmanager
def hanging_server() -> Iterator[tuple[str, list[socket.socket]]]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    taken.append(server.accept()[0])
                except OSError:
                    return

        Thread(target=take, daemon=True).start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0", taken
        server.shutdown(socket.SHUT_RDWR)
        for connection in taken:
            connection.close()


@contextmanager
def redis_at(url: str) -> Iterator[None]:
    with environment(REDIS_URL=url):
        wake.redis.cache_clear()
        try:
            yield
        finally:
            wake._silence.until = 0.0
            wake.redis.cache_clear()


def test_a_redis_that_hangs_costs_one_caller_its_time_and_the_next_ones_none(
    shop: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wake, "PAUSE", 60.0)
    soon = {"workflowId": "w", "title": "t", "notifyUsers": [shop.email("bob")], "timeoutMs": 1000}
    with hanging_server() as (url, asked), redis_at(url):
        begin = monotonic()
        assert shop["ann"].post("/api/approvals", soon).status == 201
        assert monotonic() - begin >= wake.SECONDS
        for _ in range(2):
            assert shop["ann"].post("/api/approvals", soon).status == 201
        assert len(asked) == 1


def test_without_redis_decisions_go_on(shop: Company) -> None:
    with redis_at("redis://127.0.0.1:1/0"):
        answer = shop["ann"].post("/api/purchase", ASKED)
        assert answer.status == 200
        assert shop["bob"].post(f"/api/approvals/{answer.body['data']['id']}/approve").status == 200


def test_as_many_threads_as_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uvicorn.Server.run", lambda *_, **__: None)
    monkeypatch.setattr("app.web.server.listening", lambda: None)
    monkeypatch.setattr("app.web.server.build", site)
    monkeypatch.setattr("app.web.server.configure", lambda: None)
    try:
        assert web.main([]) == 0
        executor = get_asyncio_executor()
        assert executor
        assert executor._max_workers == db.CONNECTIONS
    finally:
        set_asyncio_executor(None)


def test_pages_and_calls_share_the_limit_of_a_body() -> None:
    cast = make_cast()
    with browser(cast.ada) as client:
        answer = client.post("/api/purchase", content=b"x" * 300_000, headers={"content-type": "application/json"})
    assert answer.status_code == 413


def test_a_session_works_like_a_key_but_needs_the_form_token(shop: Company) -> None:
    with browser(shop.people["ann"]) as client:
        token = client.headers.pop("x-csrftoken")
        refused = client.post("/api/purchase", json=ASKED)
        assert (refused.status_code, refused.headers["content-type"]) == (403, "application/problem+json")
        taken = client.post("/api/purchase", json=ASKED, headers={"x-csrftoken": token})
        assert (taken.status_code, taken.json()["data"]["status"]) == (200, "pending_approval")
