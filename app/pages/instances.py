"""New request, my requests, and the page of one request."""

import json
import re
import secrets
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Response, Router
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from sqlalchemy import Row

from app import definitions, files, instances, overview, runtime
from app.access import bodies, rates
from app.access.principal import Principal
from app.errors import Invalid
from app.idempotency import once
from app.pages import correction
from app.pages.submission import Filled, Form, carried_over, read
from app.runtime import versions
from app.runtime.directories import current
from app.store.db import Db, decision, transaction
from app.web.flash import redirect
from app.web.html import page
from app.web.request import Asked, Posted, actor, cursor, principal, provide_posted, restores, said, tenant_of, text
from app.web.routes import get, post
from designer.ahead import signers, who_signs
from designer.simulate import from_start
from engine.definition import Definition
from engine.forms import fields
from engine.interpreter import World
from engine.people import Directory
from engine.pointers import index
from engine.reasons import Reason

# The field of a start form that is another one on each page.
ONCE = "_once"
POSTED = {"posted": Provide(provide_posted)}
PREVIEW = "who"
BEFORE = "You had sent this already, so no second request was made"
STOPPED = {"withdrawal": "Withdrawn", "cancellation": "Cancelled"}
# By the name in the address: only those that are not over, only those that are, all.
SHOWN = {"open": False, "ended": True}


@get("/instances/new", include_in_schema=False)
def catalogue(request: Asked) -> Response[Any]:
    with transaction(tenant_of(request)) as db:
        found = definitions.catalogue(db, principal(request))
    categories: dict[str, list[Any]] = {}
    for row in found:
        categories.setdefault(row.category or "Other", []).append(row)
    return page(request, "instances/catalogue.html", categories=categories)


@get("/instances/new/{key:str}", include_in_schema=False)
def new(request: Asked, key: FromPath[str]) -> Response[Any]:
    return _start_form(request, key)


def _start_form(
    request: Asked,
    key: str,
    posted: Posted | None = None,
    filled: Filled | None = None,
    refused: Invalid | None = None,
    preview: bool = False,
) -> Response[Any]:
    with transaction(tenant_of(request)) as db:
        offered, version = definitions.offered(db, principal(request), key)
        definition = versions.definition(db, version.tenant_id, version.id)
        people = current(db, principal(request).tenant_id)
    form = definition.form(definition.start)
    wrong = refused or (filled and filled.errors)
    return page(
        request,
        "instances/new.html",
        status=Invalid.status if wrong else 200,
        definition=offered,
        version=version.number,
        form=filled.shown() if filled else fields(*form, definition.asked(definition.start)),
        drawing=overview.drawing(definition, people),
        levels=who_signs(definition, people, str(principal(request).user_id)),
        route=_route(request, definition, people, filled) if preview else [],
        message=refused.message if refused else "",
        once=text(posted or [], ONCE) or secrets.token_urlsafe(16),
        restored=restores(posted or []),
    )


def _route(request: Asked, definition: Definition, people: Directory, filled: Filled | None) -> list[str]:
    """Who would sign what was typed, in turn; nothing while something is wrong with it."""
    if filled is None:
        return []
    world = World(datetime.now(UTC), people)
    return signers(definition, people, from_start(definition, str(principal(request).user_id), filled.data, world))


@post("/instances/new/{key:str}", include_in_schema=False, dependencies=POSTED, request_max_body_size=bodies.WITH_FILES)
def start(request: Asked, key: FromPath[str], posted: NamedDependency[Posted]) -> Response[Any]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        _, version = definitions.offered(db, who, key)
        new, new_stored = _first(db, version)
        if (shown := text(posted, "_version")) not in ("", str(version.number)):
            old = definitions.version(db, who, key, index(shown) or 0)
            filled = carried_over(*_first(db, old), new, new_stored, posted)
        else:
            filled = read(db, who, new, posted, new_stored)
    if not filled.done or text(posted, "_do") == PREVIEW:
        return _start_form(request, key, posted, filled, preview=filled.done)

    account = rates.of(who)
    rates.check(account)

    def act() -> tuple[int, Any]:
        moved = instances.start(db, who, version.id, filled.data, actor(request))
        return 303, str(moved.instance_id)

    try:
        with decision(who.tenant_id) as db:
            sent = once(db, who, _token(posted), f"start {key}", None, act)
    except Invalid as invalid:
        return _start_form(request, key, posted, filled, invalid)
    if sent.replayed:
        return redirect(request, f"/instances/{json.loads(sent.body)}", BEFORE)
    rates.note(account)
    return redirect(request, f"/instances/{json.loads(sent.body)}", "Sent")


def _token(posted: Posted) -> str | None:
    """What makes a form count once, however often it is sent."""
    token = text(posted, ONCE)
    return f"form {token}" if re.fullmatch(r"[\w-]{16,64}", token) else None


def _first(db: Db, version: Row[Any]) -> tuple[Form, Any]:
    """The start form of a version, and what it shows before anybody wrote into it."""
    definition = versions.definition(db, version.tenant_id, version.id)
    return definition.form(definition.start), definition.asked(definition.start)


@get("/instances", include_in_schema=False)
def mine(request: Asked, before: FromQuery[str | None] = None, show: FromQuery[str] = "") -> Response[Any]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        rows = instances.mine(db, who, cursor(before), ended=SHOWN.get(show))
        open_tasks = instances.waiting(db, who.tenant_id, [row.id for row in rows[: instances.PAGE]])
        directory, shown = current(db, who.tenant_id), []
        for row in rows[: instances.PAGE]:
            definition, state = versions.definition(db, who.tenant_id, row.version_id), runtime.state_of(row.state)
            tasks = open_tasks.get(row.id, [])
            own = next((task.id for task in tasks if task.assignee_id == who.user_id), None)
            money = overview.amount(definition, state.data)
            shown.append((row, money, overview.waiting_for(definition, state, tasks, directory), own))
    more = str(rows[instances.PAGE - 1].id) if len(rows) > instances.PAGE else ""
    return page(
        request,
        "instances/list.html",
        requests=shown,
        more=more,
        first=before is None,
        show=show if show in SHOWN else "",
    )


@get("/instances/{id:uuid}", include_in_schema=False)
def show(request: Asked, id: FromPath[UUID]) -> Response[Any]:
    return _shown(request, id)


def _shown(request: Asked, id: UUID, *, stopping: str = "", refused: Invalid | None = None) -> Response[Any]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        about = overview.overview(db, instances.get(db, who, id), who)
    return page(
        request,
        "instances/show.html",
        status=refused.status if refused else 200,
        about=about,
        own_task=next((task for task in about.tasks if task.assignee_id == who.user_id), None),
        stops=_stops(who, about),
        mends=correction.mends(who, about),
        stopping=stopping,
        refused=refused,
    )


def _stops(who: Principal, about: overview.Overview) -> str:
    """The way in which this person may stop it, as its address calls it; empty where they may not."""
    if about.state.ended:
        return ""
    if about.state.closing:
        return "cancellation" if about.state.blocked and who.may("approval:cancel") else ""
    if about.row.requester_id == who.user_id:
        return "withdrawal"
    return "cancellation" if who.may("approval:cancel") else ""


@post("/instances/{id:uuid}/withdrawal", include_in_schema=False, dependencies=POSTED)
def withdraw(request: Asked, id: FromPath[UUID], posted: NamedDependency[Posted]) -> Response[Any]:
    return _stop(request, id, posted, "withdrawal")


@post("/instances/{id:uuid}/cancellation", include_in_schema=False, dependencies=POSTED)
def cancel(request: Asked, id: FromPath[UUID], posted: NamedDependency[Posted]) -> Response[Any]:
    return _stop(request, id, posted, "cancellation")


def _stop(request: Asked, id: UUID, posted: Posted, way: str) -> Response[Any]:
    who, act = principal(request), instances.withdraw if way == "withdrawal" else instances.cancel
    try:
        reason = said(posted, "reason")
        if way == "cancellation" and not reason:
            raise Invalid.because("/reason", Reason("say_why"))
        with decision(who.tenant_id) as db:
            act(db, who, id, reason, actor(request))
    except Invalid as invalid:
        return _shown(request, id, stopping=way, refused=invalid)
    return redirect(request, f"/instances/{id}", STOPPED[way])


@post("/instances/{id:uuid}/retry", include_in_schema=False)
def retry(request: Asked, id: FromPath[UUID]) -> Response[Any]:
    with decision(tenant_of(request)) as db:
        instances.retry(db, principal(request), id, actor(request))
    return redirect(request, f"/instances/{id}", "Tried again")


@post("/instances/{id:uuid}/undone", include_in_schema=False, dependencies=POSTED)
def undone(request: Asked, id: FromPath[UUID], posted: NamedDependency[Posted]) -> Response[Any]:
    try:
        with decision(tenant_of(request)) as db:
            instances.mark_undone(db, principal(request), id, said(posted, "reason"), actor(request))
    except Invalid as invalid:
        return _shown(request, id, stopping="undone", refused=invalid)
    return redirect(request, f"/instances/{id}", "Recorded as undone by hand")


@get("/instances/{id:uuid}/files/{file:uuid}", include_in_schema=False)
def download(request: Asked, id: FromPath[UUID], file: FromPath[UUID]) -> Response[bytes]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        instances.get(db, who, id)
        found = files.get(db, who, id, file)
    return attachment(bytes(found.content), found.name, found.media_type)


def attachment(content: bytes, name: str, media_type: str) -> Response[bytes]:
    """Always saved, never shown: a file somebody sent has no say in our pages, and its name none in the header."""
    name = files.safe_name(name.replace("/", "-").replace("\\", "-"))
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(content, media_type=media_type, headers=headers)


router = Router("/", route_handlers=[catalogue, new, start, mine, show, withdraw, cancel, retry, undone, download])
