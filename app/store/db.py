"""The database: two pools, one way to open a transaction, one place that commits.

Commands have connections of their own, whose statements stay planned; whatever else is asked is planned when it is.

What must not happen before the data is safe (waking workers) is handed to `after_commit`.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache, cached_property, partial
from threading import BoundedSemaphore
from typing import Any
from uuid import UUID

import psycopg
import structlog
from psycopg.pq import TransactionStatus
from psycopg.types.json import set_json_dumps, set_json_loads
from sqlalchemy import Connection, Engine, Executable, PoolProxiedConnection, create_engine, event
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import InvalidatePoolError, OperationalError

from app.config import APP_ROLE, settings
from engine import json_text

log = structlog.get_logger()

# Of each pool: open at most, and of these kept open when nobody needs them.
CONNECTIONS, KEPT = 40, 10
# Transactions under way at once, as long as none of them takes longer than this.
TURNS, TURN_SECONDS = 8, 0.1
IDLE_SECONDS_BEFORE_PING = 2.0
SESSION_OPTIONS = (
    # A part of the connection, so nothing the app runs can touch more than the role may.
    f"role={APP_ROLE}",
    "timezone=UTC",
    "lock_timeout=5000",
    "statement_timeout=30000",
)
# Lists, searches and figures: for what is asked this time, of tables as large as they are by now.
FRESH_PLANS = ("plan_cache_mode=force_custom_plan",)
# The decision path: what is planned once, while a table is small, must still serve when it has grown.
KEPT_PLANS = ("enable_seqscan=off", "jit=off")

set_json_dumps(json_text.dumps)
set_json_loads(json_text.loads)


class Db:
    """One open transaction, of one tenant or of none (`tenant_id`).

    `execute` is SQLAlchemy Core; `query` is the driver, for the decision path.
    """

    def __init__(self, made_by: Engine, lent: PoolProxiedConnection, tenant_id: UUID | None = None) -> None:
        self._engine, self._lent, self.tenant_id = made_by, lent, tenant_id
        self._hooks: list[Callable[[], None]] = []

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        return self.connection.execute(statement, parameters)

    def query(self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows as dictionaries; the statement stays prepared. A lost server is told as SQLAlchemy tells it."""
        cursor = self._cursor
        try:
            cursor.execute(sql, parameters, prepare=True)
        except psycopg.OperationalError as lost:
            raise _as_told(sql, lost) from lost
        if sql not in _columns:
            _columns[sql] = [column.name for column in cursor.description or ()]
        columns = _columns[sql]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()] if columns else []

    @cached_property
    def connection(self) -> Connection:
        """SQLAlchemy's view of the same transaction; the decision path does without."""
        return Connection(self._engine, self._lent)

    @cached_property
    def _cursor(self) -> psycopg.Cursor[tuple[Any, ...]]:
        """Kept with the connection, because it remembers how each type is written and read."""
        kept = self._lent.info
        if "cursor" not in kept:
            driver = self._lent.driver_connection
            assert driver is not None
            kept["cursor"] = driver.cursor()
        cursor: psycopg.Cursor[tuple[Any, ...]] = kept["cursor"]
        return cursor

    def after_commit(self, hook: Callable[[], None]) -> None:
        self._hooks.append(hook)


_turns = BoundedSemaphore(TURNS)
# What the columns of a statement are called; the driver would ask again for each row set.
_columns: dict[str, list[str]] = {}


def engine(plans: tuple[str, ...] = FRESH_PLANS) -> Engine:
    """The pool of the connections that plan like this."""
    return _made(plans)


@cache
def _made(plans: tuple[str, ...]) -> Engine:
    made = create_engine(
        settings().database_url,
        pool_size=KEPT,
        max_overflow=CONNECTIONS - KEPT,
        pool_timeout=5,
        pool_use_lifo=True,  # few connections, each with its statements prepared
        pool_reset_on_return=None,  # `transaction` leaves nothing to undo
        json_serializer=lambda value: json_text.dumps(value).decode(),
        json_deserializer=json_text.loads,
        hide_parameters=True,  # an error goes to the log, and what people wrote does not
        connect_args={"options": session_options(plans), "connect_timeout": 5, "prepare_threshold": 0},
    )
    event.listen(made, "checkin", _remember_use)
    event.listen(made, "checkout", partial(_ping_if_idle, FRESH_PLANS if plans == KEPT_PLANS else KEPT_PLANS))
    return made


def session_options(plans: tuple[str, ...]) -> str:
    return " ".join(f"-c {option}" for option in (*SESSION_OPTIONS, *plans))


def _remember_use(_: Any, record: Any) -> None:
    record.info["used_at"] = time.monotonic()


def _ping_if_idle(others: tuple[str, ...], dbapi_connection: psycopg.Connection[Any], record: Any, _: Any) -> None:
    """A server that went away is noticed before work is begun on a connection that nobody used for a while.

    All other connections are as dead, and those used a moment ago would not be asked. others: how the other pool plans.
    """
    if time.monotonic() - record.info.get("used_at", time.monotonic()) < IDLE_SECONDS_BEFORE_PING:
        return
    try:
        dbapi_connection.execute("SELECT 1")
        dbapi_connection.rollback()
    except psycopg.Error as gone:
        engine(others).dispose()
        raise InvalidatePoolError from gone


def transaction(tenant_id: UUID) -> AbstractContextManager[Db]:
    """A transaction that reads and writes rows of this tenant and of no other. Commits at the end, rolls back on an
    exception; hooks run only after a commit that was confirmed.
    """
    return _transaction(engine(), tenant_id)


def decision(tenant_id: UUID) -> AbstractContextManager[Db]:
    """Likewise for a command on one request, and what goes with it: few rows, found by their keys."""
    return _transaction(engine(KEPT_PLANS), tenant_id)


def across_tenants() -> AbstractContextManager[Db]:
    """A transaction of no one tenant: before it is known who asks, and for what sweeps over all of them."""
    return _transaction(engine(), None)


@contextmanager
def _transaction(pool: Engine, tenant_id: UUID | None) -> Iterator[Db]:
    """Row security has its one place here: nothing else opens a transaction."""
    with _turn():
        lent = _lent(pool)
        db = Db(pool, lent, tenant_id)
        try:
            yield db
            lent.commit()
        except psycopg.OperationalError as lost:
            raise _as_told("commit", lost) from lost
        finally:
            _give_back(lent)
    for hook in db._hooks:
        hook()


def statement(tenant_id: UUID, sql: str, parameters: Mapping[str, Any] | Sequence[Any] = ()) -> list[dict[str, Any]]:
    """One of the decision path that is a transaction by itself: sent without BEGIN and COMMIT, it saves two turns."""
    with _turn():
        lent = _lent(engine(KEPT_PLANS))
        driver = lent.driver_connection
        assert driver is not None
        try:
            driver.autocommit = True
            return Db(engine(KEPT_PLANS), lent, tenant_id).query(sql, parameters)
        finally:
            if not driver.broken:
                driver.autocommit = False
            _give_back(lent)


@contextmanager
def _turn() -> Iterator[None]:
    """A hundred at once are done sooner eight by eight, on connections that know their statements. Who has waited
    for long goes in all the same, so that nobody waits for a lock that others wait for.
    """
    taken = _turns.acquire(timeout=TURN_SECONDS)
    try:
        yield
    finally:
        if taken:
            _turns.release()


def _lent(pool: Engine) -> PoolProxiedConnection:
    try:
        return pool.raw_connection()
    except psycopg.OperationalError as lost:
        raise _as_told("connect", lost) from lost


def _give_back(lent: PoolProxiedConnection) -> None:
    """Without what was not committed. Where the server went away, all others are as dead."""
    driver = lent.driver_connection
    if driver and driver.broken:
        lent.invalidate()
        for pool in (engine(), engine(KEPT_PLANS)):
            pool.dispose()
    elif driver and driver.pgconn.transaction_status != TransactionStatus.IDLE:
        driver.rollback()
    lent.close()


def _as_told(sql: str, lost: psycopg.OperationalError) -> OperationalError:
    return OperationalError(sql[:60], None, lost)
