"""What every API call shares: who makes it, answering once, finding a request by its id."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar import Request, Response, Router
from sqlalchemy import Row, select

from app import instances
from app.access import rates
from app.access.on_behalf import speaker
from app.access.permissions import require
from app.access.principal import Principal
from app.api.request import call_of, refuse_unknown_parameters
from app.errors import Missing, Unauthenticated
from app.idempotency import Answer, once
from app.runtime import Actor
from app.store.db import Db, transaction
from app.store.tables import instances as rows
from app.web.request import actor
from engine.json_text import dumps

MAX_BODY = 256 * 1024
NUMBER = re.compile(r"([A-Z0-9]{1,20})-([0-9]{1,18})")
REPLAYED = "Idempotency-Replayed"

Asked = Request[Any, Any, Any]


def calls(tag: str, *handlers: Any, max_body: int = MAX_BODY) -> Router:
    """The calls of one module. A larger body is refused while it streams in."""
    guards = [refuse_unknown_parameters]
    return Router("/", route_handlers=handlers, tags=[tag], request_max_body_size=max_body, guards=guards)


def principal(request: Asked) -> Principal:
    found: Principal | None = request.scope["state"].get("principal")
    if found is None:
        raise Unauthenticated("Send an API key: Authorization: Bearer sk_…")
    return found


def command(request: Asked, person: Principal | None = None) -> Actor:
    return actor(request, "api", person)


def answered(request: Asked, asked: dict[str, Any], act: Callable[[Db, Principal], Answer]) -> Response[Any]:
    """Do a call in one transaction; with an Idempotency-Key, at most once."""
    who, call = principal(request), call_of(request)
    if call.starts:
        rates.spend(who)
    place = f"{request.method} {request.url.path}"
    with transaction() as db:
        written = once(db, who, request.headers.get("idempotency-key"), place, asked, lambda: act(db, who))
        if written.replayed and call.needs:
            require(speaker(db, who, asked.get("userId")), call.needs)
    headers = {REPLAYED: "true"} if written.replayed else {}
    return Response(written.body, status_code=written.status, media_type="application/json", headers=headers)


def told(body: Any) -> Response[bytes]:
    """Read-only answers: numbers as they are kept, never as texts."""
    return Response(dumps(body), media_type="application/json")


def lookup(db: Db, who: Principal, text: str) -> Row[Any]:
    """A request by its id, by the id of one of its tasks, or by its number (PUR-12). Raises Missing."""
    return instances.get(db, who, instance_id(db, who, text))


def instance_id(db: Db, who: Principal, text: str) -> UUID:
    """Raises Missing in the same words for what is not there, is another tenant's, or is no id at all."""
    try:
        found = instances.id_of(db, who, UUID(text))
    except ValueError:
        found = _numbered(db, who, text)
    if found is None:
        raise Missing("There is no such request.")
    return found


def _numbered(db: Db, who: Principal, text: str) -> UUID | None:
    """By its number, as people say it: PUR-12."""
    match = NUMBER.fullmatch(text)
    if match is None:
        return None
    query = select(rows.c.id).where(rows.c.number == int(match[2]), rows.c.prefix == match[1])
    found: UUID | None = db.execute(query.where(rows.c.tenant_id == who.tenant_id)).scalar()
    return found
