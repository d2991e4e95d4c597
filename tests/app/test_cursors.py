"""Lists, figures and snapshots are planned for what they ask; the decision path keeps its plans."""

from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import pytest

from app.store.cursors import snapshot
from app.store.db import Db, across_tenants, decision, transaction
from tests.make import make_cast

SWITCHES = ("enable_seqscan", "jit", "plan_cache_mode")


@pytest.fixture(scope="module")
def tenant() -> UUID:
    return make_cast().ben.tenant_id


def switches(db: Db) -> list[Any]:
    return [db.query(f"SELECT current_setting('{name}') AS switch")[0]["switch"] for name in SWITCHES]


def plan(db: Db) -> str:
    rows = db.query("EXPLAIN SELECT count(*) FROM events WHERE data->>'item' = 'Desk'")
    return " ".join(row["QUERY PLAN"] for row in rows)


def test_what_reads_much_may_read_a_table_from_end_to_end(tenant: UUID) -> None:
    ways: list[AbstractContextManager[Db]] = [snapshot(tenant), transaction(tenant), across_tenants()]
    for way in ways:
        with way as db:
            assert switches(db) == ["on", "on", "force_custom_plan"]
            assert "Seq Scan on events" in plan(db)
            assert "Disabled" not in plan(db)


def test_a_decision_is_made_on_a_connection_that_keeps_its_plans(tenant: UUID) -> None:
    with transaction(tenant) as db:
        first = db.query("SELECT pg_backend_pid() AS pid")
    with decision(tenant) as db:
        assert db.query("SELECT pg_backend_pid() AS pid") != first
        assert switches(db) == ["off", "off", "auto"]


def test_what_is_searched_for_has_statistics(tenant: UUID) -> None:
    with transaction(tenant) as db:
        rows = db.query(
            "SELECT attrelid::regclass::text || '.' || attname AS name FROM pg_attribute"
            " WHERE attstattarget = 0 AND attrelid IN ('events'::regclass, 'instances'::regclass)"
        )
    assert {row["name"] for row in rows} == {"events.address", "events.agent", "events.hash", "instances.head"}
