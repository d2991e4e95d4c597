"""`python -m app audit verify`: re-computes every chain, names the first broken row, then ends with code 1.

With --file it checks downloaded evidence and needs no database. With --anchor it checks that the database
still holds what that evidence saw: a record cut short, or written anew from one event on, is found only so.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from uuid import UUID

from app.audit import chains
from app.store.cursors import snapshot
from app.store.db import Db
from engine import json_text
from engine.record import offline
from engine.record.verify import Break, Result
from engine.wording.values import count

ANCHORED = """
SELECT w.chain, w.seq, e.hash FROM unnest(%(chains)s::uuid[], %(seqs)s::int[]) AS w(chain, seq)
LEFT JOIN events e ON e.instance_id = w.chain AND e.seq = w.seq
"""


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    began = perf_counter()
    result = _check_files(options.file) if options.file else _check_database(options)
    seconds = perf_counter() - began
    print(_json(result, seconds) if options.json else _text(result, seconds))
    return 1 if result.broken else 0


def _options(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser(prog="python -m app audit", description="Checks the record of what happened.")
    commands = parser.add_subparsers(required=True, metavar="verify")
    verify = commands.add_parser("verify", help="re-compute every chain")
    verify.add_argument("--tenant", metavar="KEY", help="only this tenant")
    verify.add_argument("--file", type=Path, nargs="+", metavar="EVIDENCE", help="downloaded JSON or CSV, no database")
    verify.add_argument("--anchor", type=Path, nargs="+", default=[], metavar="EVIDENCE", help="earlier JSON or CSV")
    verify.add_argument("--json", action="store_true", help="figures for programs")
    options = parser.parse_args(arguments)
    if options.file and (options.tenant or options.anchor):
        parser.error("--file looks at files alone: leave out --tenant and --anchor")
    return options


def _check_database(options: Namespace) -> Result:
    with snapshot(None) as db:
        if options.tenant:
            found = db.query("SELECT id FROM tenants WHERE key = %(key)s", {"key": options.tenant})
            if not found:
                sys.exit(f"There is no tenant “{options.tenant}”.")
            result = chains.check_tenant(db, found[0]["id"])
        else:
            result = chains.check_all(db)
        for path in options.anchor:
            _check_anchor(db, result, path)
    return result


def _check_anchor(db: Db, result: Result, path: Path) -> None:
    """Every event of a JSON or CSV file must be in the database under the hash that it had."""
    try:
        _, rows = offline.rows_of(path)
        seen = {(UUID(row["chain"]), int(row["seq"])): row["hash"] for row in rows}
    except (OSError, KeyError, TypeError, ValueError, RecursionError) as odd:
        sys.exit(f"{path}: it is not an export of events: {odd}")
    wanted = {"chains": [chain for chain, _ in seen], "seqs": [seq for _, seq in seen]}
    kept = {(row["chain"], row["seq"]): bytes(row["hash"] or b"").hex() for row in db.query(ANCHORED, wanted)}
    for (chain, seq), digest in sorted(seen.items()):
        if kept[chain, seq] != digest:
            what = "holds another hash for it" if kept[chain, seq] else "holds it, the database does not"
            result.add(Break(f"Chain {chain}", seq, f"{path.name} {what}"))
            return


def _check_files(paths: Sequence[Path]) -> Result:
    result = Result()
    for path in paths:
        try:
            found = offline.check(path)
        except ValueError as odd:
            result.add(Break(path.name, None, str(odd)))
            continue
        result.events += found.events
        result.requests += found.chains
        result.versions += found.documents
        result.erased += found.erased
        for chain, seq, what in found.wrong:
            result.add(Break(f"{path.name}, chain {chain}", seq, what))
    return result


def _text(result: Result, seconds: float) -> str:
    untold = f" ({result.untold} over an erased or empty one, whether it changed or not)" if result.untold else ""
    figures = (
        f"{count(result.events, 'event')} of {count(result.requests, 'request')} on "
        f"{count(result.versions, 'version')}, {count(result.erased, 'value')} erased{untold}, "
        f"checked in {seconds:.1f} s ({result.events / max(seconds, 1e-9):,.0f} events/s)."
    )
    if not result.broken:
        return f"The record is whole. {figures}"
    more = f"\n{result.broken - 1} more broken, among them:" if result.broken > 1 else ""
    rest = "".join(f"\n  {found}" for found in result.breaks[1:])
    return f"The record is BROKEN. First: {result.breaks[0]}.{more}{rest}\n{figures}"


def _json(result: Result, seconds: float) -> str:
    told = {
        "whole": not result.broken,
        "events": result.events,
        "requests": result.requests,
        "versions": result.versions,
        "erased": result.erased,
        "erased_unknown_if_changed": result.untold,
        "seconds": round(seconds, 3),
        "broken": result.broken,
        "breaks": [{"where": found.where, "event": found.seq, "what": found.what} for found in result.breaks],
    }
    return json_text.dumps(json_text.normal(told)).decode()
