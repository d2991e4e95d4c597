"""What pages need of the request at hand: who asks, from where, and the posted form."""

from uuid import UUID

from app.access import bodies, middleware
from app.access.principal import Principal
from app.access.unsent import RESTORE
from app.errors import Invalid, Refusal
from app.runtime import Actor
from engine.reasons import reason

Asked = bodies.Asked
Posted = bodies.Posted
principal = middleware.principal_of
LONGEST = 4000


def tenant_of(request: Asked) -> UUID:
    """Whose rows a request reads and writes."""
    return principal(request).tenant_id


def actor(request: Asked, source: str = "web", person: Principal | None = None) -> Actor:
    """Who is behind a request, as the record will say: the person, and the key that spoke for that person."""
    who = principal(request)
    acting = person or who
    if who.key_id is None:
        return in_person(request, acting, source)
    whose = f" of {who.name}" if acting.user_id != who.user_id else ""
    through = {"id": str(who.key_id), "owner": str(who.key_owner)}
    name = f"{acting.name}, through the key “{who.key_name}”{whose}"
    return Actor("key", acting.user_id, name, *_place(request, source), through)


def in_person(request: Asked, who: Principal, source: str) -> Actor:
    """Likewise where nobody is logged in, and a link in a mail says who it is."""
    return Actor("user", who.user_id, who.name, *_place(request, source))


def _place(request: Asked, source: str) -> tuple[str, str | None, str | None]:
    return source, request.scope["state"].get("address"), request.headers.get("user-agent", "")[:200] or None


async def provide_posted(request: Asked) -> Posted:
    """Names and values of a posted form, in order; files as Litestar's UploadFile."""
    return await bodies.posted(request)


def text(posted: Posted, name: str) -> str:
    found = next((value for key, value in posted if key == name), "")
    return found if isinstance(found, str) else ""


def restores(posted: Posted) -> bool:
    """Whether this is a form given back after its session had ended: to be shown again, and nothing else."""
    return text(posted, "_do") == RESTORE


def seen(posted: Posted) -> int | None:
    """The request's seq that the page showed; None where the page did not say."""
    given = text(posted, "seen")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def said(posted: Posted, name: str) -> str:
    """Words of a person. Raises Invalid where they cannot be kept."""
    words = text(posted, name).replace("\r\n", "\n").strip()
    if len(words) > LONGEST or "\x00" in words:
        code = "too_many_letters" if len(words) > LONGEST else "no_text"
        raise Invalid.because(f"/{name}", reason(code, most=LONGEST))
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
