"""A call tried from the designer, with made-up data: within seconds, few at a time, in no transaction."""

from threading import BoundedSemaphore
from typing import Any

from app.access.principal import Principal
from app.effects.results import Effect, GiveUp, Retry
from app.outgoing.calls import perform
from app.outgoing.client import Way
from app.store.ids import uuid7
from engine.forms.controls.call import Tried
from engine.placeholders import fill_call
from engine.schemas import validate
from engine.settings import CALL
from engine.stops import Stop
from engine.wording.sentences import sentence

SECONDS, AT_ONCE = 5.0, 2
_way = Way(connect=2.0, total=SECONDS, size=100_000)
_turns = BoundedSemaphore(AT_ONCE)


def tried(who: Principal, call: Any, data: dict[str, Any]) -> Tried:
    """What came of it, in words. The same addresses and secrets are refused as for a request."""
    if wrong := validate(CALL, call):
        return Tried("", f"This call is not complete: {sentence(wrong[0].reason)}", False)
    try:
        filled = fill_call(call, data)
    except Stop as stop:
        return Tried("", sentence(stop.reason), False)
    if not _turns.acquire(blocking=False):
        return Tried("", "Other calls are being tried right now. Try it again in a moment.", False)
    try:
        return _made(who, filled)
    finally:
        _turns.release()


def _made(who: Principal, call: dict[str, Any]) -> Tried:
    sent = f"{call['method']} {call['url']}"
    try:
        done = perform(Effect(uuid7(), who.tenant_id, None, "call", {"call": call}, attempts=1), _way)
    except (GiveUp, Retry) as failed:
        return Tried(sent, str(failed), False)
    return Tried(sent, f"It answered {done.result['status']}.", True, done.result["body"])
