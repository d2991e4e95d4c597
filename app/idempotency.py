"""Idempotency-Key: the same key and body of the same caller get the stored answer, written with the command itself.

So a caller who never saw the answer (a lost connection, a killed server) may ask again without doing it twice.
"""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.access.principal import Principal
from app.errors import Conflict, Invalid
from app.store.db import Db
from app.store.tables import idempotency_keys as keys
from engine.json_text import canonical, dumps

MAX_KEY = 255
KEPT = timedelta(hours=24)
BUSY = "The same call is being done right now. Ask again in a moment."
# Few enough at a time to hold nobody up.
FORGET = """
DELETE FROM idempotency_keys WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM idempotency_keys WHERE created_at < clock_timestamp() - %(kept)s LIMIT 1000
))
"""

Answer = tuple[int, Struct]


class Written(NamedTuple):
    """body: JSON text. replayed: it was done before, and this is the answer of that time."""

    status: int
    body: bytes
    replayed: bool = False


def once(db: Db, principal: Principal, key: str | None, call: str, body: Any, act: Callable[[], Answer]) -> Written:
    """Runs `act` unless this key was used before. `call`: method and path, part of what must be the same.

    Raises Conflict while the same key is being worked on, Invalid where it was used for something else.
    A refusal is not kept: the same key may be used again once what was wrong is mended.
    """
    if key is None:
        return _written(act())
    if not 0 < len(key) <= MAX_KEY:
        raise Invalid(f"The header Idempotency-Key has 1 to {MAX_KEY} characters.")
    whose = str(principal.key_id or principal.user_id)
    fingerprint = sha256(call.encode() + b"\n" + canonical(body)).digest()
    place = (keys.c.tenant_id == principal.tenant_id, keys.c.principal == whose, keys.c.key == key)
    _hold(db, f"{principal.tenant_id} {whose} {key}")
    known = db.execute(select(keys).where(*place)).first()
    if known is not None:
        if bytes(known.fingerprint) != fingerprint:
            raise Invalid("This Idempotency-Key was used for another call. Use a new key for a new call.")
        return Written(known.status, known.body.encode(), replayed=True)
    written = _written(act())
    row = {"tenant_id": principal.tenant_id, "principal": whose, "key": key, "fingerprint": fingerprint}
    db.execute(insert(keys).values(**row, status=written.status, body=written.body.decode()))
    return written


def _hold(db: Db, name: str) -> None:
    """Until the transaction ends. What two calls with one key find must not depend on which row they lock first."""
    number = int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)
    if not db.execute(select(func.pg_try_advisory_xact_lock(number))).scalar_one():
        raise Conflict(BUSY)


def _written(answer: Answer) -> Written:
    return Written(answer[0], dumps(answer[1]))


def forget(db: Db) -> None:
    """Remove some of the keys that nobody will come back for."""
    db.query(FORGET, {"kept": KEPT})
