"""Reports: what was made, what is being made, and the form for a new one."""

from typing import Any
from uuid import UUID

from litestar import Response, Router
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.access.permissions import require
from app.audit import search
from app.audit.filters import Filters
from app.errors import Invalid
from app.exports import exports
from app.pages.instances import attachment
from app.reports import jobs
from app.store.db import transaction
from app.web.html import page
from app.web.request import Asked, Posted, by_field, cursor, principal, provide_posted, tenant_of, text
from app.web.routes import get, post

form_dependency = {"posted": Provide(provide_posted)}


@get("/reports", include_in_schema=False)
def index(request: Asked, before: FromQuery[str | None] = None) -> Response[Any]:
    with transaction(tenant_of(request)) as db:
        rows = jobs.recent(db, principal(request), cursor(before))
    shown = [(row, jobs.trouble(row)) for row in rows[: jobs.PAGE]]
    return page(
        request,
        "reports/list.html",
        block="reports",
        rows=shown,
        formats=exports(),
        pending=any(row.status == "pending" and not trouble for row, trouble in shown),
        here=f"/reports?before={before}" if before else "/reports",
        more=rows[jobs.PAGE - 1].id if len(rows) > jobs.PAGE else None,
    )


@get("/reports/new", include_in_schema=False)
def new(request: Asked) -> Response[Any]:
    return _form(request, {name: request.query_params[name] for name in request.query_params})


@post("/reports", include_in_schema=False, dependencies=form_dependency)
def create(request: Asked, posted: NamedDependency[Posted]) -> Response[Any] | Redirect:
    """`about` says which half of the form counts; buttons on other pages send filters without it."""
    given = {name: text(posted, name).strip() for name in (*Filters.__dataclass_fields__, "format", "about")}
    wanted = {name: value for name, value in given.items() if value and name not in ("format", "about")}
    who = principal(request)
    try:
        with transaction(who.tenant_id) as db:
            if given["about"] == "request":
                wanted = {"instance": str(jobs.find_request(db, who, given["request"]))}
            elif given["about"] == "period":
                wanted.pop("request", None)
            key = jobs.create(db, who, given["format"] or next(iter(exports())), wanted)
    except Invalid as invalid:
        return _form(request, given, invalid)
    return Redirect(f"/reports/{key}", status_code=303)


@get("/reports/{id:uuid}", include_in_schema=False)
def show(request: Asked, id: FromPath[UUID]) -> Response[Any]:
    with transaction(tenant_of(request)) as db:
        row = jobs.get(db, principal(request), id)
    trouble = jobs.trouble(row)
    return page(
        request,
        "reports/show.html",
        block="report",
        row=row,
        trouble=trouble,
        pending=row.status == "pending" and not trouble,
        module=exports().get(row.format),
    )


@get("/reports/{id:uuid}/file", include_in_schema=False)
def download(request: Asked, id: FromPath[UUID]) -> Response[bytes]:
    with transaction(tenant_of(request)) as db:
        name, media_type, content = jobs.content(db, principal(request), id)
    return attachment(content, name, media_type)


def _form(request: Asked, given: dict[str, str], refused: Invalid | None = None) -> Response[Any]:
    who = principal(request)
    require(who, "audit:export")
    with transaction(who.tenant_id) as db:
        _, definitions = search.choices(db, who)
    return page(
        request,
        "reports/new.html",
        status=422 if refused else 200,
        given=given,
        message=refused.message if refused else "",
        errors=by_field(refused),
        formats=exports(),
        definitions=definitions,
    )


router = Router("/", route_handlers=[index, new, create, show, download])
