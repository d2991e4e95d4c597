"""Groups: the list, one group with its members, and its form."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from litestar import Response, Router
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Redirect

from app import people
from app.access.middleware import need
from app.errors import Invalid
from app.people import groups
from app.people.membership import members_of
from app.store.db import Db, transaction
from app.web.html import page
from app.web.request import Asked, Posted, by_field, ids, principal, provide_posted, tenant_of, text
from app.web.routes import get, post
from engine.wording.values import clean

POSTED = {"posted": Provide(provide_posted)}
MANAGE = [need("people:manage")]
# So many people are offered at once; where there are more, they are searched for.
FEW = 30


@get("/groups", include_in_schema=False)
def listing(request: Asked) -> Response[Any]:
    with transaction(tenant_of(request)) as db:
        found = groups.list_groups(db, principal(request))
    return page(request, "groups/list.html", groups=found)


@get("/groups/{id:uuid}", include_in_schema=False)
def show(request: Asked, id: FromPath[UUID]) -> Response[Any]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        group = groups.get(db, who, id)
        inside = members_of(db, who.tenant_id, id)
        members = [person for person in people.everybody(db, who, also=inside) if person.id in inside]
    return page(request, "groups/show.html", group=group, members=members)


@get("/groups/new", include_in_schema=False, guards=MANAGE)
def new(request: Asked) -> Response[Any]:
    with transaction(tenant_of(request)) as db:
        return _form(db, request, None, "", ())


@get("/groups/{id:uuid}/edit", include_in_schema=False, guards=MANAGE)
def edit(request: Asked, id: FromPath[UUID]) -> Response[Any]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        group = groups.get(db, who, id)
        return _form(db, request, id, group.name, members_of(db, who.tenant_id, id))


@post("/groups", include_in_schema=False, dependencies=POSTED, guards=MANAGE)
def create(request: Asked, posted: NamedDependency[Posted]) -> Response[Any]:
    name, members = clean(text(posted, "name")), frozenset(ids(posted, "members"))
    if text(posted, "find"):
        return _found(request, None, name, members, posted)
    try:
        with transaction(tenant_of(request)) as db:
            group_id = groups.create(db, principal(request), name, members)
    except Invalid as invalid:
        with transaction(tenant_of(request)) as db:
            return _form(db, request, None, name, members, invalid)
    return Redirect(f"/groups/{group_id}", status_code=303)


@post("/groups/{id:uuid}", include_in_schema=False, dependencies=POSTED, guards=MANAGE)
def change(request: Asked, id: FromPath[UUID], posted: NamedDependency[Posted]) -> Response[Any]:
    name, members = clean(text(posted, "name")), frozenset(ids(posted, "members"))
    if text(posted, "find"):
        return _found(request, id, name, members, posted)
    try:
        with transaction(tenant_of(request)) as db:
            groups.change(db, principal(request), id, name, members)
    except Invalid as invalid:
        with transaction(tenant_of(request)) as db:
            return _form(db, request, id, name, members, invalid)
    return Redirect(f"/groups/{id}", status_code=303)


def _found(request: Asked, id: UUID | None, name: str, members: frozenset[UUID], posted: Posted) -> Response[Any]:
    """The form again as it was filled in, with the people who were searched for; nothing is saved."""
    with transaction(tenant_of(request)) as db:
        return _form(db, request, id, name, members, words=clean(text(posted, "words"))[:100])


def _form(
    db: Db,
    request: Asked,
    id: UUID | None,
    name: str,
    members: Collection[UUID],
    invalid: Invalid | None = None,
    words: str = "",
) -> Response[Any]:
    who = principal(request)
    offered = people.everybody(db, who, members)
    many = len(offered) > FEW
    if many:
        found = people.search(db, who, words)[:FEW] if words else ()
        matching = {row.id for row in found}
        offered = [row for row in offered if row.id in members or row.id in matching]
    return page(
        request,
        "groups/edit.html",
        status=invalid.status if invalid else 200,
        id=id,
        name=name,
        members=members,
        people=[(row.id, row.name, row.title) for row in offered],
        many=many,
        words=words,
        errors=by_field(invalid),
        message=invalid.message if invalid else "",
    )


router = Router("/", route_handlers=[listing, new, show, edit, create, change])
