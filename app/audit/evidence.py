"""The evidence of one request: all that its chain was made of, so that it can be checked without this server.

`signoff/evidence@1` is JSON: the request, the definition's version as published, each event with its hash and record.
engine/record/offline.py reads it, and needs nothing else of ours.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from engine.json_text import canonical, dumps
from engine.record.chain import GENESIS, event_id, moment_text, record
from engine.record.disclosure import disclosed
from engine.record.offline import FORMAT

CHECK = "python verify.py FILE, with the program that is attached to the report; it needs Python alone and says how."


def build(instance: Mapping[Any, Any], version: Mapping[Any, Any], events: Iterable[Mapping[Any, Any]]) -> bytes:
    """instance, version, events: rows of their tables; version with the definition's key and name."""
    request = {name: instance[name] for name in ("id", "tenant_id", "prefix", "number", "title", "status", "seq")}
    definition = {name: version[name] for name in ("key", "name", "number")}
    document = canonical(version["document"]).decode()
    before, shown = GENESIS, []
    for event in events:
        shown.append(exported(event, before))
        before = bytes(event["hash"])
    return dumps(
        {
            "format": FORMAT,
            "check": CHECK,
            "request": request | {"head": bytes(instance["head"]).hex()},
            "definition": definition | {"content_hash": bytes(version["content_hash"]).hex(), "document": document},
            "events": shown,
        }
    )


def exported(event: Mapping[Any, Any], before: bytes) -> dict[str, Any]:
    """An event as people and programs read it, and what it takes to check it. before: the hash before."""
    gone = event["erased"]["gone"] if event["erased"] else {}
    return {
        "id": event_id(event["instance_id"], event["seq"]),
        "chain": str(event["instance_id"]),
        "seq": event["seq"],
        "at": moment_text(event["at"]),
        "type": event["type"],
        "actor": event["actor_name"] or None,
        "address": event["address"],
        "agent": event["agent"],
        "data": event["data"],
        "hash": bytes(event["hash"]).hex(),
        "previous_hash": before.hex(),
        "record": record(event).decode(),
        "disclosed": {place: [salt.hex(), text.decode()] for place, (salt, text) in disclosed(event).items()},
        "erased": {place: {"by": told["by"], "at": told["at"]} for place, told in gone.items()},
    }
