"""Mail that was written: the list, and one message as it looks in a mailbox."""

from typing import Any
from uuid import UUID

from litestar import MediaType, Response, Router
from litestar.params import FromPath, FromQuery

from app.access import links
from app.channels import channels, defaults
from app.config import settings
from app.messages import mail
from app.store.db import transaction
from app.web.headers import POLICY
from app.web.html import page
from app.web.request import Asked, cursor, principal
from app.web.routes import get

# The page shows the message in a frame of our own; the message itself may style itself and do nothing else.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
PAGE_POLICY = POLICY | {"frame-src": "'self'"}
PAPER_POLICY = {
    "sandbox": SANDBOX,
    "default-src": "'none'",
    "style-src": "'unsafe-inline'",
    "frame-ancestors": "'self'",
}


@get("/mail", include_in_schema=False, sync_to_thread=True)
def index(request: Asked, person: FromQuery[str] = "", before: FromQuery[str | None] = None) -> Response[Any]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        rows = mail.list_messages(db, who, person, cursor(before))
    return page(
        request,
        "mail/list.html",
        block="messages",
        rows=rows[: mail.PAGE],
        more=rows[mail.PAGE - 1].id if len(rows) > mail.PAGE else None,
        person=person,
        everybody=who.may("mail:read"),
        sends=any(channels()[name].is_set_up(settings()) for name in defaults()),
    )


@get("/mail/{id:uuid}", include_in_schema=False, sync_to_thread=True)
def show(request: Asked, id: FromPath[UUID]) -> Response[Any]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        row = mail.get(db, who, id)
        open_links = mail.links_shown(db, who, row)
    channel = channels().get(row.channel)
    made = page(
        request,
        "mail/show.html",
        row=row,
        headers=mail.headers(row),
        pieces=mail.pieces(row.text if open_links else links.hidden(row.text)),
        of_somebody_else=open_links and row.user_id != who.user_id,
        sandbox=SANDBOX,
        channel=channel.LABEL if channel else row.channel,
        sends=channel is not None and channel.is_set_up(settings()),
    )
    made.headers["Content-Security-Policy"] = _written(PAGE_POLICY)
    return made


@get("/mail/{id:uuid}/body", include_in_schema=False, sync_to_thread=True)
def body(request: Asked, id: FromPath[UUID]) -> Response[str]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        row = mail.get(db, who, id)
        shown = row.html if mail.links_shown(db, who, row) else links.hidden(row.html)
    headers = {"Content-Security-Policy": _written(PAPER_POLICY), "X-Frame-Options": "SAMEORIGIN"}
    return Response(shown, media_type=MediaType.HTML, headers=headers)


def _written(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in policy.items())


router = Router("/", route_handlers=[index, show, body])
