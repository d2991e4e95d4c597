"""Idempotency-Key: the same key and body of the same caller get the stored answer, written with the command itself.

So a caller who never saw the answer (a lost connection, a killed server) may ask again without doing it twice.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.codec import canonical, dumps
from app.db import Db
from app.errors import Conflict, Invalid
from app.principal import Principal
from app.tables import idempotency_keys as keys

MAX_KEY = 255

Answer = tuple[int, Any]
Written = tuple[int, bytes]


def once(
    db: Db, principal: Principal, key: str | None, call: str, body: Any, act: Callable[[], Answer]
) -> Written:
    """Status and JSON text. Runs `act` unless this key was used before; then the text is the one of that time. `call`: method and path, part of what must be the same."""
    if key is None:
        return _written(act())
    if not 0 < len(key) <= MAX_KEY:
        raise Invalid(f"The header Idempotency-Key has 1 to {MAX_KEY} characters.")
    whose = str(principal.key_id or principal.user_id)
    fingerprint = sha256(call.encode() + b"\n" + canonical(body)).digest()
    place = (keys.c.tenant_id == principal.tenant_id, keys.c.principal == whose, keys.c.key == key)
    known = db.execute(select(keys).where(*place)).first()
    if known is not None:
        if bytes(known.fingerprint) != fingerprint:
            raise Invalid("This Idempotency-Key was used for another call. Use a new key for a new call.")
        return known.status, known.body.encode()
    status, body_text = _written(act())
    row = {"tenant_id": principal.tenant_id, "principal": whose, "key": key, "fingerprint": fingerprint}
    made = (
        insert(keys)
        .values(**row, status=status, body=body_text.decode())
        .on_conflict_do_nothing()
        .returning(keys.c.key)
    )
    if db.execute(made).first() is None:
        raise Conflict("The same call is being done right now. Ask again in a moment.")
    return status, body_text


def _written(answer: Answer) -> Written:
    return answer[0], dumps(answer[1])
