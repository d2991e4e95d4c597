"""One's own sessions: where one is logged in, and logging out there or everywhere."""

from typing import Any

from litestar import Response, Router
from litestar.params import FromPath
from litestar.response import Redirect

from app.access import middleware, sessions
from app.access.principal import Principal
from app.audit import tenant_log
from app.errors import Forbidden
from app.pages.login import FORGET
from app.store.db import transaction
from app.web.html import page
from app.web.request import Asked, principal, tenant_of
from app.web.routes import get, post
from engine.events.access import LoggedOut

# By what their user agent has in it; the first that fits, since most claim to be others as well.
BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac": "Mac",
    "Linux": "Linux",
}


@get("/sessions", include_in_schema=False)
def listing(request: Asked) -> Response[Any]:
    token = middleware.session_token(request) or ""
    with transaction(tenant_of(request)) as db:
        found = sessions.own(db, _person(request), token)
    return page(request, "sessions/list.html", sessions=[(row, browser(row.agent), *more) for row, *more in found])


def browser(agent: str | None) -> str:
    """As its owner calls it: Firefox on Windows."""
    names = (next((name for mark, name in known.items() if mark in (agent or "")), "") for known in (BROWSERS, SYSTEMS))
    return " on ".join(name for name in names if name) or "Something that is no browser we know"


@post("/sessions/{name:str}/end", include_in_schema=False)
def end(request: Asked, name: FromPath[str]) -> Response[Any]:
    with transaction(tenant_of(request)) as db:
        who = _person(request)
        sessions.end_named(db, who, name)
        tenant_log.note(db, who.tenant_id, who, LoggedOut(str(who.user_id), where="elsewhere"))
    return Redirect("/sessions", status_code=303)


@post("/sessions/end", include_in_schema=False)
def end_everywhere(request: Asked) -> Response[Any]:
    who = _person(request)
    with transaction(tenant_of(request)) as db:
        sessions.end_everywhere(db, who.tenant_id, who.user_id)
        tenant_log.note(db, who.tenant_id, who, LoggedOut(str(who.user_id), where="everywhere"))
    answer = Redirect("/login", status_code=303, headers=FORGET)
    answer.set_cookie(middleware.cookie(middleware.session_cookie(), ""))
    return answer


def _person(request: Asked) -> Principal:
    who = principal(request)
    if who.via != "session":
        raise Forbidden("Sessions are looked after by the person, not by a key.")
    return who


router = Router("/", route_handlers=[listing, end, end_everywhere])
