"""The hash chain: each event's hash is SHA-256 over the hash before and the event's record, canonical JSON (RFC 8785).

A request has a chain of its own; what happens outside requests is the chain of the tenant, under the tenant's id.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from engine import json_text
from engine.record.disclosure import sealed

GENESIS = bytes(32)
# Taken over as they are, in the words of the table.
_COLUMNS = ("seq", "tenant_id", "type", "actor_kind", "actor_id", "source", "causation_id")


def moment_text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def event_id(chain: Any, seq: int) -> str:
    """Unique everywhere, and says where to look."""
    return f"{chain}:{seq}"


def body(event: Mapping[str, Any]) -> dict[str, Any]:
    """What is hashed of an event, before it is text. `event`: a row of the events table."""
    plain, digests = sealed(event)
    told = {column: event[column] for column in _COLUMNS}
    at = event["at"]
    told |= {
        "v": event["v"],
        "chain": event["instance_id"],
        "correlation_id": event["correlation_id"] or event["instance_id"],
        "at": moment_text(at) if isinstance(at, datetime) else at,
        "data": plain,
        "digests": digests,
    }
    if "/actor_name" not in digests:
        told["actor_name"] = event["actor_name"]
    return told


def record(event: Mapping[str, Any]) -> bytes:
    """The very bytes that are hashed after the hash before."""
    return json_text.canonical(body(event))


def seal(before: bytes, told: Mapping[str, Any]) -> bytes:
    """`told`: as `body` makes it."""
    return sha256(before + json_text.canonical(told)).digest()


def link(before: bytes, event: Mapping[str, Any]) -> bytes:
    return seal(before, body(event))
