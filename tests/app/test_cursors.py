"""Snapshots read large parts of tables, and are planned for that; the decision path keeps its plans for small ones."""

from typing import Any
from uuid import UUID

import pytest

from app.store.cursors import snapshot
from app.store.db import Db, transaction
from tests.make import make_cast


@pytest.fixture(scope="module")
def tenant() -> UUID:
    return make_cast().ben.tenant_id


def switch(db: Db) -> Any:
    return db.query("SELECT current_setting('enable_seqscan') AS switch")[0]["switch"]


def plan(db: Db) -> str:
    rows = db.query("EXPLAIN SELECT count(*) FROM events WHERE data->>'item' = 'Desk'")
    return " ".join(row["QUERY PLAN"] for row in rows)


def test_a_snapshot_may_read_a_table_from_end_to_end(tenant: UUID) -> None:
    with snapshot(tenant) as db:
        assert switch(db) == "on"
        assert "Seq Scan on events" in plan(db)
        assert "Disabled" not in plan(db)


def test_the_next_transaction_on_the_same_connection_may_not(tenant: UUID) -> None:
    with snapshot(tenant) as db:
        first = db.query("SELECT pg_backend_pid() AS pid")
    with transaction(tenant) as db:
        assert db.query("SELECT pg_backend_pid() AS pid") == first
        assert switch(db) == "off"
