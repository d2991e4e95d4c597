"""How many statements one round trip sends, counted where the driver sends them."""

from typing import Any

from app.bench import load
from app.store.db import Db


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
    counters = {"query": counted_query, "execute": counted_execute}
    for name, counted in counters.items():
        setattr(Db, name, counted)
    try:
        load.one(stage, starts, decisions)
    finally:
        setattr(Db, "query", query)  # noqa: B010
        setattr(Db, "execute", execute)  # noqa: B010
    return sent
