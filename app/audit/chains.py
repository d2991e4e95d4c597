"""Feeding chains out of the database to engine/record/verify.py: all of them, a tenant's, or those of some requests."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from app.store.cursors import stream
from app.store.db import Db
from engine import json_text
from engine.record.verify import Break, Erasures, Result, check_chains, check_versions

CHAINS = """
SELECT i.id, i.tenant_id, 'Request ' || i.prefix || '-' || i.number AS name, i.seq, i.head, true AS request,
       v.content_hash, i.created_at, i.title, i.requester_id, i.status, i.state
FROM instances i LEFT JOIN versions v ON v.tenant_id = i.tenant_id AND v.id = i.version_id WHERE {requests}
UNION ALL
SELECT t.id, t.id, 'Log of ' || t.name, coalesce(c.seq, 0), coalesce(c.head, decode(repeat('00', 32), 'hex')), false,
       NULL, t.created_at, '', NULL, '', NULL
FROM tenants t LEFT JOIN tenant_chains c ON c.tenant_id = t.id WHERE {tenants}
ORDER BY id
"""
EVENTS = """
SELECT e.instance_id, e.seq, e.tenant_id, e.type, e.at, e.actor_kind, e.actor_id, e.actor_name, e.source, e.address,
       e.agent, e.v, e.correlation_id, e.causation_id, e.data::text AS data, e.key, e.hash, e.erased
FROM events e WHERE {events} ORDER BY e.instance_id, e.seq
"""
VERSIONS = """
SELECT d.key, v.number, v.document::text AS document, v.content_hash
FROM versions v
LEFT JOIN definitions d ON d.tenant_id = v.tenant_id AND d.id = v.definition_id
WHERE {versions} ORDER BY d.key, v.number
"""
ERASURES = """
SELECT e.tenant_id, e.seq, e.at, e.data FROM events e
WHERE e.type = 'ValuesErased' AND e.instance_id = e.tenant_id AND {erasures}
"""
# What stands in a row of its own beside the chain. Each answers with the name of what is not as the event says.
BESIDE = {
    "its answer is not what event {seq} says": """
SELECT 'Request ' || i.prefix || '-' || i.number AS name, e.seq
FROM events e JOIN tasks t ON t.tenant_id = e.tenant_id AND t.id = (e.data->>'task')::uuid
JOIN instances i ON i.tenant_id = e.tenant_id AND i.id = e.instance_id
WHERE e.type = 'TaskDecided' AND {events} AND (
    t.closed_by IS DISTINCT FROM coalesce((e.data->>'person')::uuid, e.actor_id)
    OR t.status IS DISTINCT FROM e.data->>'outcome'
    OR (t.comment IS NOT NULL OR NOT coalesce(e.erased->'gone' ?| ARRAY['/data/reason', '/data/comment'], false))
       AND coalesce(t.comment, '')
           <> concat_ws(': ', nullif(e.data->>'reason', ''), nullif(e.data->>'comment', '')))
""",
    "a file of event {seq} is not the one that was attached": """
SELECT 'Request ' || i.prefix || '-' || i.number AS name, e.seq
FROM events e JOIN instances i ON i.tenant_id = e.tenant_id AND i.id = e.instance_id
CROSS JOIN jsonb_each_text(CASE WHEN e.instance_id <> e.tenant_id THEN e.data->'files' END) AS told(id, hash)
LEFT JOIN files f ON f.tenant_id = e.tenant_id AND f.id = told.id::uuid AND f.instance_id = e.instance_id
WHERE {events} AND f.erased_at IS NULL
  AND (f.id IS NULL OR encode(f.sha256, 'hex') <> told.hash OR sha256(f.content) <> f.sha256)
""",
}
ALL = dict.fromkeys(("requests", "tenants", "events", "versions", "erasures"), "true")
# Its own requests, and whatever claims to be an event of that tenant.
OF_TENANT = {
    "requests": "i.tenant_id = %(tenant)s",
    "tenants": "t.id = %(tenant)s",
    "events": """(e.tenant_id = %(tenant)s
        OR e.instance_id IN (SELECT o.id FROM instances o WHERE o.tenant_id = %(tenant)s))""",
    "versions": "v.tenant_id = %(tenant)s",
    "erasures": "e.tenant_id = %(tenant)s",
}
OF_REQUESTS = {
    "requests": "i.tenant_id = %(tenant)s AND i.id = ANY(%(ids)s)",
    "tenants": "false",
    "events": "e.tenant_id = %(tenant)s AND e.instance_id = ANY(%(ids)s)",
    "versions": """v.tenant_id = %(tenant)s
        AND v.id IN (SELECT o.version_id FROM instances o WHERE o.tenant_id = %(tenant)s AND o.id = ANY(%(ids)s))""",
    "erasures": "e.tenant_id = %(tenant)s",
}


def check_all(db: Db) -> Result:
    return _check(db, ALL, {})


def check_tenant(db: Db, tenant_id: UUID) -> Result:
    return _check(db, OF_TENANT, {"tenant": tenant_id})


def check_requests(db: Db, tenant_id: UUID, ids: Sequence[UUID]) -> Result:
    return _check(db, OF_REQUESTS, {"tenant": tenant_id, "ids": list(ids)})


def _check(db: Db, where: dict[str, str], parameters: dict[str, Any]) -> Result:
    result = Result()

    def rows(statement: str) -> Iterator[dict[str, Any]]:
        return stream(db, statement.format(**where, seq="{seq}"), parameters)

    check_versions(result, _decoded(rows(VERSIONS), "document"))
    erasures = Erasures(rows(ERASURES), complete=where is not OF_REQUESTS)
    check_chains(result, rows(CHAINS), _decoded(rows(EVENTS), "data"), erasures)
    for what, statement in BESIDE.items():
        broken = {found.where for found in result.breaks}
        for row in (row for row in rows(statement) if row["name"] not in broken):
            result.add(Break(row["name"], None, what.format(seq=row["seq"])))
    return result


def _decoded(rows: Iterator[dict[str, Any]], column: str) -> Iterator[dict[str, Any]]:
    """A value that the product could never have written stays text: it then fails its hash and is named."""
    for row in rows:
        try:
            row[column] = json_text.loads(row[column])
        except ValueError:
            row[column] = {"unreadable": row[column]}
        yield row
