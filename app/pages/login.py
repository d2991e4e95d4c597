"""Logging in and out, and changing one's own password."""

import secrets
from dataclasses import dataclass
from typing import Any

import litestar
from litestar import Response, Router
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery
from litestar.response import Redirect

from app.access import auth, bodies, csrf, devices, middleware, sessions, throttle, unsent
from app.access.devices import Place
from app.access.unsent import SessionOver
from app.audit import tenant_log
from app.config import settings
from app.demo import people, powers, seed
from app.errors import Invalid, Refusal, TooMany
from app.people import zones
from app.store.db import across_tenants, transaction
from app.web.flash import Flash, redirect_as
from app.web.html import page
from app.web.request import Asked, Posted, by_field, principal, provide_posted, text
from app.web.routes import get, post
from engine.events.access import LoggedOut

# What the browser kept of the pages seen goes with the session.
FORGET = {"Clear-Site-Data": '"cache", "cookies", "storage"'}
POSTED = {"posted": Provide(provide_posted)}


@get("/login", include_in_schema=False)
def show(request: Asked, next: FromQuery[str] = "/") -> Response[Any]:
    if request.scope["state"]["principal"] is not None:
        return Redirect(middleware.local_path(next), status_code=303)
    return _login(request, Tried(next))


@dataclass(frozen=True)
class Tried:
    """What the log-in page has: where to go next, what was typed, what waits to be sent again, and what was wrong."""

    next: str = "/"
    email: str = ""
    unsent: str = ""
    refused: Refusal | None = None


def _login(request: Asked, tried: Tried) -> Response[Any]:
    refused = tried.refused
    made = page(
        request,
        "login/show.html",
        status=refused.status if refused else 200,
        action="/login/again" if tried.unsent else "/login",
        next=middleware.local_path(tried.next),
        email=tried.email,
        unsent=tried.unsent,
        session_over=isinstance(refused, SessionOver),
        message=refused.message if refused else "",
        throttled=isinstance(refused, TooMany),
        tenants=refused.tenants if isinstance(refused, auth.Ambiguous) else [],
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
    with across_tenants() as db:
        if not powers.on(db):
            return {}
    users = seed.credentials()["users"]
    return {"demo_people": people.PEOPLE, "demo_password": users[0]["password"]} if users else {}


def session_over(request: Asked, over: SessionOver) -> Response[Any]:
    """The log-in page in answer to a form whose session had ended. What was typed waits in it."""
    visitor = request.cookies.get(middleware.visitor_cookie()) or secrets.token_urlsafe(32)
    request.scope["state"] |= {"visitor": visitor, "csrf_token": csrf.token(visitor)}
    return _login(request, Tried(unsent=over.kept, refused=over))


@litestar.post("/login", include_in_schema=False, dependencies=POSTED, request_max_body_size=bodies.SMALL)
async def enter(request: Asked, posted: NamedDependency[Posted]) -> Response[Any]:
    return await _attempt(request, posted)


@litestar.post(
    "/login/again",
    include_in_schema=False,
    dependencies=POSTED,
    request_max_body_size=bodies.SMALL + unsent.LONGEST,
)
async def enter_again(request: Asked, posted: NamedDependency[Posted]) -> Response[Any]:
    """With what was typed into a form whose session had ended."""
    return await _attempt(request, posted)


async def _attempt(request: Asked, posted: Posted) -> Response[Any]:
    """Held back on the event loop, so that those who wait cost no thread."""
    email = text(posted, "email")
    try:
        await throttle.held.wait(await sync_to_thread(auth.attempt, email, _place(request)))
    except TooMany as refused:
        tried = Tried(text(posted, "next"), email[:254], text(posted, "unsent"), refused)
        return await sync_to_thread(_login, request, tried)
    return await sync_to_thread(_enter, request, posted, email)


def _enter(request: Asked, posted: Posted, email: str) -> Response[Any]:
    goal, kept, place = text(posted, "next"), text(posted, "unsent"), _place(request)
    try:
        old = middleware.session_token(request)
        token = auth.log_in(email, text(posted, "password"), place, old, text(posted, "tenant"))
    except Invalid as refused:
        return _login(request, Tried(goal, email[:254], kept, refused))
    if who := sessions.reader(token):
        with transaction(who.tenant_id) as db:
            zones.suggest(db, who, request.cookies.get("zone", ""))
    back = _given_back(request, kept, token) if kept else None
    answer = back or Redirect(middleware.local_path(goal), status_code=303)
    answer.set_cookie(middleware.cookie(middleware.session_cookie(), token))
    answer.set_cookie(middleware.cookie(middleware.visitor_cookie(), ""))
    answer.set_cookie(middleware.cookie(middleware.device_cookie(), devices.remembered(email, place), devices.SECONDS))
    return answer


def _given_back(request: Asked, kept: str, token: str) -> Response[Any] | None:
    """A page that leads to the form as it was, for the one who typed it."""
    who = sessions.reader(token)
    found = unsent.given_back(kept, who.user_id) if who else None
    if who is None or found is None:
        return None
    path, fields = found
    request.scope["state"] |= {"principal": who, "csrf_token": csrf.token(token, str(who.user_id))}
    return page(request, "login/again.html", action=path, fields=fields, restore=unsent.RESTORE)


@post("/logout", include_in_schema=False, request_max_body_size=bodies.SMALL)
def leave(request: Asked) -> Response[Any]:
    if token := middleware.session_token(request):
        sessions.end(token)
        if who := request.scope["state"]["principal"]:
            with transaction(who.tenant_id) as db:
                tenant_log.note(db, who.tenant_id, who, LoggedOut(str(who.user_id)))
    answer = Redirect("/login", status_code=303, headers=FORGET)
    answer.set_cookie(middleware.cookie(middleware.session_cookie(), ""))
    return answer


@get("/password", include_in_schema=False)
def password_form(request: Asked) -> Response[Any]:
    return page(request, "login/password.html", errors={}, message="", shortest=auth.SHORTEST)


@post("/password", include_in_schema=False, dependencies=POSTED, request_max_body_size=bodies.SMALL)
def change_password(request: Asked, posted: NamedDependency[Posted]) -> Response[Any]:
    who = principal(request)
    current, new = text(posted, "current"), text(posted, "new")
    try:
        end_keys = text(posted, "keys") == "yes"
        token = auth.change_password(who, current, new, _place(request), end_keys=end_keys)
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


def _place(request: Asked) -> Place:
    agent = request.headers.get("user-agent", "")[:200] or None
    device = request.cookies.get(middleware.device_cookie())
    return Place(str(request.scope["state"]["address"]), agent, device)


router = Router("/", route_handlers=[show, enter, enter_again, leave, password_form, change_password])
