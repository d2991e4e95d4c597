"""Audit log of a tenant: what happens outside requests, as a hash chain of its own in the events table.

One statement moves the chain on and writes the event, so two who write at once come one after the other. The chain
stays locked until the transaction ends: note things last.
"""

import os
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.access.principal import Principal
from app.store.db import Db
from engine.events import LogEvent, as_data
from engine.events.reading import ApprovalViewed
from engine.json_text import dumps, normal
from engine.record.chain import body, record
from engine.record.disclosure import KEY_BYTES
from engine.state import FORMAT

# The moment and the number are the database's, so the record is hashed there: its text comes in three pieces.
_TEXT = """convert_to(%(until_at)s || to_char({at} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || %(until_seq)s || ({seq})::text || %(rest)s, 'UTF8')"""
_FIRST = _TEXT.format(at="statement_timestamp()", seq="1")
_NEXT = _TEXT.format(at="greatest(c.at, statement_timestamp())", seq="c.seq + 1")
_NOTE = f"""
WITH {{before}} moved AS (
    INSERT INTO tenant_chains AS c (tenant_id, seq, head, at)
    SELECT %(tenant)s, 1, sha256(decode(repeat('00', 32), 'hex') || {_FIRST}), statement_timestamp() {{where}}
    ON CONFLICT (tenant_id) DO UPDATE SET seq = c.seq + 1, at = greatest(c.at, statement_timestamp()),
        head = sha256(c.head || {_NEXT})
    RETURNING seq, head, at
)
INSERT INTO events (instance_id, seq, tenant_id, type, at, actor_kind, actor_id, actor_name, source, address, agent,
                    v, correlation_id, data, key, hash)
SELECT %(tenant)s, seq, %(tenant)s, %(type)s, at, %(actor_kind)s, %(actor_id)s::uuid, %(actor_name)s, %(source)s,
       %(address)s, %(agent)s, %(v)s::smallint, %(correlation_id)s::uuid, %(data)s::jsonb, %(key)s::bytea, head
FROM moved
RETURNING seq, at
"""  # noqa: S608 constants
NOTE = _NOTE.format(before="", where="")
NOTE_VIEW = _NOTE.format(
    before="""viewed AS (
    UPDATE tasks SET viewed_at = statement_timestamp()
    WHERE tenant_id = %(tenant)s AND id = %(task)s AND assignee_id = %(actor_id)s::uuid
      AND status = 'pending' AND viewed_at IS NULL RETURNING id
),""",
    where="FROM viewed",
)


@dataclass(frozen=True)
class Origin:
    """Where what happens now comes from; the middleware says it once for each request."""

    source: str = "command line"
    address: str | None = None
    agent: str | None = None


origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - it is frozen


def note(
    db: Db, tenant_id: UUID, actor: Principal | None, happened: LogEvent, about: UUID | None = None
) -> tuple[int, datetime]:
    """Number and moment of the event. about: the request it belongs to. Without an actor: somebody unknown."""
    row = db.query(NOTE, _event(tenant_id, actor, happened, about))[0]
    return row["seq"], row["at"]


def note_view(db: Db, viewer: Principal, task_id: UUID, instance_id: UUID) -> None:
    """That whom a task waits for has opened it; the first time, and nothing afterwards."""
    viewed = ApprovalViewed(str(instance_id), str(task_id))
    event = _event(viewer.tenant_id, viewer, viewed, instance_id)
    db.query(NOTE_VIEW, event | {"task": task_id})


def _event(tenant_id: UUID, actor: Principal | None, happened: LogEvent, about: UUID | None) -> dict[str, Any]:
    """The parameters of the statements above."""
    event = _who(actor) | {
        "v": FORMAT,
        "instance_id": tenant_id,
        "tenant_id": tenant_id,
        "seq": 0,
        "type": type(happened).__name__,
        "at": "@",
        "correlation_id": about,
        "causation_id": None,
        "data": normal(as_data(happened)),
        "key": os.urandom(KEY_BYTES),
        "erased": None,
    }
    until_at, _, rest = record(event).decode().partition('"@"')
    until_seq, _, rest = rest.rpartition('"seq":0,')
    key = event["key"] if body(event)["digests"] else None
    pieces = {"until_at": f'{until_at}"', "until_seq": f'"{until_seq}"seq":', "rest": f",{rest}"}
    return event | pieces | {"tenant": tenant_id, "key": key, "data": dumps(event["data"]).decode()}


def _who(actor: Principal | None) -> dict[str, Any]:
    came = origin.get()
    kind = {"key": "key", "system": "system"}.get(actor.via, "user") if actor else "unknown"
    return {
        "actor_kind": kind,
        "actor_id": actor.user_id if actor and kind != "system" else None,
        "actor_name": actor.name if actor else "Somebody unknown",
        "source": came.source,
        "address": came.address,
        "agent": came.agent,
    }
