"""`python -m app audit verify`: re-computes every chain, names the first broken row, then ends with code 1.

With --file it checks downloaded evidence and needs no database. With --anchor it checks that the database
still holds what that evidence saw: a record cut short together with the request's own row is found so.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from app import codec, evidence
from app.audit_fold import Fold
from app.db import Db
from app.streams import snapshot, stream
from app.verify import Break, Result, check_chains, check_versions
from app.words import count

# A tenant's own requests, and whatever claims to be an event of that tenant.
_OF_TENANT = "WHERE i.tenant_id = (SELECT id FROM tenants WHERE key = %(tenant)s)"
INSTANCES = """
SELECT i.id, i.tenant_id, i.number, i.prefix, i.seq, i.head, i.status, v.content_hash, {state}
FROM instances i LEFT JOIN versions v ON v.id = i.version_id {where} ORDER BY i.id
"""
EVENTS = """
SELECT e.instance_id, e.seq, e.tenant_id, e.type, e.at, e.actor_kind, e.actor_id, e.actor_name, e.source,
       e.address, e.agent, e.data::text AS data, e.hash
FROM events e {where} ORDER BY e.instance_id, e.seq
"""
_EVENTS_OF_TENANT = f"""
WHERE e.instance_id IN (SELECT i.id FROM instances i {_OF_TENANT})
   OR e.tenant_id = (SELECT id FROM tenants WHERE key = %(tenant)s)
"""
VERSIONS = """
SELECT d.key, i.number, i.document::text AS document, i.content_hash
FROM versions i JOIN definitions d ON d.id = i.definition_id {where} ORDER BY d.key, i.number
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
    verify = parser.add_subparsers(required=True, metavar="verify").add_parser(
        "verify", help="re-compute every chain"
    )
    verify.add_argument("--tenant", metavar="KEY", help="only this tenant")
    verify.add_argument("--fold", action="store_true", help="also replay every request and compare its state")
    verify.add_argument(
        "--file", type=Path, nargs="+", metavar="EVIDENCE", help="downloaded evidence, no database"
    )
    verify.add_argument(
        "--anchor", type=Path, nargs="+", default=[], metavar="EVIDENCE", help="earlier evidence"
    )
    verify.add_argument("--json", action="store_true", help="figures for programs")
    options = parser.parse_args(arguments)
    if options.file and (options.tenant or options.anchor or options.fold):
        parser.error("--file looks at files alone: leave out --tenant, --fold and --anchor")
    return options


def _check_database(options: Namespace) -> Result:
    result, tenant = Result(), options.tenant
    of, events_of = (_OF_TENANT, _EVENTS_OF_TENANT) if tenant else ("", "")
    parameters = {"tenant": tenant} if tenant else {}
    with snapshot() as db:
        if tenant and not db.query("SELECT FROM tenants WHERE key = %(tenant)s", parameters):
            sys.exit(f"There is no tenant “{tenant}”.")
        check_versions(result, _decoded(stream(db, VERSIONS.format(where=of), parameters), "document"))
        state = "i.state" if options.fold else "NULL AS state"
        instances = stream(db, INSTANCES.format(where=of, state=state), parameters)
        events = _decoded(stream(db, EVENTS.format(where=events_of), parameters), "data")
        check_chains(result, instances, events, Fold if options.fold else None)
        for path in options.anchor:
            _check_anchor(db, result, path)
    return result


def _decoded(rows: Iterator[dict[str, Any]], column: str) -> Iterator[dict[str, Any]]:
    """A value that the product could never have written stays text: it then fails its hash and is named."""
    for row in rows:
        try:
            row[column] = codec.loads(row[column])
        except ValueError:
            pass
        yield row


def _check_anchor(db: Db, result: Result, path: Path) -> None:
    seen = evidence.read(path)
    last = seen.events[-1]
    where = {"id": last["instance_id"], "seq": last["seq"]}
    found = db.query("SELECT hash FROM events WHERE instance_id = %(id)s AND seq = %(seq)s", where)
    if not found:
        result.add(Break(f"Request {seen.name}", last["seq"], f"{path.name} holds it, the database does not"))
    elif bytes(found[0]["hash"]) != last["hash"]:
        result.add(Break(f"Request {seen.name}", last["seq"], f"{path.name} holds another hash for it"))


def _check_files(paths: Sequence[Path]) -> Result:
    result = Result()
    for path in paths:
        try:
            seen = evidence.read(path)
        except evidence.Unreadable as why:
            result.add(Break(path.name, None, str(why)))
            continue
        check_versions(result, [seen.version])
        check_chains(result, [seen.instance], seen.events)
    return result


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
    return codec.dumps(codec.normal(told)).decode()
