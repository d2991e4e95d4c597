"""New request, my requests, and the page of one request."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Response, Router
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app import definitions, files, instances, overview, versions
from app.db import transaction
from app.errors import Invalid, Missing
from app.html import page
from app.pages.asked import Posted, actor, cursor, principal, provide_posted, text
from app.routes import get, post
from engine.forms import fields, initial, parse

Asked = Request[Any, Any, Any]
form_dependency = {"posted": Provide(provide_posted)}


@get("/instances/new", include_in_schema=False)
def catalogue(request: Asked) -> Response[Any]:
    with transaction() as db:
        found = definitions.catalogue(db, principal(request))
    categories: dict[str, list[Any]] = {}
    for row in found:
        categories.setdefault(row.category or "Other", []).append(row)
    return page(request, "instances/catalogue.html", categories=categories)


@get("/instances/new/{key:str}", include_in_schema=False)
def new(request: Asked, key: FromPath[str]) -> Response[Any]:
    return _start_form(request, key)


def _start_form(
    request: Asked, key: str, *, status: int = 200, data: Any = None, errors: Any = (), message: str = ""
) -> Response[Any]:
    with transaction() as db:
        who = principal(request)
        found = definitions.get(db, who, key)
        version = definitions.version(db, who, key)
        definition = versions.definition(db, version.id)
    schema, ui_schema = definition.form(definition.start)
    shown = fields(schema, ui_schema, initial(schema) if data is None else data, errors)
    return page(
        request,
        "instances/new.html",
        status=status,
        definition=found,
        form=shown,
        drawing=overview.drawing(definition),
        errors=errors,
        message=message,
    )


@post("/instances/new/{key:str}", include_in_schema=False, dependencies=form_dependency)
def start(request: Asked, key: FromPath[str], posted: NamedDependency[Posted]) -> Response[Any]:
    who = principal(request)
    data: Any = {}
    try:
        with transaction() as db:
            version = definitions.version(db, who, key)
            definition = versions.definition(db, version.id)
            schema, ui_schema = definition.form(definition.start)
            data, wrong = parse(schema, ui_schema, files.keep(db, who, posted), None)
            if wrong:
                found = [{"pointer": error.pointer, "message": error.message} for error in wrong]
                raise Invalid("Some answers need another look.", found)
            moved = instances.start(db, who, version.id, data, actor(request))
    except Invalid as invalid:
        return _start_form(request, key, status=422, data=data, errors=invalid.errors, message=invalid.message)
    return Redirect(f"/instances/{moved.instance_id}?done=sent", status_code=303)


@get("/instances", include_in_schema=False)
def mine(request: Asked, before: FromQuery[str | None] = None) -> Response[Any]:
    who = principal(request)
    with transaction() as db:
        rows = instances.mine(db, who, cursor(before))
        open_tasks = instances.waiting(db, [row.id for row in rows])
        shown = [
            (
                row,
                overview.amount(versions.definition(db, row.version_id), row.state["data"]),
                overview.waiting_for(versions.definition(db, row.version_id), open_tasks.get(row.id, []), row.state),
            )
            for row in rows[: instances.PAGE]
        ]
    more = str(rows[instances.PAGE - 1].id) if len(rows) > instances.PAGE else None
    return page(request, "instances/list.html", requests=shown, more=more)


@get("/instances/{id:uuid}", include_in_schema=False)
def show(request: Asked, id: FromPath[UUID], done: FromQuery[str | None] = None) -> Response[Any]:
    who = principal(request)
    with transaction() as db:
        about = overview.overview(db, instances.get(db, who, id))
        own = next((task for task in instances.waiting(db, [id]).get(id, []) if task.assignee_id == who.user_id), None)
    return page(
        request,
        "instances/show.html",
        about=about,
        own_task=own,
        may_withdraw=about.row.requester_id == who.user_id and about.row.ended_at is None,
        may_cancel=who.may("approval:cancel") and about.row.ended_at is None,
        may_retry=who.may("effect:manage") and about.waiting.startswith("Stuck"),
        done=done,
        now=datetime.now(UTC),
    )


@post("/instances/{id:uuid}/withdrawal", include_in_schema=False, dependencies=form_dependency)
def withdraw(request: Asked, id: FromPath[UUID], posted: NamedDependency[Posted]) -> Redirect:
    with transaction() as db:
        instances.withdraw(db, principal(request), id, text(posted, "reason"), actor(request))
    return Redirect(f"/instances/{id}?done=withdrawn", status_code=303)


@post("/instances/{id:uuid}/cancellation", include_in_schema=False, dependencies=form_dependency)
def cancel(request: Asked, id: FromPath[UUID], posted: NamedDependency[Posted]) -> Redirect:
    with transaction() as db:
        instances.cancel(db, principal(request), id, text(posted, "reason"), actor(request))
    return Redirect(f"/instances/{id}?done=cancelled", status_code=303)


@post("/instances/{id:uuid}/retry", include_in_schema=False)
def retry(request: Asked, id: FromPath[UUID]) -> Redirect:
    with transaction() as db:
        instances.retry(db, principal(request), id, actor(request))
    return Redirect(f"/instances/{id}?done=retried", status_code=303)


@get("/instances/{id:uuid}/files/{file:uuid}", include_in_schema=False)
def download(request: Asked, id: FromPath[UUID], file: FromPath[UUID]) -> Response[bytes]:
    who = principal(request)
    with transaction() as db:
        instances.get(db, who, id)
        if not files.used_by(db, who, file, id):
            raise Missing("There is no such file.")
        found = files.get(db, who, file)
    return attachment(bytes(found.content), found.name, found.media_type)


def attachment(content: bytes, name: str, media_type: str) -> Response[bytes]:
    """Always saved, never shown: a file somebody sent has no say in our pages."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(content, media_type=media_type, headers=headers)


router = Router(
    "/", route_handlers=[catalogue, new, start, mine, show, withdraw, cancel, retry, download]
)
