"""The page behind a link that sets a password. Only a POST of the form does it; programs may follow the link."""

from typing import Any

from litestar import Response, Router
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Redirect

from app.access import auth, bodies, csrf, middleware, password_links
from app.errors import Invalid
from app.store.db import transaction
from app.web.html import page
from app.web.request import Asked, Posted, by_field, provide_posted, text
from app.web.routes import get, post

POSTED = {"posted": Provide(provide_posted)}
QUIET = {"X-Robots-Tag": "noindex, nofollow"}


@get("/welcome/{token:str}", include_in_schema=False)
def show(request: Asked, token: FromPath[str]) -> Response[Any]:
    return _form(request, token)


@post("/welcome/{token:str}", include_in_schema=False, dependencies=POSTED, request_max_body_size=bodies.SMALL)
def enter(request: Asked, token: FromPath[str], posted: NamedDependency[Posted]) -> Response[Any]:
    csrf.refuse_foreign(request)
    agent = request.headers.get("user-agent", "")[:200] or None
    try:
        session = password_links.accept(token, text(posted, "new"), str(request.scope["state"]["address"]), agent)
    except Invalid as invalid:
        return _form(request, token, invalid)
    answer = Redirect("/", status_code=303)
    answer.set_cookie(middleware.cookie(middleware.session_cookie(), session))
    return answer


def _form(request: Asked, token: str, invalid: Invalid | None = None) -> Response[Any]:
    signed = password_links.read(token)
    with transaction(signed.tenant_id) as db:
        user = password_links.open_link(db, signed)
    made = page(
        request,
        "login/welcome.html",
        status=invalid.status if invalid else 200,
        user=user,
        errors=by_field(invalid),
        message=invalid.message if invalid else "",
        shortest=auth.SHORTEST,
    )
    made.headers.update(QUIET)
    return made


router = Router("/", route_handlers=[show, enter])
