"""Feeding chains out of the database to engine/record/verify.py: all of them, a tenant's, or those of some requests."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from app.store.cursors import stream
from app.store.db import Db
from engine import json_text
from engine.record.verify import Replay, Result, check_chains, check_versions

INSTANCES = """
SELECT i.id, i.tenant_id, i.number, i.prefix, i.seq, i.head, i.status, v.content_hash, {state}
FROM instances i LEFT JOIN versions v ON v.id = i.version_id {where} ORDER BY i.id
"""
EVENTS = """
SELECT e.instance_id, e.seq, e.tenant_id, e.type, e.at, e.actor_kind, e.actor_id, e.actor_name, e.source,
       e.address, e.agent, e.data::text AS data, e.hash
FROM events e {where} ORDER BY e.instance_id, e.seq
"""
VERSIONS = """
SELECT d.key, v.number, v.document::text AS document, v.content_hash
FROM versions v LEFT JOIN definitions d ON d.id = v.definition_id {where} ORDER BY d.key, v.number
"""
# Of a tenant: its own requests, and whatever claims to be an event of that tenant.
OF_TENANT = "WHERE i.tenant_id = %(tenant)s"
EVENTS_OF_TENANT = """
WHERE e.tenant_id = %(tenant)s
   OR e.instance_id IN (SELECT i.id FROM instances i WHERE i.tenant_id = %(tenant)s)
"""
VERSIONS_OF_TENANT = "WHERE v.tenant_id = %(tenant)s"
VERSIONS_OF_REQUESTS = "WHERE v.id IN (SELECT i.version_id FROM instances i WHERE i.id = ANY(%(ids)s))"

MakeReplay = Callable[[], Replay] | None


def check_all(db: Db, replay: MakeReplay = None) -> Result:
    return _check(db, ("", "", ""), {}, replay)


def check_tenant(db: Db, tenant_id: UUID, replay: MakeReplay = None) -> Result:
    return _check(db, (VERSIONS_OF_TENANT, OF_TENANT, EVENTS_OF_TENANT), {"tenant": tenant_id}, replay)


def check_requests(db: Db, ids: Sequence[UUID]) -> Result:
    where = VERSIONS_OF_REQUESTS, "WHERE i.id = ANY(%(ids)s)", "WHERE e.instance_id = ANY(%(ids)s)"
    return _check(db, where, {"ids": list(ids)}, None)


def _check(db: Db, where: tuple[str, str, str], parameters: dict[str, Any], replay: MakeReplay) -> Result:
    result = Result()
    of_versions, of_instances, of_events = where
    check_versions(result, _decoded(stream(db, VERSIONS.format(where=of_versions), parameters), "document"))
    state = "i.state" if replay else "NULL AS state"
    instances = stream(db, INSTANCES.format(where=of_instances, state=state), parameters)
    events = _decoded(stream(db, EVENTS.format(where=of_events), parameters), "data")
    check_chains(result, instances, events, replay)
    return result


def _decoded(rows: Iterator[dict[str, Any]], column: str) -> Iterator[dict[str, Any]]:
    """A value that the product could never have written stays text: it then fails its hash and is named."""
    for row in rows:
        try:
            row[column] = json_text.loads(row[column])
        except ValueError:
            row[column] = {"unreadable": row[column]}
        yield row
