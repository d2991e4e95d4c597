"""Start and decide N requests with C clients and print what it cost, as figures and as ratios to the ceiling."""

import argparse
import json
from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from app.bench import ceiling, driver, load
from app.bench.counters import middle, per_trip, percentile, read
from app.bench.statements import statements_per_trip
from app.config import settings

COLUMNS = (
    "clients",
    "waiting",
    "trips_s",
    "driver_s",
    "ceiling_s",
    "ratio",
    "start_p50",
    "decide_p50",
    "decide_p95",
    "decide_p99",
)
COSTS = ("statements", "write_transactions", "fsyncs", "rows", "wal_bytes")


def main(argv: Sequence[str]) -> int:
    given = _arguments(argv)
    url = settings().owner_database_url.replace("postgresql+psycopg://", "postgresql://")
    program = ceiling.pgbench()
    if program is None:
        print("pgbench was not found (set PGBIN), so there is no ceiling to compare with.")
    stage = load.build()
    found = []
    for parked in given.parked:
        if parked:
            print(f"letting {parked:,} requests wait …", flush=True)
            load.park(stage, parked)
        _settle(url)
        for clients in given.clients:
            found.append(_measure(given, stage, url, program, clients, parked))
            print(_line(found[-1]), flush=True)
    if given.json:
        print(json.dumps(found))
    return 0


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m app bench round-trip", description=__doc__)
    parser.add_argument("--requests", type=int, default=2000, help="round trips in each run")
    parser.add_argument("--clients", type=_numbers, default=[1, 8], help="such as 1,8")
    parser.add_argument("--parked", type=_numbers, default=[0], help="requests waiting meanwhile, such as 0,100000")
    parser.add_argument("--runs", type=int, default=3, help="rounds of ceiling and product in turn; medians are told")
    parser.add_argument("--seconds", type=int, default=4, help="of the ceiling in each round")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(argv)


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def _settle(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _measure(
    given: argparse.Namespace, stage: load.Stage, url: str, program: str | None, clients: int, parked: int
) -> dict[str, Any]:
    """Rounds of both in turn, so that a noisy machine hurts both alike."""
    rounds = [_round(given, stage, url, program, clients) for _ in range(given.runs)]
    told = {name: middle([one[name] for one in rounds]) for name in rounds[0]}
    return {"clients": clients, "waiting": parked, **told, "statements": statements_per_trip(stage)}


def _round(
    given: argparse.Namespace, stage: load.Stage, url: str, program: str | None, clients: int
) -> dict[str, float]:
    ceiling.prepare(url)
    best = ceiling.trips_per_second(program, url, clients, given.seconds) if program else 0.0
    _, plain, took = load.run(driver.one, url, given.requests, clients)
    ceiling.remove(url)
    before = read(url)
    starts, decisions, seconds = load.run(load.one, stage, given.requests, clients)
    trips = len(decisions)
    told = per_trip(before, read(url), trips)
    rate = trips / seconds
    return told | {
        "trips_s": rate,
        "driver_s": len(plain) / took,
        "ceiling_s": best,
        "ratio": best / rate,
        "start_p50": percentile(starts, 0.5) * 1000,
        "decide_p50": percentile(decisions, 0.5) * 1000,
        "decide_p95": percentile(decisions, 0.95) * 1000,
        "decide_p99": percentile(decisions, 0.99) * 1000,
    }


def _line(found: dict[str, Any]) -> str:
    show: Callable[[str], str] = lambda name: f"{name} {found[name]:,.2f}".removesuffix(".00")  # noqa: E731
    return "  ".join(show(name) for name in (*COLUMNS, *COSTS))
