"""Definitions for programs: publish one as its newest version, read one back."""

from typing import Any

from litestar import Response
from litestar.params import FromPath, RawBody

from app import definitions
from app.access.permissions import require
from app.access.principal import Principal
from app.api.handlers import answered, answering, calls, told
from app.api.operation import Call
from app.api.request import inside, query
from app.api.schema_parts import ANY_OBJECT, WORDS, body, shape
from app.store.db import Db, transaction
from app.web.request import Asked, principal
from app.web.routes import get

MAX_BODY = 1024 * 1024
# The least that asks somebody: a form of two fields, the requester's manager, two ends.
LEAVE = {
    "format": "signoff/definition@1",
    "key": "leave",
    "name": "Leave",
    "title": "{days} days from {first_day}",
    "data": {
        "type": "object",
        "properties": {
            "first_day": {"type": "string", "format": "date", "title": "First day"},
            "days": {"type": "number", "exclusiveMinimum": 0, "title": "Working days"},
        },
        "required": ["first_day", "days"],
    },
    "start": "request",
    "steps": {
        "request": {"type": "start", "name": "Leave form", "outcomes": {"submitted": "manager"}},
        "manager": {
            "type": "approval",
            "name": "Manager",
            "levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}],
            "timeout": {"after": "P5D", "then": "escalate"},
            "outcomes": {"approved": "approved", "rejected": "rejected", "changes_requested": "request"},
        },
        "approved": {"type": "end", "name": "Approved", "status": "approved"},
        "rejected": {"type": "end", "name": "Rejected", "status": "rejected"},
    },
}
PUBLISH = Call(
    "Publish a definition",
    shape(key=WORDS, version={"type": "integer"}, contentHash=WORDS),
    "As the newest version of its key; the same content again makes no new version. "
    "What a definition may hold is at /schemas/definition-1.json.",
    body=body(
        {"document": LEAVE, "note": "First version"},
        ("document",),
        document=ANY_OBJECT,
        note={"type": "string", "maxLength": 500},
    ),
    needs="definition:publish",
)
SHOW = Call(
    "A definition's document",
    shape(key=WORDS, version={"type": "integer"}, document=ANY_OBJECT),
    query={"version": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "description": "The newest without it."}},
    may_miss=True,
)


@answering("/api/definitions", status_code=201, call=PUBLISH)
def publish(request: Asked, body: RawBody) -> Response[Any]:
    def act(db: Db, who: Principal, asked: dict[str, Any]) -> tuple[int, Any]:
        with inside("/document"):
            row = definitions.publish(db, who, asked["document"], asked.get("note", ""))
        return 201, {"key": row.document["key"], "version": row.number, "contentHash": bytes(row.content_hash).hex()}

    return answered(request, body, act)


@get("/api/definitions/{key:str}", call=SHOW)
def show(request: Asked, key: FromPath[str]) -> Response[bytes]:
    who = principal(request)
    wanted = query(request).get("version")
    with transaction(who.tenant_id) as db:
        require(who, "definition:read")
        row = definitions.version(db, who, key, wanted)
    return told({"key": key, "version": row.number, "document": row.document})


router = calls("Definitions", publish, show, max_body=MAX_BODY)
