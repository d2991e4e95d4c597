"""API keys: one's own, or all of them for who manages them; make one, see its secret once, revoke."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Response, Router
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Redirect

from app.access import keys
from app.access.permissions import PERMISSIONS
from app.errors import Invalid
from app.store.db import transaction
from app.web.html import page
from app.web.request import Asked, Posted, by_field, principal, provide_posted, tenant_of, text, texts
from app.web.routes import get, post
from engine.wording.values import clean

POSTED = {"posted": Provide(provide_posted)}
DAYS = 90


@get("/keys", include_in_schema=False)
def listing(request: Asked) -> Response[Any]:
    with transaction(tenant_of(request)) as db:
        found = keys.list_keys(db, principal(request))
    now = datetime.now(UTC)
    listed = [(key, keys.state(key, now)) for key in found]
    return page(request, "keys/list.html", keys=listed, words=PERMISSIONS, secret="")


@get("/keys/new", include_in_schema=False)
def new(request: Asked) -> Response[Any]:
    return _form(request, keys.Wanted(name="", scopes=(), days=DAYS))


@post("/keys", include_in_schema=False, dependencies=POSTED)
def create(request: Asked, posted: NamedDependency[Posted]) -> Response[Any]:
    """The secret stands in this answer and nowhere else, so there is no page to go on to."""
    wanted = keys.Wanted(
        name=clean(text(posted, "name")),
        scopes=frozenset(texts(posted, "scopes")),
        days=_days(text(posted, "days").strip()),
        speaks_for_others=text(posted, "speaks_for_others") == "yes",
    )
    try:
        with transaction(tenant_of(request)) as db:
            _, secret = keys.create(db, principal(request), wanted)
    except Invalid as invalid:
        return _form(request, wanted, invalid)
    return page(request, "keys/made.html", status=201, name=wanted.name, secret=secret)


def _days(words: str) -> int | None:
    """None for a key that lasts for ever; what is not a number is refused as nought."""
    if not words:
        return None
    return int(words) if words.isascii() and words.isdigit() and len(words) < 6 else 0


@post("/keys/{id:uuid}/revocation", include_in_schema=False)
def revoke(request: Asked, id: FromPath[UUID]) -> Response[Any]:
    with transaction(tenant_of(request)) as db:
        keys.revoke(db, principal(request), id)
    return Redirect("/keys", status_code=303)


def _form(request: Asked, wanted: keys.Wanted, invalid: Invalid | None = None) -> Response[Any]:
    who = principal(request)
    everything = who.may("key:manage")
    offered = [
        (name, words[0].upper() + words[1:], "") for name, words in PERMISSIONS.items() if everything or who.may(name)
    ]
    return page(
        request,
        "keys/new.html",
        status=invalid.status if invalid else 200,
        wanted=wanted,
        offered=offered,
        errors=by_field(invalid),
        message=invalid.message if invalid else "",
    )


router = Router("/", route_handlers=[listing, new, create, revoke])
