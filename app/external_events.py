"""Message correlation: an event from outside goes to every request that waits for its name and key, or is kept for one.

Exactly once by the sender's id. What waits is written down by the effect "expect", which first looks for an event that
came early; what came in is passed on by the effect "offer". Both look while they hold the same name and key, so that
neither can miss the other.
"""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import structlog
from msgspec import Struct
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from app import runtime
from app.access.permissions import require
from app.access.principal import Principal
from app.effects.results import Done, Effect, Retry
from app.errors import Conflict, Invalid
from app.runtime import state_of, wake
from app.store.db import Db, decision
from app.store.ids import uuid7
from app.store.tables import effects
from engine.commands import Receive
from engine.json_text import canonical, dumps
from engine.reasons import reason
from engine.stops import MAX_ANSWER

log = structlog.get_logger()

KEPT = timedelta(days=30)
MAX_EARLY = 10_000
ATTEMPTS, BATCH = 10, 200

INSERT = """
INSERT INTO external_events (tenant_id, id, sent_by, source, name, about, digest, data, created_at, taken_at)
SELECT %(tenant)s, %(id)s, %(sent_by)s, %(source)s, %(name)s, %(about)s, %(digest)s, %(data)s::jsonb, clock_timestamp(),
       CASE WHEN EXISTS (SELECT FROM expectations WHERE tenant_id = %(tenant)s AND name = %(name)s
                         AND about = %(about)s) THEN clock_timestamp() END
ON CONFLICT (tenant_id, source) DO NOTHING RETURNING taken_at IS NOT NULL AS awaited
"""
KNOWN = """
SELECT digest, taken_at IS NOT NULL AS awaited FROM external_events WHERE tenant_id = %(tenant)s AND source = %(source)s
"""
EARLY = """
SELECT count(*) AS many FROM (
    SELECT FROM external_events WHERE tenant_id = %(tenant)s AND taken_at IS NULL LIMIT %(most)s) AS early
"""
# One that nobody had, or that came after this wait began, however many others went on with it meanwhile.
TAKE = """
UPDATE external_events SET taken_at = coalesce(taken_at, now()), met = true WHERE tenant_id = %(tenant)s AND id = (
    SELECT id FROM external_events WHERE tenant_id = %(tenant)s AND name = %(name)s AND about = %(about)s
      AND (taken_at IS NULL
           OR created_at >= (SELECT created_at FROM effects WHERE tenant_id = %(tenant)s AND id = %(wait)s))
    ORDER BY id LIMIT 1)
RETURNING id, source, sent_by, data
"""
EXPECT = """
INSERT INTO expectations (tenant_id, id, instance_id, name, about, created_at)
VALUES (%(tenant)s, %(id)s, %(instance)s, %(name)s, %(about)s, clock_timestamp()) ON CONFLICT DO NOTHING
"""
EVENT = """
SELECT id, source, sent_by, name, about, data FROM external_events
WHERE tenant_id = %(tenant)s AND id = %(id)s AND taken_at IS NOT NULL
"""
# Moments of the clock, taken while the name and key are held, are in the order of what they stand for.
WAITING = """
SELECT w.id, w.instance_id FROM expectations w JOIN external_events e ON e.tenant_id = w.tenant_id AND e.id = %(event)s
WHERE w.tenant_id = %(tenant)s AND w.name = %(name)s AND w.about = %(about)s AND w.id <> ALL(%(failed)s::uuid[])
  AND w.created_at < e.taken_at ORDER BY w.id LIMIT %(batch)s
"""
# Whoever began to wait later, such as a request that went on with this one, waits for the next; without anybody who
# went on with it, the first of them gets it.
LATER = """
SELECT w.id, w.instance_id FROM expectations w JOIN external_events e ON e.tenant_id = w.tenant_id AND e.id = %(event)s
WHERE w.tenant_id = %(tenant)s AND w.name = %(name)s AND w.about = %(about)s AND w.id <> ALL(%(failed)s::uuid[])
  AND NOT e.met ORDER BY w.id LIMIT 1
"""
MET = "DELETE FROM expectations WHERE tenant_id = %(tenant)s AND id = %(id)s RETURNING id"
COUNT = "UPDATE external_events SET met = true WHERE tenant_id = %(tenant)s AND id = %(id)s"
# What nothing had waited for after all stays for whoever comes to wait for it.
CLOSE = "UPDATE external_events SET taken_at = NULL WHERE tenant_id = %(tenant)s AND id = %(id)s AND NOT met"
FORGET = """
DELETE FROM external_events WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM external_events WHERE created_at < clock_timestamp() - %(kept)s LIMIT 1000))
"""
FORGET_ENDED = """
DELETE FROM expectations WHERE ctid = ANY(ARRAY(
    SELECT e.ctid FROM expectations e JOIN instances i ON i.tenant_id = e.tenant_id AND i.id = e.instance_id
    WHERE i.ended_at IS NOT NULL LIMIT 1000))
"""


class ExternalEvent(Struct, frozen=True):
    """source: the sender's own id. about: the correlation key."""

    source: str
    name: str
    about: str
    data: dict[str, Any]


def accept(db: Db, principal: Principal, event: ExternalEvent) -> bool:
    """Whether something waits for it already; else it is kept for KEPT.

    Raises Conflict where another event had this id or too many are early, Invalid for too much data.
    """
    require(principal, "event:send")
    if len(dumps(event.data)) > MAX_ANSWER:
        raise Invalid.because("/data", reason("event_size", kilobytes=MAX_ANSWER // 1000))
    tenant, key = principal.tenant_id, uuid7()
    _hold(db, tenant, event.name, event.about)
    facts = {"tenant": tenant, "source": event.source, "name": event.name, "about": event.about}
    digest = sha256(canonical([event.name, event.about, event.data])).digest()
    own = {"id": key, "sent_by": principal.user_id, "digest": digest, "data": dumps(event.data).decode()}
    made = db.query(INSERT, facts | own)
    if not made:
        (known,) = db.query(KNOWN, facts)
        if bytes(known["digest"]) != digest:
            raise Conflict("Another event was sent under this id. Give each its own.")
        return bool(known["awaited"])
    awaited: bool = made[0]["awaited"]
    if awaited:
        _offer(db, tenant, key, event)
    elif db.query(EARLY, {"tenant": tenant, "most": MAX_EARLY + 1})[0]["many"] > MAX_EARLY:
        raise Conflict(f"{MAX_EARLY} events wait for a request that expects them. Send them when they are waited for.")
    return awaited


def _hold(db: Db, tenant: UUID, name: str, about: str) -> None:
    """Until the transaction ends, nobody else looks for this name and key."""
    number = int.from_bytes(sha256(f"{tenant} {name}\n{about}".encode()).digest()[:8], signed=True)
    db.query("SELECT pg_advisory_xact_lock(%(number)s)", {"number": number})


def _offer(db: Db, tenant: UUID, kept: UUID, event: ExternalEvent) -> None:
    key, payload = uuid7(), {"event": str(kept), "name": event.name, "about": event.about}
    row = {"tenant_id": tenant, "id": key, "kind": "offer", "payload": payload, "max_attempts": ATTEMPTS}
    db.execute(insert(effects).values(row))
    db.after_commit(lambda: wake.workers(tenant, [key]))


def perform(effect: Effect) -> Done:
    if effect.kind == "expect":
        _expect(effect)
    else:
        _pass_on(effect.tenant_id, UUID(effect.payload["event"]), effect.id)
    return Done()


def _expect(effect: Effect) -> None:
    """An event that came early, or else a row that the next one finds. Nothing, where nobody waits any more."""
    assert effect.instance_id is not None
    tenant, payload = effect.tenant_id, effect.payload
    with decision(tenant) as db:
        row = runtime.lock(db, tenant, effect.instance_id)
        waits = (token.wait for token in state_of(row["state"]).tokens)
        if not any(wait and wait.expects == str(effect.id) for wait in waits):
            return
        facts = {"tenant": tenant, "name": payload["name"], "about": payload["about"]}
        _hold(db, tenant, payload["name"], payload["about"])
        early = db.query(TAKE, {**facts, "wait": effect.id})
        if early:
            _receive(db, row, effect.id, early[0], effect.id)
        else:
            db.query(EXPECT, {**facts, "id": effect.id, "instance": effect.instance_id})


def _pass_on(tenant: UUID, key: UUID, cause: UUID) -> None:
    """To each request in a transaction of its own, so that one which cannot take it holds up no other. Raises Retry."""
    with decision(tenant) as db:
        found = db.query(EVENT, {"tenant": tenant, "id": key})
    if not found:
        return
    event, failed = found[0], list[UUID]()
    while waiting := _waiting(tenant, event, failed):
        failed += [one["id"] for one in waiting if not _met(tenant, one, event, cause)]
    if failed:
        raise Retry(f"{len(failed)} requests could not take the event; see the server's log.")


def _waiting(tenant: UUID, event: dict[str, Any], failed: list[UUID]) -> list[dict[str, Any]]:
    """The next that wait for it. Where there are none, it is closed while nobody else can begin to wait."""
    facts = {"tenant": tenant, "name": event["name"], "about": event["about"], "event": event["id"], "failed": failed}
    with decision(tenant) as db:
        _hold(db, tenant, event["name"], event["about"])
        found = db.query(WAITING, {**facts, "batch": BATCH}) or db.query(LATER, facts)
        if not found and not failed:
            db.query(CLOSE, {"tenant": tenant, "id": event["id"]})
    return found


def _met(tenant: UUID, waiting: dict[str, Any], event: dict[str, Any], cause: UUID) -> bool:
    """Whether all is well with it."""
    try:
        with decision(tenant) as db:
            row = runtime.lock(db, tenant, waiting["instance_id"])
            mine = db.query(MET, {"tenant": tenant, "id": waiting["id"]})
            if mine and _receive(db, row, waiting["id"], event, cause):
                db.query(COUNT, {"tenant": tenant, "id": event["id"]})
    except DBAPIError:
        raise
    except Exception:  # a definition that breaks here must not hold up everybody else's requests
        log.exception("event not taken", instance=str(waiting["instance_id"]), event=str(event["id"]))
        return False
    return True


def _receive(db: Db, row: dict[str, Any], expected: UUID, event: dict[str, Any], cause: UUID) -> bool:
    received = Receive(str(expected), event["source"], event["data"], str(event["sent_by"]))
    return runtime.send(db, row, received, replace(runtime.WORKER, cause=cause)).changed


def forget(db: Db) -> None:
    """Remove some of the events that are older than anybody asks for, and of what ended requests had waited for."""
    db.query(FORGET, {"kept": KEPT})
    db.query(FORGET_ENDED)
