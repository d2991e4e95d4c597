"""What could not be delivered yet, or at all: read why, try again, or let it go."""

from typing import Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from app import instances
from app.effects import admin
from app.errors import Conflict, Invalid
from app.store.db import decision, transaction
from app.web.flash import redirect
from app.web.html import page
from app.web.request import Asked, Posted, actor, cursor, principal, provide_posted, tenant_of, text
from engine.json_text import dumps

POSTED = {"posted": Provide(provide_posted)}


@get("/effects", include_in_schema=False, sync_to_thread=True)
def index(
    request: Asked,
    status: FromQuery[str] = "",
    before: FromQuery[str | None] = None,
) -> Response[Any]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        counts = admin.count(db, who)
        stuck = instances.count_stuck(db, who)
        shown = status if status in admin.STATES else "dead" if counts["dead"] else "waiting"
        rows = admin.list_effects(db, who, shown, cursor(before))
    return page(
        request,
        "effects/list.html",
        rows=[(row, admin.subject(row), admin.errors(row)[:1]) for row in rows[: admin.PAGE]],
        more=rows[admin.PAGE - 1].id if len(rows) > admin.PAGE else None,
        counts=counts,
        stuck=stuck,
        state=shown,
    )


@get("/effects/{id:uuid}", include_in_schema=False, sync_to_thread=True)
def show(request: Asked, id: FromPath[UUID]) -> Response[Any]:
    return _shown(request, id)


def _shown(request: Asked, id: UUID, status: int = 200, message: str = "", reason: str = "") -> Response[Any]:
    with transaction(tenant_of(request)) as db:
        row = admin.get(db, principal(request), id)
    return page(
        request,
        "effects/show.html",
        status=status,
        row=row,
        subject=admin.subject(row),
        needed=admin.is_needed(row),
        errors=admin.errors(row),
        payload=dumps(row.payload).decode(),
        message=message,
        reason=reason,
        longest=admin.LONGEST_REASON,
    )


@post("/effects/{id:uuid}/attempts", include_in_schema=False, sync_to_thread=True)
def retry(request: Asked, id: FromPath[UUID]) -> Response[Any]:
    try:
        with decision(tenant_of(request)) as db:
            admin.retry(db, principal(request), id, actor(request))
    except Conflict as refused:
        return _shown(request, id, refused.status, refused.message)
    return redirect(request, "/effects", "Trying again now")


@post(
    "/effects/{id:uuid}/discard",
    include_in_schema=False,
    sync_to_thread=True,
    dependencies={"posted": Provide(provide_posted)},
)
def discard(request: Asked, id: FromPath[UUID], posted: NamedDependency[Posted]) -> Response[Any]:
    reason = text(posted, "reason")
    try:
        with decision(tenant_of(request)) as db:
            admin.discard(db, principal(request), id, reason, actor(request))
    except (Conflict, Invalid) as refused:
        return _shown(request, id, refused.status, refused.message, reason)
    return redirect(request, "/effects", "Discarded")


router = Router("/", route_handlers=[index, show, retry, discard])
