"""What every API call shares: who makes it, answering once, finding a request by its id."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, Router
from msgspec import Struct, to_builtins
from sqlalchemy import Row, select

from app import instances
from app.access import keys, rates
from app.access.keys import Found
from app.access.middleware import TELLS_APART, UNKNOWN_KEY
from app.access.on_behalf import speaker
from app.access.permissions import require
from app.access.principal import Principal
from app.api.request import call_of, read, refuse_unknown_parameters
from app.errors import Invalid, Missing, Unauthenticated
from app.idempotency import Answer, once
from app.runtime import Actor
from app.store.db import Db, decision
from app.store.tables import instances as rows
from app.web.request import Asked, actor, principal, tenant_of
from app.web.routes import delete, post
from engine.json_text import dumps
from engine.reasons import reason

V1 = "/api/v1"
MAX_BODY = 256 * 1024
NUMBER = re.compile(r"([A-Z0-9]{1,20})-([0-9]{1,18})")
REPLAYED = "Idempotency-Replayed"

# For handlers that do all they do in `answered`.
answering = partial(post, **{TELLS_APART: True})
deleting = partial(delete, **{TELLS_APART: True})


def calls(tag: str, *handlers: Any, path: str = "/", max_body: int = MAX_BODY) -> Router:
    """The calls of one module, V1 of our own. A larger body is refused while it streams in."""
    guards = [refuse_unknown_parameters]
    return Router(path, route_handlers=handlers, tags=[tag], request_max_body_size=max_body, guards=guards)


def given(asked: Struct) -> dict[str, Any]:
    """What a program sent, under the names it used and without what it left out."""
    fields: dict[str, Any] = to_builtins(asked, builtin_types=(Decimal,))
    return fields


def command(request: Asked, person: Principal | None = None) -> Actor:
    return actor(request, "api", person)


def answered(request: Asked, body: bytes, act: Callable[[Db, Principal, Any], Answer]) -> Response[Any]:
    """Do a call in one transaction, whose first statement says who calls; with an Idempotency-Key, at most once."""
    found, call = None, call_of(request)
    account = _account(request) if call.starts else None
    if account:
        rates.check(account)
    try:
        with decision(_tenant(request)) as db:
            found = _told_apart(db, request)
            who = found.principal
            asked = read(request, body)
            key, place = request.headers.get("idempotency-key"), f"{request.method} {request.url.path}"
            written = once(db, who, key, place, asked, lambda: act(db, who, asked))
            if written.replayed and call.needs:
                require(speaker(db, who, getattr(asked, "user_id", None) or None), call.needs)
    finally:
        if found and found.unmarked:
            keys.mark_used(found.principal)
    if account and not written.replayed:
        rates.note(account)
    headers = {REPLAYED: "true"} if written.replayed else {}
    return Response(written.body, status_code=written.status, media_type="application/json", headers=headers)


def _account(request: Asked) -> rates.Account:
    """Whose requests are counted: a key is known by its secret before anybody looked it up."""
    secret = request.scope["state"].get("secret")
    return rates.of_secret(secret) if secret else rates.of(principal(request))


def _tenant(request: Asked) -> UUID:
    """Whose transaction it is, before anybody is told apart. Raises Unauthenticated for what is no key."""
    secret = request.scope["state"].get("secret")
    tenant_id = tenant_of(request) if secret is None else keys.tenant_of(secret)
    if tenant_id is None:
        raise Unauthenticated(UNKNOWN_KEY)
    return tenant_id


def _told_apart(db: Db, request: Asked) -> Found:
    secret = request.scope["state"].get("secret")
    if secret is None:
        return Found(principal(request), unmarked=False)
    found = keys.find(db.query, secret)
    if found is None:
        raise Unauthenticated(UNKNOWN_KEY)
    request.scope["state"]["principal"] = found.principal
    return found


def told(body: Struct) -> Response[bytes]:
    """Read-only answers: numbers as they are kept, never as texts."""
    return Response(dumps(body), media_type="application/json")


def lookup(db: Db, who: Principal, text: str) -> Row[Any]:
    """A request by its id, by the id of one of its tasks, or by its number (PUR-12). Raises Missing."""
    return instances.get(db, who, instance_id(db, who, text))


def instance_id(db: Db, who: Principal, text: str) -> UUID:
    """Raises Missing in the same words for what is not there, is another tenant's, or is no id at all."""
    meant = place(text)
    found = instances.id_of(db, who, meant["some_id"]) if "some_id" in meant else _numbered(db, who, **meant)
    if found is None:
        raise Missing("There is no such request.")
    return found


def place(text: str) -> dict[str, Any]:
    """What the last part of an address means: `some_id`, a request's or a task's, or `prefix` and `number` (PUR-12)."""
    match = NUMBER.fullmatch(text)
    if match:
        return {"prefix": match[1], "number": int(match[2])}
    try:
        return {"some_id": UUID(text)}
    except ValueError:
        raise Missing("There is no such request.") from None


def identity(text: str, pointer: str) -> UUID:
    """Raises Invalid about that place."""
    try:
        return UUID(text)
    except ValueError:
        raise Invalid.because(pointer, reason("no_id")) from None


def _numbered(db: Db, who: Principal, prefix: str, number: int) -> UUID | None:
    query = select(rows.c.id).where(rows.c.number == number, rows.c.prefix == prefix)
    found: UUID | None = db.execute(query.where(rows.c.tenant_id == who.tenant_id)).scalar()
    return found
