"""Identifiers without chance: the same instance, place and moment give the same UUIDv7 (RFC 9562)."""

from datetime import datetime
from hashlib import blake2b
from uuid import UUID


def from_parts(milliseconds: int, tail: bytes) -> UUID:
    """A version 7 UUID of a Unix time and ten bytes, of which 74 bits are used."""
    low = int.from_bytes(tail[:10], "big")
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | (low >> 62 & 0xFFF) << 64
    return UUID(int=value | 0b10 << 62 | low & 0x3FFF_FFFF_FFFF_FFFF)


def prefix(now: datetime) -> str:
    """The part of all derived ids that says when."""
    text = f"{int(now.timestamp() * 1000) & 0xFFFF_FFFF_FFFF:012x}"
    return f"{text[:8]}-{text[8:]}-7"


def derive(prefix: str, instance: str, place: str) -> str:
    """Cut out of the digest's text: numbers and UUID objects on the way would cost more than all of the rest."""
    tail = blake2b(f"{instance}/{place}".encode(), digest_size=10).hexdigest()
    return f"{prefix}{tail[:3]}-{_VARIANT[tail[3]]}{tail[4:7]}-{tail[7:19]}"


# The two bits of a UUID's variant in front of two of a digit's four.
_VARIANT = {f"{digit:x}": f"{0b1000 | digit & 0b11:x}" for digit in range(16)}
