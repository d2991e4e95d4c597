"""Doing what the engine asked for: claim with a lease, do it outside any transaction, record the result once.

A worker that dies leaves a lease that runs out; one that comes back late finds that its token is no longer the row's.
Attempts are counted at the claim, so an effect that kills its worker is dead after its last try, like any other.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from importlib import import_module
from threading import Event, Thread
from typing import Any, TypeVar
from uuid import UUID, uuid4

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError

from app import runtime
from app.config import settings
from app.effects.results import Done, Effect, GiveUp, Retry
from app.outgoing.shares import Shares
from app.store.db import Db, transaction
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
}
# Kinds whose result the instance waits for.
ANSWERED = {"call", "undo"}
FIRST_RETRY_SECONDS = 120.0
LONGEST_RETRY = timedelta(hours=12)
# Seconds between tries to tell the database, when it does not answer.
PAUSES = (0.2, 1.0, 3.0)

CLAIM = """
UPDATE effects SET attempts = attempts + (lease_token IS DISTINCT FROM %(token)s)::int, lease_token = %(token)s,
       lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
WHERE id = %(id)s AND status = 'pending' AND next_attempt_at <= clock_timestamp()
      AND (lease_until IS NULL OR lease_until < clock_timestamp() OR lease_token = %(token)s)
RETURNING id, tenant_id, instance_id, kind, payload, attempts, max_attempts
"""
RENEW = """
UPDATE effects SET lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
WHERE id = %(id)s AND lease_token = %(token)s AND status = 'pending'
"""
PUT_BACK = """
UPDATE effects SET lease_until = NULL, lease_token = NULL, attempts = attempts - 1
WHERE id = %(id)s AND lease_token = %(token)s AND status = 'pending'
"""
DONE = """
UPDATE effects SET status = 'done', finished_at = clock_timestamp(), lease_until = NULL
WHERE id = %(id)s AND lease_token = %(token)s AND status = 'pending' RETURNING id
"""
FAILED = """
UPDATE effects SET lease_until = NULL, status = CASE WHEN %(dead)s THEN 'dead' ELSE 'pending' END,
       finished_at = CASE WHEN %(dead)s THEN clock_timestamp() END,
       next_attempt_at = clock_timestamp() + make_interval(secs => %(wait)s),
       history = coalesce(history, '[]'::jsonb) || jsonb_build_array(jsonb_build_object(
           'attempt', attempts, 'at', clock_timestamp(), 'error', %(error)s::text))
WHERE id = %(id)s AND lease_token = %(token)s AND status = 'pending' RETURNING id
"""


def run(effect_id: UUID) -> None:
    """One attempt. A duplicate message finds the row claimed, done or parked and does nothing."""
    if _shares().is_parked(effect_id):
        return
    _run(effect_id)
    while following := _shares().following():
        _run(following)


@cache
def _shares() -> Shares:
    return Shares(settings().worker_threads)


def _run(effect_id: UUID) -> None:
    token = uuid4()
    claimed = _surely(lambda: _claim(effect_id, token))
    if claimed is None:
        return
    effect, last = claimed
    if effect.kind not in ANSWERED:
        _attempt(effect, last, token)
    elif _shares().take(effect.id, effect.tenant_id):
        try:
            _attempt(effect, last, token)
        finally:
            _shares().give_back(effect.tenant_id)
    else:
        _surely(lambda: _put_back(effect, token))
        _shares().park(effect.id, effect.tenant_id)


def _put_back(effect: Effect, token: UUID) -> None:
    with transaction() as db:
        db.query(PUT_BACK, {"id": effect.id, "token": token})


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
        with _lease_kept(effect, token):
            done = _perform(effect)
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


def _claim(effect_id: UUID, token: UUID) -> tuple[Effect, int] | None:
    with transaction() as db:
        rows = db.query(CLAIM, {"id": effect_id, "token": token, "lease": settings().lease_seconds})
    if not rows:
        return None
    last = rows[0].pop("max_attempts")
    return Effect(**rows[0]), last


def _perform(effect: Effect) -> Done:
    perform: Callable[[Effect], Done] = import_module(PERFORMERS[effect.kind]).perform
    return perform(effect)


@contextmanager
def _lease_kept(effect: Effect, token: UUID) -> Iterator[None]:
    """Long work keeps its claim; work that was lost to another worker is not told, its result is refused."""
    over = Event()
    lease = settings().lease_seconds

    def renew() -> None:
        while not over.wait(lease / 3):
            try:
                with transaction() as db:
                    db.query(RENEW, {"id": effect.id, "token": token, "lease": lease})
            except DBAPIError as lost:
                log.warning("lease not renewed", effect=str(effect.id), error=type(lost).__name__)

    keeper = Thread(target=renew, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()


def _succeeded(effect: Effect, token: UUID, done: Done) -> None:
    with transaction() as db:
        instance = _lock_instance(db, effect)
        if not db.query(DONE, {"id": effect.id, "token": token}):
            log.warning("late result refused", effect=str(effect.id))
            return
        if done.record:
            done.record(db)
        if instance:
            runtime.send(db, instance, EffectSucceeded(str(effect.id), _fit(done.result)), runtime.WORKER)


def _failed(effect: Effect, token: UUID, error: str, *, dead: bool, after: timedelta | None = None) -> None:
    wait = after if after is not None else _back_off(effect)
    log.warning("effect failed", effect=str(effect.id), kind=effect.kind, attempt=effect.attempts, dead=dead)
    facts = {"id": effect.id, "token": token, "dead": dead, "wait": wait.total_seconds(), "error": error[:2000]}

    def record() -> None:
        with transaction() as db:
            instance = _lock_instance(db, effect)
            if db.query(FAILED, facts) and dead and instance:
                runtime.send(db, instance, EffectFailed(str(effect.id), error[:500]), runtime.WORKER)

    _surely(record)


def _lock_instance(db: Db, effect: Effect) -> dict[str, Any] | None:
    """The instance before the effect, in every transaction: one lock order."""
    return runtime.lock(db, effect.instance_id) if effect.kind in ANSWERED and effect.instance_id else None


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
