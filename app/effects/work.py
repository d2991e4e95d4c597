"""Doing what the engine asked for: claim with a lease, do it outside any transaction, record the result once.

A worker that dies leaves a lease that runs out; one that comes back late finds that its token is no longer the row's.
Attempts are counted at the claim, so an effect that kills its worker is dead after its last try, like any other.
Messages at their first attempt are claimed several at once; whatever failed before, and every call, is claimed alone.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from importlib import import_module
from threading import Event
from types import SimpleNamespace
from typing import Any, TypeVar
from uuid import UUID, uuid4

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError

from app import runtime
from app.config import settings
from app.effects.leases import keeper
from app.effects.results import Done, Effect, GiveUp, Retry
from app.messages import context
from app.outgoing.shares import Shares
from app.store.db import Db, decision, statement
from engine.commands import EffectFailed, EffectSucceeded
from engine.json_text import Unfit, dumps, normal

log = structlog.get_logger()
T = TypeVar("T")

# Where each kind of effect is done; imported on first use, so that a worker without reports needs no PDF library.
PERFORMERS = {
    "notify": "app.messages.notify",
    "invitation": "app.messages.invitation",
    "call": "app.outgoing.calls",
    "undo": "app.outgoing.calls",
    "report": "app.reports.jobs",
    "hand_on": "app.people.departures",
    "expect": "app.external_events",
    "offer": "app.external_events",
}
# Kinds whose result the instance waits for.
ANSWERED = {"call", "undo"}
FIRST_RETRY_SECONDS = 120.0
LONGEST_RETRY = timedelta(hours=12)
# Seconds between tries to tell the database, when it does not answer.
PAUSES = (0.2, 1.0, 3.0)

# Rows that another worker is just claiming are its own. What is asked again with the same token is the same claim.
_CLAIM = """
UPDATE effects SET attempts = attempts + (lease_token IS DISTINCT FROM %(token)s)::int, lease_token = %(token)s,
       lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
WHERE tenant_id = %(tenant)s AND id IN (
    SELECT e.id FROM effects e JOIN jsonb_to_recordset(%(asked)s::jsonb) AS a(id uuid) ON a.id = e.id
    WHERE e.tenant_id = %(tenant)s AND e.status = 'pending' AND e.next_attempt_at <= clock_timestamp()
      AND (e.lease_until IS NULL OR e.lease_until < clock_timestamp() OR e.lease_token = %(token)s)
      AND (%(alone)s OR e.kind = 'notify' AND (e.attempts = 0 OR e.lease_token = %(token)s))
    FOR UPDATE OF e SKIP LOCKED)
RETURNING id, tenant_id, instance_id, kind, payload, attempts, max_attempts
"""
# With what a message needs to know, in the same turn to the database.
CLAIM = f"""
WITH claimed AS ({_CLAIM}), wanted AS (
    SELECT id AS wanted, tenant_id AS tenant, instance_id AS instance,
           (payload->>'to')::uuid AS person, (payload->>'task')::uuid AS task
    FROM claimed WHERE kind = 'notify')
SELECT known.*, claimed.* FROM claimed LEFT JOIN ({context.FACTS}) known ON known.wanted = claimed.id
"""  # noqa: S608 two constants
PUT_BACK = """
UPDATE effects SET lease_until = NULL, lease_token = NULL, attempts = attempts - 1
WHERE tenant_id = %(tenant)s AND id = %(id)s AND lease_token = %(token)s AND status = 'pending'
"""
DONE = """
UPDATE effects SET status = 'done', finished_at = clock_timestamp(), lease_until = NULL
WHERE tenant_id = %(tenant)s AND id = %(id)s AND lease_token = %(token)s AND status = 'pending' RETURNING id, tenant_id
"""
FAILED = """
UPDATE effects SET lease_until = NULL, status = CASE WHEN %(dead)s THEN 'dead' ELSE 'pending' END,
       finished_at = CASE WHEN %(dead)s THEN clock_timestamp() END,
       next_attempt_at = clock_timestamp() + make_interval(secs => %(wait)s),
       history = coalesce(history, '[]'::jsonb) || jsonb_build_array(jsonb_build_object(
           'attempt', attempts, 'at', clock_timestamp(), 'error', %(error)s::text))
WHERE tenant_id = %(tenant)s AND id = %(id)s AND lease_token = %(token)s AND status = 'pending' RETURNING id
"""


def run(tenant_id: UUID, *effect_ids: UUID) -> None:
    """One attempt at each. A duplicate message finds the row claimed, done or parked and does nothing."""
    _run(tenant_id, [effect_id for effect_id in effect_ids if not _shares().is_parked(effect_id)])
    while following := _shares().following():
        call, owner = following
        _run(owner, [call])


@cache
def _shares() -> Shares:
    return Shares(settings().worker_threads)


def _run(tenant_id: UUID, effect_ids: Sequence[UUID]) -> None:
    token = uuid4()
    claimed = _surely(lambda: _claim(tenant_id, effect_ids, token)) if effect_ids else []
    with keeper.holding(tenant_id, [effect.id for effect, _ in claimed], token):
        for effect, last in claimed:
            if effect.kind in ANSWERED:
                _attempt_in_turn(effect, last, token)
            else:
                _attempt(effect, last, token)
    if len(effect_ids) > 1:
        for alone in set(effect_ids) - {effect.id for effect, _ in claimed}:
            _run(tenant_id, [alone])


def _attempt_in_turn(effect: Effect, last: int, token: UUID) -> None:
    """A call, where its tenant has a share of the threads left; else it is put back and waits for one."""
    if _shares().take(effect.id, effect.tenant_id):
        try:
            _attempt(effect, last, token)
        finally:
            _shares().give_back(effect.tenant_id)
    else:
        keeper.release(effect.id)
        _surely(lambda: statement(effect.tenant_id, PUT_BACK, _row(effect, token)))
        _shares().park(effect.id, effect.tenant_id)


def _attempt(effect: Effect, last: int, token: UUID) -> None:
    if effect.attempts > last:
        _failed(
            effect,
            token,
            "Every attempt ended without an answer, as if the worker had died on it.",
            dead=True,
        )
        return
    try:
        try:
            done = _performer(effect.kind).perform(effect)
        finally:
            keeper.release(effect.id)
    except GiveUp as refused:
        _failed(effect, token, str(refused), dead=True)
    except Retry as failed:
        _failed(effect, token, str(failed), dead=effect.attempts >= last, after=failed.after)
    except DBAPIError:
        raise
    except Exception as broken:  # one bad effect must not take its worker along; it is kept with its error
        log.exception("effect failed", effect=str(effect.id), kind=effect.kind)
        _failed(effect, token, f"{type(broken).__name__}: {broken}"[:500], dead=effect.attempts >= last)
    else:
        _surely(lambda: _succeeded(effect, token, done))


def _surely(act: Callable[[], T]) -> T:
    """A commit whose answer was lost may have happened: asked again with the same token, it changes nothing twice."""
    for pause in PAUSES:
        try:
            return act()
        except OperationalError as lost:
            log.warning("database lost, trying again", error=str(lost.orig)[:200])
            Event().wait(pause)
    return act()


def _row(effect: Effect, token: UUID) -> dict[str, Any]:
    return {"tenant": effect.tenant_id, "id": effect.id, "token": token}


def _claim(tenant_id: UUID, effect_ids: Sequence[UUID], token: UUID) -> list[tuple[Effect, int]]:
    """Those that are ours now, each with how many attempts it has."""
    asked = dumps([{"id": effect_id} for effect_id in effect_ids]).decode()
    facts = {"tenant": tenant_id, "asked": asked, "token": token, "lease": settings().lease_seconds}
    rows = statement(tenant_id, CLAIM, {**facts, "alone": len(effect_ids) == 1})
    return [(_effect(row), row["max_attempts"]) for row in rows]


def _effect(row: dict[str, Any]) -> Effect:
    own = {name: row[name] for name in ("id", "tenant_id", "instance_id", "kind", "payload", "attempts")}
    return Effect(**own, facts=SimpleNamespace(**row) if row["wanted"] else None)


def _performer(kind: str) -> Any:
    return import_module(PERFORMERS[kind])


def _succeeded(effect: Effect, token: UUID, done: Done) -> None:
    part, values = done.kept or ("", {})
    sql = f"WITH done AS ({DONE}), kept AS ({part}) SELECT id FROM done" if part else DONE  # noqa: S608 constants
    facts = {**_row(effect, token), **values}
    alone = effect.kind not in ANSWERED and not done.record
    counted = bool(statement(effect.tenant_id, sql, facts)) if alone else _recorded(effect, done, sql, facts)
    if not counted:
        log.warning("late result refused", effect=str(effect.id))


def _recorded(effect: Effect, done: Done, sql: str, facts: dict[str, Any]) -> bool:
    with decision(effect.tenant_id) as db:
        instance = _lock_instance(db, effect)
        if not db.query(sql, facts):
            return False
        if done.record:
            done.record(db)
        if instance:
            runtime.send(db, instance, EffectSucceeded(str(effect.id), _fit(done.result)), _worker(effect))
    return True


def _failed(effect: Effect, token: UUID, error: str, *, dead: bool, after: timedelta | None = None) -> None:
    wait = after if after is not None else _back_off(effect)
    log.warning("effect failed", effect=str(effect.id), kind=effect.kind, attempt=effect.attempts, dead=dead)
    facts = {**_row(effect, token), "dead": dead, "wait": wait.total_seconds(), "error": error[:2000]}

    def record() -> None:
        with decision(effect.tenant_id) as db:
            instance = _lock_instance(db, effect)
            if db.query(FAILED, facts) and dead and instance:
                runtime.send(db, instance, EffectFailed(str(effect.id), error[:500]), _worker(effect))

    _surely(record)


def _worker(effect: Effect) -> runtime.Actor:
    return replace(runtime.WORKER, cause=effect.id)


def _lock_instance(db: Db, effect: Effect) -> dict[str, Any] | None:
    """The instance before the effect, in every transaction: one lock order."""
    return (
        runtime.lock(db, effect.tenant_id, effect.instance_id)
        if effect.kind in ANSWERED and effect.instance_id
        else None
    )


def _back_off(effect: Effect) -> timedelta:
    first = float(effect.payload.get("first", FIRST_RETRY_SECONDS)) * settings().retry_factor
    jitter = 1 + random.random() / 10  # noqa: S311 - spreads retries, guards nothing
    return min(timedelta(seconds=first * 2 ** (effect.attempts - 1) * jitter), LONGEST_RETRY)


def _fit(result: dict[str, Any]) -> Any:
    """An answer as it can be kept in an event: exact numbers, or its text where there are none."""
    try:
        return normal(result)
    except Unfit:
        return {"text": dumps(result).decode(errors="replace").replace("\\u0000", "")[:10_000]}
