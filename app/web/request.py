"""What pages need of the request at hand: who asks, from where, and the posted form."""

from typing import Any
from uuid import UUID

from litestar import Request

from app.access.principal import Principal
from app.errors import Invalid, Refusal, Unauthenticated
from app.runtime import Actor

Asked = Request[Any, Any, Any]
Posted = list[tuple[str, Any]]
LONGEST = 4000


def principal(request: Asked) -> Principal:
    found: Principal | None = request.scope["state"].get("principal")
    if found is None:
        raise Unauthenticated("Please log in.")
    return found


def actor(request: Asked, source: str = "web") -> Actor:
    who = principal(request)
    agent = request.headers.get("user-agent", "")[:200] or None
    return Actor("user", who.user_id, who.name, source, request.scope["state"].get("address"), agent)


async def provide_posted(request: Asked) -> Posted:
    """Names and values of a posted form, in order; files as Litestar's UploadFile."""
    form = await request.form()
    return list(form.multi_items())


def text(posted: Posted, name: str) -> str:
    found = next((value for key, value in posted if key == name), "")
    return found if isinstance(found, str) else ""


def said(posted: Posted, name: str) -> str:
    """Words of a person. Raises Invalid where they cannot be kept."""
    words = text(posted, name).replace("\r\n", "\n").strip()
    if len(words) > LONGEST or "\x00" in words:
        problem = f"This can have at most {LONGEST:,} letters." if len(words) > LONGEST else "This is no text."
        raise Invalid(problem, [{"pointer": f"/{name}", "message": problem}])
    return words


def cursor(value: str | None) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        return None


def texts(posted: Posted, name: str) -> list[str]:
    """All values of a field that can be chosen more than once."""
    return [value for key, value in posted if key == name and isinstance(value, str)]


def ids(posted: Posted, name: str) -> list[UUID]:
    """The ids among the values of a field; anything else stands for no choice."""
    found = (cursor(value) for value in texts(posted, name))
    return [value for value in found if value]


def by_field(refused: Refusal | None) -> dict[str, str]:
    """What is wrong, by the name of the field."""
    errors = refused.facts.get("errors", []) if refused else []
    return {error["pointer"].strip("/"): error["message"] for error in errors}
