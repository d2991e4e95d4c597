"""How many statements one round trip sends, counted where the driver sends them."""

from typing import Any

from app.bench import load
from app.db import Db


def statements_per_trip(stage: load.Stage) -> int:
    sent = 0
    query, execute = Db.query, Db.execute

    def counted_query(self: Db, *given: Any) -> Any:
        nonlocal sent
        sent += 1
        return query(self, *given)

    def counted_execute(self: Db, *given: Any) -> Any:
        nonlocal sent
        sent += 1
        return execute(self, *given)

    starts: list[float] = []
    decisions: list[float] = []
    load.one(stage, starts, decisions)
    Db.query, Db.execute = counted_query, counted_execute  # type: ignore[method-assign]
    try:
        load.one(stage, starts, decisions)
    finally:
        Db.query, Db.execute = query, execute  # type: ignore[method-assign]
    return sent
