"""Logging in and out, and changing one's own password."""

from typing import Any

from litestar import Request, Response, Router
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery
from litestar.response import Redirect

from app.access import auth, middleware, sessions
from app.config import settings
from app.errors import Invalid, Refusal, TooMany
from app.people import zones
from app.store.db import transaction
from app.web.flash import Flash, redirect_as
from app.web.html import page
from app.web.request import Posted, by_field, principal, provide_posted, text
from app.web.routes import get, post

Asked = Request[Any, Any, Any]

# What the browser kept of the pages seen goes with the session.
FORGET = {"Clear-Site-Data": '"cache", "cookies", "storage"'}
POSTED = {"posted": Provide(provide_posted)}


@get("/login", include_in_schema=False)
def show(request: Asked, next: FromQuery[str] = "/") -> Response[Any]:
    if request.scope["state"]["principal"] is not None:
        return Redirect(middleware.local_path(next), status_code=303)
    return _login(request, next)


def _login(request: Asked, next: str, email: str = "", refused: Refusal | None = None) -> Response[Any]:
    made = page(
        request,
        "login/show.html",
        status=refused.status if refused else 200,
        next=middleware.local_path(next),
        email=email,
        message=refused.message if refused else "",
        throttled=isinstance(refused, TooMany),
        **_demo(),
    )
    if refused and "retry_after" in refused.facts:
        made.headers["Retry-After"] = str(refused.facts["retry_after"])
    made.set_cookie(middleware.cookie(middleware.visitor_cookie(), request.scope["state"]["visitor"]))
    return made


def _demo() -> dict[str, Any]:
    """Whom one can try it as, where this is a demo."""
    if not settings().demo:
        return {}
    from app.demo import people, seed

    users = seed.credentials()["users"]
    return {"demo_people": people.PEOPLE, "demo_password": users[0]["password"]} if users else {}


@post("/login", include_in_schema=False, dependencies=POSTED)
def enter(request: Asked, posted: NamedDependency[Posted]) -> Response[Any]:
    email, goal = text(posted, "email"), text(posted, "next")
    try:
        old = middleware.session_token(request)
        token = auth.log_in(email, text(posted, "password"), _address(request), _agent(request), old)
    except (Invalid, TooMany) as refused:
        return _login(request, goal, email[:254], refused)
    with transaction() as db:
        if who := sessions.principal(db, token):
            zones.suggest(db, who, request.cookies.get("zone", ""))
    answer = Redirect(middleware.local_path(goal), status_code=303)
    answer.set_cookie(middleware.cookie(middleware.session_cookie(), token))
    answer.set_cookie(middleware.cookie(middleware.visitor_cookie(), ""))
    return answer


@post("/logout", include_in_schema=False)
def leave(request: Asked) -> Response[Any]:
    if token := middleware.session_token(request):
        with transaction() as db:
            sessions.end(db, token)
    answer = Redirect("/login", status_code=303, headers=FORGET)
    answer.set_cookie(middleware.cookie(middleware.session_cookie(), ""))
    return answer


@get("/password", include_in_schema=False)
def password_form(request: Asked) -> Response[Any]:
    return page(request, "login/password.html", errors={}, message="", shortest=auth.SHORTEST)


@post("/password", include_in_schema=False, dependencies=POSTED)
def change_password(request: Asked, posted: NamedDependency[Posted]) -> Response[Any]:
    who = principal(request)
    current, new = text(posted, "current"), text(posted, "new")
    try:
        token = auth.change_password(who, current, new, _address(request), _agent(request))
    except (Invalid, TooMany) as refused:
        return page(
            request,
            "login/password.html",
            status=refused.status,
            errors=by_field(refused),
            message=refused.message,
            shortest=auth.SHORTEST,
        )
    said = Flash("success", "Your password was changed, and other browsers were logged out")
    answer = redirect_as(token, f"/people/{who.user_id}", said)
    answer.set_cookie(middleware.cookie(middleware.session_cookie(), token))
    return answer


def _address(request: Asked) -> str:
    return str(request.scope["state"]["address"])


def _agent(request: Asked) -> str | None:
    return request.headers.get("user-agent", "")[:200] or None


router = Router("/", route_handlers=[show, enter, leave, password_form, change_password])
