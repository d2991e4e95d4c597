"""Erasing what identifies a person who left: a page that says what goes and takes their address as confirmation."""

from typing import Any
from uuid import UUID

from litestar import Response, Router
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from app import people
from app.access.middleware import need
from app.errors import Conflict, Invalid
from app.people import erasure
from app.store.db import transaction
from app.web.html import page
from app.web.request import Asked, Posted, by_field, principal, provide_posted, tenant_of, text
from app.web.routes import get, post
from engine.reasons import reason

POSTED = {"posted": Provide(provide_posted)}
MANAGE = [need("people:manage")]
MOST_WORDS, SHORTEST, LONGEST = 20, 3, 100


@get("/people/{id:uuid}/erasure", include_in_schema=False, guards=MANAGE)
def ask(request: Asked, id: FromPath[UUID]) -> Response[Any]:
    return _shown(request, id)


@post("/people/{id:uuid}/erasure", include_in_schema=False, dependencies=POSTED, status_code=200, guards=MANAGE)
def erase(request: Asked, id: FromPath[UUID], posted: NamedDependency[Posted]) -> Response[Any]:
    """The answer says what is gone and what is left, so there is no page to go on to."""
    typed = {name: text(posted, name).strip()[:2000] for name in ("email", "also")}
    try:
        with transaction(tenant_of(request)) as db:
            person = people.get(db, principal(request), id)
            _check_confirmed(person.email, typed["email"])
            done = erasure.erase(db, principal(request), id, other_words(typed["also"]))
    except (Invalid, Conflict) as refused:
        return _shown(request, id, typed, refused)
    return _shown(request, id, done=done)


def other_words(lines: str) -> tuple[str, ...]:
    """One a line. Raises Invalid for what would match too much."""
    words = tuple(line.strip() for line in lines.splitlines() if line.strip())
    if len(words) > MOST_WORDS or any(not SHORTEST <= len(word) <= LONGEST for word in words):
        raise Invalid.because("/also", reason("erased_words", most=MOST_WORDS, least=SHORTEST, size=LONGEST))
    return words


def _check_confirmed(email: str, typed: str) -> None:
    if typed.lower() != email.lower():
        raise Invalid.because("/email", reason("confirm_address"))


def _shown(
    request: Asked,
    id: UUID,
    typed: dict[str, str] | None = None,
    refused: Invalid | Conflict | None = None,
    done: erasure.Erased | None = None,
) -> Response[Any]:
    with transaction(tenant_of(request)) as db:
        person = people.get(db, principal(request), id)
    return page(
        request,
        "people/erase.html",
        status=refused.status if refused else 200,
        person=person,
        typed=typed or {},
        errors=by_field(refused),
        message=refused.message if refused else "",
        done=done,
    )


router = Router("/", route_handlers=[ask, erase])
