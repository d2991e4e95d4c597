"""Purchases that were asked for and decided, as real requests through the engine."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import create_engine

from app import tasks
from app.config import settings
from app.effects.results import Effect
from app.reports import jobs
from app.runtime import Actor
from app.store.db import Db, across_tenants
from tests.app.requests import ask, shipped, tasks_of
from tests.make import Cast, User, make_cast


def acting(user: User) -> Actor:
    return Actor("user", user.id, user.name, "web", "192.0.2.7", "Browser")


def purchase(
    cast: Cast,
    amount: int = 1200,
    item: str = "Laptop",
    outcome: str = "approved",
    comment: str = "ok for Q3",
    **data: Any,
) -> UUID:
    """Ada asks, Cleo decides. Up to 500 a rule does, and below 5,000 nobody else has to."""
    key = ask(cast.ada, shipped("purchase-approval"), item=item, amount=amount, **data)
    for task in tasks_of(key):
        with across_tenants() as db:
            tasks.decide(db, cast.cleo.principal, task.id, outcome, comment, {}, acting(cast.cleo))
    return key


def history() -> Cast:
    """A tenant with one request approved, one rejected, one approved by a rule and one that waits."""
    cast = make_cast()
    purchase(cast)
    purchase(cast, 900, "Desk", "rejected", "too expensive")
    purchase(cast, 100, "Pens")
    ask(cast.ada, shipped("purchase-approval"), item="Chair", amount=700)
    return cast


def report(user: User, format: str, **params: str) -> UUID:
    """A report, built as a worker builds it."""
    with across_tenants() as db:
        key = jobs.create(db, user.principal, format, params)
    done = jobs.perform(Effect(key, user.tenant_id, None, "report", {"report": str(key)}, 1))
    assert done.record
    with across_tenants() as db:
        done.record(db)
    return key


@contextmanager
def intruder() -> Iterator[Db]:
    """A database superuser with the triggers out of the way. What is not kept is undone."""
    engine = create_engine(settings().owner_database_url)
    try:
        with closing(engine.raw_connection()) as lent:
            db = Db(engine, lent)
            db.query("SET session_replication_role = replica")
            yield db
    finally:
        engine.dispose()


def keep(db: Db) -> None:
    """What an intruder did so far stays."""
    driver = db.connection.connection.driver_connection
    assert driver is not None
    driver.commit()
