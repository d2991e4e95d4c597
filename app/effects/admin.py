"""Effects as an admin sees them: what waits, is being done or was given up; and trying again or letting go.

How an effect is done is in app/effects/work.py. A request that waits for a call is told when somebody gives it up.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Uuid, and_, cast, func, or_, select

from app import instances, runtime
from app.access.permissions import require
from app.access.principal import Principal
from app.audit import tenant_log
from app.effects.work import ANSWERED
from app.errors import Conflict, Invalid, Missing
from app.runtime import Actor, wake
from app.store.db import Db
from app.store.tables import effects, users
from app.store.tables import instances as instance_rows
from app.store.tables.base import linked
from engine.commands import EffectFailed
from engine.events.deliveries import DeliveryDiscarded, DeliveryRetried
from engine.reasons import Reason
from engine.wording.values import called, clean, plain_name

PAGE = 30
LONGEST_REASON = 500
MESSAGES = {
    "decide": "Question",
    "escalated": "Escalated question",
    "timed_out": "Note that time is up",
    "decided": "Decision",
    "changes_requested": "Wish for changes",
    "fill": "Form",
    "told": "Notice",
    "changed": "Note of a change",
    "blocked": "Alarm",
}
EVENTS = {"expect": "Wait for", "offer": "Event"}
STATES = ("waiting", "doing", "dead", "discarded")

_free = or_(effects.c.lease_until.is_(None), effects.c.lease_until < func.clock_timestamp())
_CONDITIONS = {
    "waiting": and_(effects.c.status == "pending", _free),
    "doing": and_(effects.c.status == "pending", effects.c.lease_until >= func.clock_timestamp()),
    "dead": effects.c.status == "dead",
    "discarded": effects.c.status == "discarded",
}
_shown = (
    select(
        effects,
        _free.label("free"),
        instance_rows.c.title,
        instance_rows.c.prefix,
        instance_rows.c.number,
        instance_rows.c.ended_at,
        users.c.name.label("person"),
    )
    .outerjoin(instance_rows, linked(instance_rows.c.id, effects.c.instance_id))
    .outerjoin(
        users, (users.c.tenant_id == effects.c.tenant_id) & (users.c.id == cast(effects.c.payload["to"].astext, Uuid))
    )
)
_NOTE = """
    history = coalesce(history, '[]'::jsonb) || jsonb_build_array(jsonb_build_object(
        'attempt', attempts, 'at', clock_timestamp(), 'error', %(note)s::text))
"""
_WHERE = """
WHERE id = %(id)s AND tenant_id = %(tenant)s AND status IN ('pending', 'dead')
      AND (lease_until IS NULL OR lease_until < clock_timestamp()) RETURNING kind, status
"""
# Attempts count anew after the last one, and so does the wait between them.
AGAIN = f"""
UPDATE effects SET status = 'pending', next_attempt_at = clock_timestamp(), finished_at = NULL,
    lease_until = NULL, attempts = CASE WHEN status = 'dead' THEN 0 ELSE attempts END, {_NOTE} {_WHERE}
"""  # noqa: S608 - only the fixed parts above are put into the text
DISCARD = f"""
UPDATE effects SET status = 'discarded', finished_at = clock_timestamp(), lease_until = NULL, {_NOTE} {_WHERE}
"""  # noqa: S608 - as above


def list_effects(db: Db, principal: Principal, state: str, before: UUID | None = None) -> Sequence[Row[Any]]:
    """Newest first, one page and one row more. `state`: one of STATES."""
    require(principal, "effect:manage")
    query = _shown.where(effects.c.tenant_id == principal.tenant_id, _CONDITIONS[state])
    if before:
        query = query.where(effects.c.id < before)
    return db.execute(query.order_by(effects.c.id.desc()).limit(PAGE + 1)).all()


def count(db: Db, principal: Principal) -> dict[str, int]:
    """How many there are in each of STATES."""
    counted = [func.count().filter(condition).label(state) for state, condition in _CONDITIONS.items()]
    query = select(*counted).where(effects.c.tenant_id == principal.tenant_id, effects.c.status != "done")
    return dict(db.execute(query).one()._mapping)


def get(db: Db, principal: Principal, effect_id: UUID) -> Row[Any]:
    require(principal, "effect:manage")
    row = db.execute(_shown.where(effects.c.tenant_id == principal.tenant_id, effects.c.id == effect_id)).first()
    if row is None:
        raise Missing("There is no such effect.")
    return row


def subject(row: Row[Any]) -> str:
    """What it is about, in a line."""
    payload = row.payload
    if row.kind == "notify":
        what = MESSAGES.get(payload["message"], plain_name(payload["message"]).capitalize())
        return f"{what} to {clean(row.person or 'somebody who left', 80)}"
    if row.kind in ANSWERED:
        return f"{'Undo: ' if row.kind == 'undo' else ''}{called(payload['call'])}"
    if row.kind == "hand_on":
        return f"What waits for {clean(row.person or 'somebody who left', 80)}, to others"
    if row.kind in EVENTS:
        return f"{EVENTS[row.kind]} “{payload['name']}” about “{clean(payload['about'] or '(erased)', 80)}”"
    return plain_name(row.kind).capitalize()


def errors(row: Row[Any]) -> list[dict[str, Any]]:
    """The attempts that failed and what was done about it, newest first."""
    found = [{**entry, "at": datetime.fromisoformat(entry["at"])} for entry in row.history or []]
    return list(reversed(found))


def is_needed(row: Row[Any]) -> bool:
    """Whether a request waits for an event that only this lets it find."""
    return row.kind == "expect" and row.ended_at is None


def retry(db: Db, principal: Principal, effect_id: UUID, actor: Actor) -> None:
    """Do it now. Raises Conflict where that cannot help."""
    row = get(db, principal, effect_id)
    retried = DeliveryRetried(str(effect_id), subject(row))
    if row.status == "dead" and row.kind == "call":
        raise Conflict("The request took its way for failed calls when this one was given up.")
    if row.status == "dead" and row.kind == "undo":
        instances.retry(db, principal, row.instance_id, actor)
        _change(db, DISCARD, row, f"Tried again by {principal.name}, as a new call")
        tenant_log.note(db, row.tenant_id, principal, retried, row.instance_id)
        return
    _change(db, AGAIN, row, f"Tried again by {principal.name}")
    queue = wake.SLOW_QUEUE if row.kind == "report" else wake.QUEUE
    db.after_commit(lambda: wake.workers(row.tenant_id, [effect_id], queue))
    tenant_log.note(db, row.tenant_id, principal, retried, row.instance_id)


def discard(db: Db, principal: Principal, effect_id: UUID, reason: str, actor: Actor) -> None:
    """Let it go. A request that still waits for it goes on as after the last failed attempt."""
    row = get(db, principal, effect_id)
    told = clean(reason, LONGEST_REASON)
    if not told:
        raise Invalid.because("/reason", Reason("reason"))
    if is_needed(row):
        raise Conflict("The request would wait for ever. Try again, or cancel the request first.")
    waited_for = row.status == "pending" and row.kind in ANSWERED and row.instance_id
    instance = runtime.lock(db, row.tenant_id, row.instance_id) if waited_for else None
    _change(db, DISCARD, row, f"Discarded by {principal.name}: {told}")
    if instance:
        failed = EffectFailed(str(effect_id), f"Given up by {principal.name}: {told}")
        runtime.send(db, instance, failed, actor)
    discarded = DeliveryDiscarded(str(effect_id), subject(row), told)
    tenant_log.note(db, row.tenant_id, principal, discarded, row.instance_id)


def _change(db: Db, statement: str, row: Row[Any], note: str) -> None:
    if not db.query(statement, {"id": row.id, "tenant": row.tenant_id, "note": note}):
        raise Conflict("It is being done right now, or was finished meanwhile. Look again in a moment.")
