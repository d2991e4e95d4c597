"""The evidence of one request: all that its chain was made of, so that it can be checked without this server.

`signoff/evidence@1` is JSON: the request, the definition's version as published, each event with its hash.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine import json_text
from engine.record.chain import FIELDS, moment_text

FORMAT = "signoff/evidence@1"
CHECK = (
    "Each hash is SHA-256 over the 32 bytes of the hash before (zeros before the first event) and, after "
    "them, the event without its hash as canonical JSON (RFC 8785, UTF-8). "
    "Run: python -m app audit verify --file FILE"
)


class Unreadable(ValueError):
    """Not a file of this format; the message says what is odd."""


@dataclass(frozen=True)
class Evidence:
    """As engine/record/verify.py takes it. name: PUR-12."""

    name: str
    instance: dict[str, Any]
    version: dict[str, Any]
    events: list[dict[str, Any]]


def build(instance: Mapping[Any, Any], version: Mapping[Any, Any], events: Sequence[Mapping[Any, Any]]) -> bytes:
    """instance, version, events: rows of their tables; version with the definition's key and name."""
    return json_text.dumps(
        {
            "format": FORMAT,
            "check": CHECK,
            "request": {
                "id": instance["id"],
                "tenant_id": instance["tenant_id"],
                "prefix": instance["prefix"],
                "number": instance["number"],
                "title": instance["title"],
                "status": instance["status"],
                "seq": instance["seq"],
                "head": bytes(instance["head"]).hex(),
            },
            "definition": {
                "key": version["key"],
                "name": version["name"],
                "number": version["number"],
                "content_hash": bytes(version["content_hash"]).hex(),
                "document": version["document"],
            },
            "events": [{**told(event), "hash": bytes(event["hash"]).hex()} for event in events],
        }
    )


def told(event: Mapping[Any, Any]) -> dict[str, Any]:
    """What of an event is hashed, as JSON-like data."""
    at = event["at"]
    return {
        **{field: event[field] for field in FIELDS},
        "at": moment_text(at) if isinstance(at, datetime) else at,
    }


def record(event: Mapping[Any, Any]) -> bytes:
    """The very bytes that were hashed after the hash before."""
    return json_text.canonical(told(event))


def read(path: Path) -> Evidence:
    """Raises Unreadable."""
    try:
        return _parsed(json_text.loads(path.read_bytes()))
    except OSError as gone:
        raise Unreadable(f"it cannot be read: {gone.strerror}") from gone
    except (KeyError, TypeError, AttributeError, ValueError) as odd:
        raise Unreadable(f"it is not evidence in the format {FORMAT}") from odd


def _parsed(document: dict[str, Any]) -> Evidence:
    if document["format"] != FORMAT or not document["events"]:
        raise ValueError(FORMAT)
    request, definition = dict(document["request"]), dict(document["definition"])
    definition["content_hash"] = bytes.fromhex(definition["content_hash"])
    request |= {"head": bytes.fromhex(request["head"]), "content_hash": definition["content_hash"]}
    events = [{**event, "hash": bytes.fromhex(event["hash"])} for event in document["events"]]
    for event in events:
        record(event)
    return Evidence(f"{request['prefix']}-{request['number']}", request, definition, events)
