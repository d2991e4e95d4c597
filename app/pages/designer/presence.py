"""Who else is at a draft, and whether it was changed: what its page asks for by itself every few seconds."""

from typing import Any

from litestar import Response, Router
from litestar.params import FromPath, FromQuery

from app import drafts
from app.access.middleware import UNATTENDED, need
from app.drafts import presence
from app.pages.designer.view import TEMPLATE, Place, names_in, shown, since_then
from app.store.db import transaction
from app.web.html import fragments
from app.web.request import Asked, principal
from app.web.routes import get
from engine.pointers import index

ASKED: Any = {"include_in_schema": False, "guards": [need("definition:publish")], "opt": {UNATTENDED: True}}


@get("/definitions/{key:str}/draft/others", **ASKED)
def others(request: Asked, key: FromPath[str]) -> Response[Any]:
    who = principal(request)
    present = presence.beat(who, key)
    with transaction(who.tenant_id) as db:
        draft = drafts.get(db, who, key)
        found = presence.others(db, who, draft, present)
    return fragments(request, TEMPLATE, ("others",), draft=draft, others=found, names=names_in(draft.document))


@get("/definitions/{key:str}/draft/news", **ASKED)
def news(
    request: Asked,
    key: FromPath[str],
    since: FromQuery[str] = "",
    step: FromQuery[str] = "",
    add: FromQuery[str | None] = None,
    q: FromQuery[str] = "",
    retarget: FromQuery[str] = "",
) -> Response[Any]:
    """The draft as it is now, with what was done since the revision that the page shows."""
    who = principal(request)
    with transaction(who.tenant_id) as db:
        draft = drafts.get(db, who, key)
        told = since_then(db, draft, index(since) or 0)
        return shown(db, request, who, draft, Place(step, add, q, stays=True, aim=retarget), told)


router = Router("/", route_handlers=[others, news])
