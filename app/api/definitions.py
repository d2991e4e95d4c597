"""Definitions for programs: publish one as its newest version, read one back."""

from typing import Any

from litestar import Request, Response, Router
from litestar.params import FromPath, FromQuery, RawBody

from app import definitions
from app.api.calls import answered, described, principal, read, told
from app.db import Db, transaction
from app.permissions import require
from app.principal import Principal
from app.routes import get, post

PUBLISH: dict[str, Any] = {
    "type": "object",
    "required": ["document"],
    "properties": {"document": {"type": "object"}, "note": {"type": "string", "maxLength": 500}},
    "additionalProperties": False,
}


@post("/api/definitions", status_code=201, operation_class=described("Publish a definition", PUBLISH))
def publish(request: Request[Any, Any, Any], body: RawBody) -> Response[Any]:
    asked = read(body, PUBLISH)

    def act(db: Db, who: Principal) -> tuple[int, Any]:
        row = definitions.publish(db, who, asked["document"], asked.get("note", ""))
        return 201, {
            "key": row.document["key"],
            "version": row.number,
            "contentHash": bytes(row.content_hash).hex(),
        }

    return answered(request, asked, act)


@get("/api/definitions/{key:str}", operation_class=described("A definition's document"))
def show(request: Request[Any, Any, Any], key: FromPath[str], version: FromQuery[int | None] = None) -> Response[bytes]:
    who = principal(request)
    with transaction() as db:
        require(who, "definition:read")
        row = definitions.version(db, who, key, version)
    return told({"key": key, "version": row.number, "document": row.document})


router = Router("/", route_handlers=[publish, show], tags=["Definitions"])
