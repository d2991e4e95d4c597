"""Selective disclosure: what is hashed of a personal value is a salted digest, so that value and salt can be erased.

Each event has a random key; the salt of a value is derived from the key and the value's place. When a value is erased,
the key goes with it and the salts of the values that stay are kept one by one (`erased`): nobody can try out what the
erased value was, and the rest of the event still verifies.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from engine import json_text
from engine.record.fields import split

Event = Mapping[str, Any]
KEY_BYTES = SALT_BYTES = 16


def salt(key: bytes, pointer: str) -> bytes:
    return sha256(key + pointer.encode()).digest()[:SALT_BYTES]


def digest(salt_: bytes, text: bytes) -> str:
    """`text`: the value's canonical JSON."""
    return sha256(salt_ + text).hexdigest()


def disclosed(event: Event) -> dict[str, tuple[bytes, bytes]]:
    """Salt and canonical JSON of each personal value that is still there, by pointer."""
    erased = event["erased"]
    _, values = split(event, erased["gone"] if erased else ())
    return _salted(event, values)


def _salted(event: Event, values: Mapping[str, Any]) -> dict[str, tuple[bytes, bytes]]:
    if event["erased"]:
        salts = event["erased"]["salts"]
        return {at: (bytes.fromhex(salts.get(at, "")), json_text.canonical(value)) for at, value in values.items()}
    key = bytes(event["key"] or b"")
    return {at: (salt(key, at), json_text.canonical(value)) for at, value in values.items()}


def sealed(event: Event) -> tuple[dict[str, Any], dict[str, str]]:
    """The data as it is hashed, without personal values, and the digests that stand for those."""
    gone = event["erased"]["gone"] if event["erased"] else {}
    plain, values = split(event, gone)
    digests = {at: digest(*found) for at, found in _salted(event, values).items()}
    return plain, {at: told["digest"] for at, told in gone.items()} | digests


def without(event: Event, pointers: set[str], by: int, at: str) -> dict[str, Any]:
    """`erased` of an event as it is once these values are gone too. by, at: the tenant's event that says so."""
    before = event["erased"] or {"gone": {}, "salts": {}}
    values = disclosed(event)
    gone = {
        pointer: {"digest": digest(*values[pointer]), "by": by, "at": at}
        for pointer in sorted(pointers & values.keys())
    }
    kept = {pointer: salt_.hex() for pointer, (salt_, _) in values.items() if pointer not in pointers}
    return {"gone": before["gone"] | gone, "salts": kept}
