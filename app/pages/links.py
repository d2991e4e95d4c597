"""The question behind a link in a mail, answered without logging in. Only a POST of a pressed button decides.

Programs that follow every link of a mail read it as often as they like: GET and HEAD change nothing at all.
"""

from typing import Any, NamedTuple
from uuid import UUID

from litestar import Response, Router, get, head, post
from litestar.di import NamedDependency, Provide
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from app import tasks
from app.access import bodies, csrf, links, middleware, sessions
from app.access.links import Signed
from app.access.middleware import Connection
from app.access.permissions import decides
from app.access.principal import Principal
from app.conflicts import refusal
from app.demo import powers
from app.errors import Conflict, Forbidden, Invalid, Missing
from app.messages import context
from app.store.db import Db, decision, transaction
from app.web.html import page
from app.web.request import LONGEST, Asked, Posted, in_person, provide_posted, said, seen, text
from engine.commands import Refused
from engine.reasons import reason


class Opened(NamedTuple):
    """A link that was read. seen: the request's seq that the person saw last, in the message or on the page.

    reader: who is logged in here, where that is somebody else.
    """

    who: Principal
    task_id: UUID
    seen: int
    reader: Principal | None


POSTED = {"posted": Provide(provide_posted)}
QUIET = {"X-Robots-Tag": "noindex, nofollow"}


@get("/d/{token:str}", include_in_schema=False, sync_to_thread=True)
def show(request: Asked, token: FromPath[str]) -> Response[Any]:
    signed = _checked(token)
    reader = _reader(request, signed)
    with transaction(signed.tenant_id) as db:
        return _question(db, request, Opened(links.open_link(db, signed), signed.task_id, signed.seen, reader))


@head("/d/{token:str}", include_in_schema=False, sync_to_thread=True)
def look(request: Asked, token: FromPath[str]) -> None:
    signed = _checked(token)
    with transaction(signed.tenant_id) as db:
        links.open_link(db, signed)


async def signed(connection: Connection, _: BaseRouteHandler) -> None:
    """A guard, so that nothing is read of a form sent to an address that is none of ours."""
    csrf.refuse_foreign(connection)
    _checked(str(connection.path_params["token"]))


@post(
    "/d/{token:str}",
    include_in_schema=False,
    sync_to_thread=True,
    dependencies=POSTED,
    guards=[signed],
    request_max_body_size=bodies.SMALL,
)
def decide(request: Asked, token: FromPath[str], posted: NamedDependency[Posted]) -> Response[Any]:
    signed, comment = _checked(token), text(posted, "comment")
    reader = _reader(request, signed)
    with transaction(signed.tenant_id) as db:
        who = links.open_link(db, signed)
        actor = in_person(request, who, _source(db, who, reader))
    opened = Opened(who, signed.task_id, seen(posted) or signed.seen, reader)
    try:
        with decision(who.tenant_id) as db:
            said_ = said(posted, "comment")
            tasks.decide(db, who, opened.task_id, _outcome(posted), said_, {}, actor, seen=opened.seen)
    except (Invalid, Conflict) as refused:
        with transaction(who.tenant_id) as db:
            return _question(db, request, opened, comment=comment, refused=refused)
    return Redirect(f"/d/{token}", status_code=303)


def _checked(token: str) -> Signed:
    """Raises Missing for a wrong signature, TooMany for too many wrong ones; a right one passes always."""
    try:
        return links.read(token)
    except Missing:
        links.note_wrong(token)
        raise


def _reader(request: Asked, signed: Signed) -> Principal | None:
    """Who is logged in here, where that is somebody else, perhaps of another tenant."""
    found = sessions.reader(middleware.session_token(request))
    return found if found and found.user_id != signed.user_id else None


def _source(db: Db, who: Principal, reader: Principal | None) -> str:
    """How the record says it was decided. Raises Forbidden where somebody else is logged in, but for the demo."""
    if reader is None:
        return "e-mail"
    if powers.on(db):
        return "demo"
    raise Forbidden(f"This link is for {who.name} alone, and {reader.name} is logged in here. Nothing was decided.")


def _question(
    db: Db,
    request: Asked,
    opened: Opened,
    *,
    comment: str = "",
    refused: Invalid | Conflict | None = None,
) -> Response[Any]:
    who, task_id = opened.who, opened.task_id
    status = refused.status if refused else 200
    task = tasks.get(db, who, task_id)
    known = context.facts(db, who.tenant_id, task.instance_id, who.user_id, task_id)
    asked = context.about(db, known)
    asks = context.question(asked, known)
    if asks.status == "pending":
        made = page(
            request,
            "links/show.html",
            status=status,
            who=who,
            about=asked,
            question=asks,
            decides=decides(who),
            reader=opened.reader,
            demo=powers.on(db),
            comment=comment,
            wrong=refused if isinstance(refused, Invalid) else None,
            conflict=isinstance(refused, Conflict),
            changes=context.changes_for(db, asked, who.user_id, opened.seen),
            longest=LONGEST,
        )
    else:
        told = refusal(db, who.tenant_id, Refused("closed"), task_id)
        mine = asks.status if task.closed_by == who.user_id else ""
        made = page(request, "links/closed.html", status=status, who=who, about=asked, told=told, mine=mine)
    made.headers |= QUIET
    return made


def _outcome(posted: Posted) -> str:
    given = [value for name, value in posted if name == "outcome"]
    if len(given) != 1 or not isinstance(given[0], str):
        raise Invalid.because("/outcome", reason("press_button"))
    return given[0]


router = Router("/", route_handlers=[show, look, decide])
