"""What is sent to PostgreSQL, counted where the driver sends it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from app.bench import load


@dataclass
class Sent:
    """statements: BEGIN and COMMIT among them, two for each of `wrapped`. transactions: those of one statement too."""

    statements: int = 0
    transactions: int = 0
    wrapped: int = 0


@contextmanager
def counted() -> Iterator[Sent]:
    """Of all connections of this process."""
    sent = Sent()
    execute, commit = psycopg.Cursor.execute, psycopg.Connection.commit

    def counted_execute(self: psycopg.Cursor[Any], *given: Any, **named: Any) -> Any:
        sent.statements += 1
        sent.transactions += self.connection.autocommit
        return execute(self, *given, **named)

    def counted_commit(self: psycopg.Connection[Any]) -> None:
        if self.pgconn.transaction_status != TransactionStatus.IDLE:
            sent.statements += 2
            sent.transactions += 1
            sent.wrapped += 1
        commit(self)

    setattr(psycopg.Cursor, "execute", counted_execute)  # noqa: B010
    setattr(psycopg.Connection, "commit", counted_commit)  # noqa: B010
    try:
        yield sent
    finally:
        setattr(psycopg.Cursor, "execute", execute)  # noqa: B010
        setattr(psycopg.Connection, "commit", commit)  # noqa: B010


def statements_per_trip(stage: load.Stage) -> int:
    """Of ours, without BEGIN and COMMIT."""
    load.one(stage, [], [])
    with counted() as sent:
        load.one(stage, [], [])
    return sent.statements - 2 * sent.wrapped
