"""The server's own counters before and after a run, and what they come to for one round trip."""

import statistics
from collections.abc import Sequence
from typing import Any

import psycopg

ROWS = """
SELECT coalesce(sum(n_tup_ins), 0), coalesce(sum(n_tup_upd), 0), coalesce(sum(n_tup_del), 0)
FROM pg_stat_user_tables WHERE schemaname = 'public'
"""


def read(url: str) -> dict[str, float]:
    """Call when the clients have gone: backends report what they did when they end."""
    with psycopg.connect(url, autocommit=True) as connection:
        rows = _one(connection, ROWS)
        return {
            "inserted": float(rows[0]),
            "updated": float(rows[1]),
            "deleted": float(rows[2]),
            "wal_bytes": float(_one(connection, "SELECT pg_current_wal_insert_lsn() - '0/0'")[0]),
            "write_transactions": float(
                _one(connection, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")[0]
            ),
            "fsyncs": _fsyncs(connection),
        }


def _fsyncs(connection: psycopg.Connection[Any]) -> float:
    if connection.info.server_version >= 180000:
        return float(_one(connection, "SELECT coalesce(sum(fsyncs), 0) FROM pg_stat_io WHERE object = 'wal'")[0])
    return float(_one(connection, "SELECT wal_sync FROM pg_stat_wal")[0])


def _one(connection: psycopg.Connection[Any], sql: Any) -> Any:
    return connection.execute(sql).fetchone()


def per_trip(before: dict[str, float], after: dict[str, float], trips: int) -> dict[str, float]:
    told = {name: (after[name] - before[name]) / trips for name in before}
    return told | {"rows": told["inserted"] + told["updated"] + told["deleted"]}


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def middle(values: Sequence[float]) -> float:
    return statistics.median(values)
