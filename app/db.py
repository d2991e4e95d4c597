"""The database: one pool, one way to open a transaction, one place that commits.

What must not happen before the data is safe (waking workers) is handed to `after_commit`.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
import structlog
from psycopg.rows import dict_row
from psycopg.types.json import set_json_dumps, set_json_loads
from sqlalchemy import Connection, Engine, Executable, create_engine, event
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import DisconnectionError, OperationalError

from app import codec
from app.config import settings

log = structlog.get_logger()

APP_ROLE = "signoff_app"
# Open at most, and of these kept open when nobody needs them.
CONNECTIONS, KEPT = 40, 20
IDLE_SECONDS_BEFORE_PING = 2.0
# The role is part of the connection, so nothing the app runs can touch more than the role may.
SESSION_OPTIONS = f"-c role={APP_ROLE} -c timezone=UTC -c lock_timeout=5000 -c statement_timeout=30000"

set_json_dumps(codec.dumps)
set_json_loads(codec.loads)


class Db:
    """One open transaction. `execute` is SQLAlchemy Core; `query` is the driver, for the decision path."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._hooks: list[Callable[[], None]] = []

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        return self._connection.execute(statement, parameters)

    def query(self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows as dictionaries; the statement stays prepared. A lost server is told as SQLAlchemy tells it."""
        driver = self._connection.connection.driver_connection
        assert driver is not None
        try:
            with driver.cursor(row_factory=dict_row) as cursor:
                cursor.execute(sql, parameters, prepare=True)
                return cursor.fetchall() if cursor.description else []
        except psycopg.OperationalError as lost:
            raise OperationalError(sql[:60], None, lost) from lost

    @property
    def connection(self) -> Connection:
        return self._connection

    def after_commit(self, hook: Callable[[], None]) -> None:
        self._hooks.append(hook)


@cache
def engine() -> Engine:
    made = create_engine(
        settings().database_url,
        pool_size=KEPT,
        max_overflow=CONNECTIONS - KEPT,
        pool_timeout=5,
        json_serializer=lambda value: codec.dumps(value).decode(),
        json_deserializer=codec.loads,
        hide_parameters=True,  # an error goes to the log, and what people wrote does not
        connect_args={"options": SESSION_OPTIONS, "connect_timeout": 5, "prepare_threshold": 0},
    )
    event.listen(made, "checkin", _remember_use)
    event.listen(made, "checkout", _ping_if_idle)
    return made


def _remember_use(_: Any, record: Any) -> None:
    record.info["used_at"] = time.monotonic()


def _ping_if_idle(dbapi_connection: psycopg.Connection[Any], record: Any, _: Any) -> None:
    """A server that went away is noticed before work is begun on a connection that nobody used for a while."""
    if time.monotonic() - record.info.get("used_at", time.monotonic()) < IDLE_SECONDS_BEFORE_PING:
        return
    try:
        dbapi_connection.execute("SELECT 1")
        dbapi_connection.rollback()
    except psycopg.Error as gone:
        raise DisconnectionError from gone


@contextmanager
def transaction() -> Iterator[Db]:
    """Commits at the end, rolls back on an exception; hooks run only after a commit that was confirmed."""
    with engine().connect() as connection:
        # Begun by name: SQLAlchemy commits nothing it did not begin, and the driver may be used alone.
        begun = connection.begin()
        db = Db(connection)
        yield db
        begun.commit()
    for hook in db._hooks:
        hook()
