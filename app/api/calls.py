"""What every API call shares: reading a body against its schema, answering once, finding a request by its id."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.openapi.spec import Operation, RequestBody
from litestar.openapi.spec.media_type import OpenAPIMediaType
from sqlalchemy import Row, select

from app import instances
from app.codec import Unfit, dumps, loads, normal
from app.db import Db, transaction
from app.errors import Invalid, Missing, TooLarge, Unauthenticated
from app.idempotency import Answer, once
from app.principal import Principal
from app.runtime import Actor
from app.tables import instances as rows
from engine.schemas import validate

MAX_BODY = 256 * 1024
NUMBER = re.compile(r"([A-Z0-9]{1,20})-([0-9]{1,18})")

Asked = Request[Any, Any, Any]


def described(summary: str, body: dict[str, Any] | None = None) -> type[Operation]:
    """The OpenAPI operation of a call whose body we check ourselves against the same schema."""

    class Described(Operation):
        def __post_init__(self) -> None:
            self.summary = summary
            if body is not None:
                media = OpenAPIMediaType(schema=body)  # type: ignore[arg-type]  # a JSON Schema as it stands
                self.request_body = RequestBody(content={"application/json": media}, required=True)

    return Described


def principal(request: Asked) -> Principal:
    found: Principal | None = request.scope["state"].get("principal")
    if found is None:
        raise Unauthenticated("Send an API key: Authorization: Bearer sk_…")
    return found


def command(request: Asked, who: Principal, person: Principal | None = None) -> Actor:
    """Who is behind a call, as the record will say: the person, and the key that spoke for that person."""
    scope = request.scope["state"]
    acting = person or who
    through = f", through the key “{who.key_name}”" if who.key_name else ""
    agent = request.headers.get("user-agent", "")[:200] or None
    kind = "key" if who.via == "key" else "user"
    return Actor(kind, acting.user_id, f"{acting.name}{through}", "api", scope.get("address"), agent)


def read(body: bytes, schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON body that fits its schema. Raises Invalid with a pointer for every field that does not."""
    if len(body) > MAX_BODY:
        raise TooLarge(f"The body has {len(body)} bytes; at most {MAX_BODY} are read.")
    try:
        asked = normal(loads(body))
    except (msgspec.DecodeError, UnicodeDecodeError) as unread:
        raise Invalid("The body is not JSON.", [{"pointer": "", "message": str(unread)[:200]}]) from unread
    except (Unfit, RecursionError) as unfit:
        raise Invalid(
            "The body holds a value that cannot be kept.", [{"pointer": "", "message": str(unfit)}]
        ) from unfit
    errors = validate(schema, asked)
    if errors:
        found = [{"pointer": error.pointer, "message": error.message} for error in errors]
        raise Invalid("Some fields need another look.", found)
    checked: dict[str, Any] = asked
    return checked


def answered(request: Asked, asked: Any, act: Callable[[Db, Principal], Answer]) -> Response[Any]:
    """Do a call in one transaction; with an Idempotency-Key, at most once."""
    who = principal(request)
    call = f"{request.method} {request.url.path}"
    with transaction() as db:
        status, body = once(db, who, request.headers.get("idempotency-key"), call, asked, lambda: act(db, who))
    return Response(body, status_code=status, media_type="application/json")


def told(body: Any) -> Response[bytes]:
    """Read-only answers: numbers as they are kept, never as texts."""
    return Response(dumps(body), media_type="application/json")


def lookup(db: Db, who: Principal, text: str) -> Row[Any]:
    """A request by its id, by the id of one of its tasks, or by its number (PUR-12). Raises Missing."""
    return instances.get(db, who, instance_id(db, who, text))


def instance_id(db: Db, who: Principal, text: str) -> UUID:
    try:
        found = instances.id_of(db, who, UUID(text))
    except ValueError:
        found = _numbered(db, who, text)
    if found is None:
        raise Missing(f"There is no request “{text[:60]}”.")
    return found


def _numbered(db: Db, who: Principal, text: str) -> UUID | None:
    """By its number, as people say it: PUR-12."""
    match = NUMBER.fullmatch(text)
    if match is None:
        return None
    query = select(rows.c.id).where(rows.c.number == int(match[2]), rows.c.prefix == match[1])
    found: UUID | None = db.execute(query.where(rows.c.tenant_id == who.tenant_id)).scalar()
    return found
