"""Reading any number of rows in constant memory, all as they were at one moment."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row
from sqlalchemy import text

from app.store.db import Db, across_tenants, transaction
from app.store.ids import uuid7

AT_ONCE = 2_000


@contextmanager
def snapshot(tenant_id: UUID | None) -> Iterator[Db]:
    """A transaction that writes nothing, and sees nothing of what others write while it lasts; None: of all tenants."""
    with transaction(tenant_id) if tenant_id else across_tenants() as db:
        db.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        db.execute(text("SET LOCAL statement_timeout = 0"))
        yield db


def stream(db: Db, statement: str, parameters: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
    """Rows as dictionaries through a cursor on the server."""
    driver = db.connection.connection.driver_connection
    assert driver is not None
    with driver.cursor(f"stream_{uuid7().hex}", row_factory=dict_row) as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(statement, parameters)
        yield from cursor
