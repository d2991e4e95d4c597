"""The hash chain of an instance's events: SHA-256 over the hash before and the event's canonical JSON (RFC 8785)."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from engine import json_text

GENESIS = bytes(32)
# What is hashed, in the words of the exported evidence. `data` is the event's own.
FIELDS = tuple("instance_id seq tenant_id type at actor_kind actor_id actor_name source address agent data".split())


def moment_text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def link(before: bytes, event: dict[str, Any]) -> bytes:
    """`event`: a row of the events table, or the same fields out of an export."""
    told = {field: event[field] for field in FIELDS}
    if isinstance(told["at"], datetime):
        told["at"] = moment_text(told["at"])
    return seal(before, told)


def seal(before: bytes, told: dict[str, Any]) -> bytes:
    """`told`: FIELDS and nothing else, its moment as text."""
    return sha256(before + json_text.canonical(told)).digest()
