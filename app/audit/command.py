"""`python -m app audit verify`: re-computes every chain, names the first broken row, then ends with code 1.

With --file it checks downloaded evidence and needs no database. With --anchor it checks that the database
still holds what that evidence saw: a record cut short together with the request's own row is found so.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from app.audit import chains, evidence, evidence_csv
from app.store.cursors import snapshot
from app.store.db import Db
from engine import json_text
from engine.record.replay import Fold
from engine.record.verify import Break, Result, check_chains, check_versions
from engine.wording.values import count


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
    verify.add_argument("--fold", action="store_true", help="also replay every request and compare its state")
    verify.add_argument("--file", type=Path, nargs="+", metavar="EVIDENCE", help="downloaded JSON or CSV, no database")
    verify.add_argument("--anchor", type=Path, nargs="+", default=[], metavar="EVIDENCE", help="earlier JSON")
    verify.add_argument("--json", action="store_true", help="figures for programs")
    options = parser.parse_args(arguments)
    if options.file and (options.tenant or options.anchor or options.fold):
        parser.error("--file looks at files alone: leave out --tenant, --fold and --anchor")
    return options


def _check_database(options: Namespace) -> Result:
    replay = Fold if options.fold else None
    with snapshot() as db:
        if options.tenant:
            found = db.query("SELECT id FROM tenants WHERE key = %(key)s", {"key": options.tenant})
            if not found:
                sys.exit(f"There is no tenant “{options.tenant}”.")
            result = chains.check_tenant(db, found[0]["id"], replay)
        else:
            result = chains.check_all(db, replay)
        for path in options.anchor:
            _check_anchor(db, result, path)
    return result


def _check_anchor(db: Db, result: Result, path: Path) -> None:
    try:
        seen = evidence.read(path)
    except evidence.Unreadable as why:
        sys.exit(f"{path}: {why}.")
    last = seen.events[-1]
    where = {"id": last["instance_id"], "seq": last["seq"]}
    found = db.query("SELECT hash FROM events WHERE instance_id = %(id)s AND seq = %(seq)s", where)
    if not found:
        what = f"{path.name} holds it, the database does not"
        result.add(Break(f"Request {seen.name}", last["seq"], what))
    elif bytes(found[0]["hash"]) != last["hash"]:
        result.add(Break(f"Request {seen.name}", last["seq"], f"{path.name} holds another hash for it"))


def _check_files(paths: Sequence[Path]) -> Result:
    result = Result()
    for path in paths:
        try:
            if path.suffix.lower() == ".csv":
                evidence_csv.check(result, path)
            else:
                _check_evidence(result, path)
        except evidence.Unreadable as why:
            result.add(Break(path.name, None, str(why)))
    return result


def _check_evidence(result: Result, path: Path) -> None:
    seen = evidence.read(path)
    check_versions(result, [seen.version])
    check_chains(result, [seen.instance], seen.events)


def _text(result: Result, seconds: float) -> str:
    figures = (
        f"{count(result.events, 'event')} of {count(result.requests, 'request')} on "
        f"{count(result.versions, 'version')} checked in {seconds:.1f} s "
        f"({result.events / max(seconds, 1e-9):,.0f} events/s)."
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
        "seconds": round(seconds, 3),
        "broken": result.broken,
        "breaks": [{"where": found.where, "event": found.seq, "what": found.what} for found in result.breaks],
    }
    return json_text.dumps(json_text.normal(told)).decode()
