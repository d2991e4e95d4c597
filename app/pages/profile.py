"""What people set for themselves, and administrators for the whole company: the time zone."""

from typing import Any

from litestar import Response, Router
from litestar.di import NamedDependency, Provide

from app.errors import Invalid
from app.people import zones
from app.store.db import transaction
from app.web.flash import redirect
from app.web.html import page
from app.web.request import Asked, Posted, by_field, principal, provide_posted, tenant_of, text
from app.web.routes import get, post

POSTED = {"posted": Provide(provide_posted)}


@get("/profile", include_in_schema=False)
def show(request: Asked) -> Response[Any]:
    return _shown(request)


def _shown(request: Asked, refused: Invalid | None = None, whose: str = "") -> Response[Any]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        own, company = zones.own(db, who), zones.company(db, who)
    return page(
        request,
        "people/profile.html",
        status=refused.status if refused else 200,
        names=zones.names(),
        own=own,
        company=company,
        errors={whose: by_field(refused)},
    )


@post("/profile", include_in_schema=False, dependencies=POSTED)
def choose(request: Asked, posted: NamedDependency[Posted]) -> Response[Any]:
    try:
        with transaction(tenant_of(request)) as db:
            zones.choose(db, principal(request), text(posted, "zone"))
    except Invalid as refused:
        return _shown(request, refused, "own")
    return redirect(request, "/profile", "Saved")


@post("/profile/company", include_in_schema=False, dependencies=POSTED)
def choose_for_company(request: Asked, posted: NamedDependency[Posted]) -> Response[Any]:
    try:
        with transaction(tenant_of(request)) as db:
            zones.choose_for_company(db, principal(request), text(posted, "zone"))
    except Invalid as refused:
        return _shown(request, refused, "company")
    return redirect(request, "/profile", "Saved")


router = Router("/", route_handlers=[show, choose, choose_for_company])
