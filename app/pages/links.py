"""The question behind a link in a mail, answered without logging in. Only a POST of a pressed button decides.

Programs that follow every link of a mail read it as often as they like: GET and HEAD change nothing at all.
"""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, head, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Redirect

from app import tasks
from app.access import csrf, links
from app.access.principal import Principal
from app.conflicts import refusal
from app.errors import Conflict, Invalid, Missing
from app.messages.context import about, question
from app.runtime import Actor
from app.store.db import Db, transaction
from app.web.html import page
from app.web.request import LONGEST, Posted, provide_posted, said, text
from engine.commands import Refused

Asked = Request[Any, Any, Any]

CLOSED = "This is no longer waiting for an answer."
POSTED = {"posted": Provide(provide_posted)}
QUIET = {"X-Robots-Tag": "noindex, nofollow"}


@get("/d/{token:str}", include_in_schema=False, sync_to_thread=True)
def show(request: Asked, token: FromPath[str]) -> Response[Any]:
    with transaction() as db:
        who, task_id = _opened(db, request, token)
        return _question(db, request, who, task_id)


@head("/d/{token:str}", include_in_schema=False, sync_to_thread=True)
def look(request: Asked, token: FromPath[str]) -> None:
    with transaction() as db:
        _opened(db, request, token)


@post(
    "/d/{token:str}",
    include_in_schema=False,
    sync_to_thread=True,
    dependencies=POSTED,
)
def decide(request: Asked, token: FromPath[str], posted: NamedDependency[Posted]) -> Response[Any]:
    csrf.refuse_foreign(request)
    comment = text(posted, "comment")
    with transaction() as db:
        who, task_id = _opened(db, request, token)
    try:
        with transaction() as db:
            tasks.decide(db, who, task_id, _outcome(posted), said(posted, "comment"), {}, _actor(request, who))
    except Invalid as invalid:
        with transaction() as db:
            return _question(db, request, who, task_id, status=422, comment=comment, wrong=invalid)
    except Conflict:
        with transaction() as db:
            return _question(db, request, who, task_id, status=409)
    return Redirect(f"/d/{token}", status_code=303)


def _opened(db: Db, request: Asked, token: str) -> tuple[Principal, UUID]:
    address = request.scope["state"].get("address", "")
    links.guesses.check(address)
    try:
        return links.open_link(db, token)
    except Missing:
        links.guesses.wrong(address)
        raise


def _question(
    db: Db,
    request: Asked,
    who: Principal,
    task_id: UUID,
    *,
    status: int = 200,
    comment: str = "",
    wrong: Invalid | None = None,
) -> Response[Any]:
    task = tasks.get(db, who, task_id)
    asked = about(db, who.tenant_id, task.instance_id, who.user_id)
    asks = question(db, asked, task_id)
    if asks.status == "pending":
        made = page(
            request,
            "links/show.html",
            status=status,
            who=who,
            about=asked,
            question=asks,
            comment=comment,
            wrong=wrong,
            longest=LONGEST,
        )
    else:
        told = refusal(db, Refused("closed", CLOSED), task_id)
        mine = asks.status if task.closed_by == who.user_id else ""
        made = page(request, "links/closed.html", status=status, who=who, about=asked, told=told, mine=mine)
    made.headers |= QUIET
    return made


def _outcome(posted: Posted) -> str:
    given = [value for name, value in posted if name == "outcome"]
    if len(given) != 1 or not isinstance(given[0], str):
        words = "Press one of the buttons."
        raise Invalid(words, [{"pointer": "/outcome", "message": words}])
    return given[0]


def _actor(request: Asked, who: Principal) -> Actor:
    agent = request.headers.get("user-agent", "")[:200] or None
    return Actor("user", who.user_id, who.name, "e-mail", request.scope["state"].get("address"), agent)


router = Router("/", route_handlers=[show, look, decide])
