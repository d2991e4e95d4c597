"""People: the list, one person with their managers, and the forms of an administrator."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from litestar import Response, Router
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from sqlalchemy import Row

from app import people
from app.access import auth
from app.access.middleware import need
from app.access.permissions import PERMISSIONS, ROLE_NOTES, permissions_of
from app.access.principal import Principal
from app.errors import Invalid
from app.people import groups, invitations
from app.people.membership import groups_of
from app.store.db import Db, transaction
from app.web.flash import redirect
from app.web.html import page
from app.web.request import Asked, Posted, by_field, ids, principal, provide_posted, tenant_of, text, texts
from app.web.routes import get, post
from engine.wording.values import clean

POSTED = {"posted": Provide(provide_posted)}
INVITED = "Invited"
MANAGE = [need("people:manage")]
# So many groups are offered at once; where there are more, they are searched for.
FEW = 30


@get("/people", include_in_schema=False)
def listing(request: Asked, q: FromQuery[str] = "", left: FromQuery[bool] = False) -> Response[Any]:
    with transaction(tenant_of(request)) as db:
        found = people.search(db, principal(request), q[:100], active=not left)
    return page(
        request,
        "people/list.html",
        block="found",
        people=found[: people.PAGE],
        more=len(found) > people.PAGE,
        q=q[:100],
        left=left,
    )


@get("/people/{id:uuid}", include_in_schema=False)
def show(request: Asked, id: FromPath[UUID]) -> Response[Any]:
    with transaction(tenant_of(request)) as db:
        return _shown(db, request, id)


def _shown(db: Db, request: Asked, id: UUID) -> Response[Any]:
    who = principal(request)
    person = people.get(db, who, id)
    belongs = groups_of(db, who.tenant_id, id)
    return page(
        request,
        "people/show.html",
        person=person,
        line=people.line(db, who, id),
        reports=people.reports(db, who, id),
        groups=[group for group in groups.list_names(db, who) if group.id in belongs],
        waiting=people.waiting(db, who, id),
        may=[words for name, words in PERMISSIONS.items() if name in permissions_of(person.roles)],
        own=id == who.user_id,
        invited=auth.is_none(person.password_hash),
        link=invitations.link_to_hand_over(db, who, id) if who.may("people:manage") else "",
    )


@get("/people/new", include_in_schema=False, guards=MANAGE)
def new(request: Asked) -> Response[Any]:
    with transaction(tenant_of(request)) as db:
        return _form(db, request, None, people.Details(name="", email=""))


@get("/people/{id:uuid}/edit", include_in_schema=False, guards=MANAGE)
def edit(request: Asked, id: FromPath[UUID]) -> Response[Any]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        row = people.get(db, who, id)
        belongs = groups_of(db, who.tenant_id, id)
        details = people.Details(row.name, row.email, row.title, row.roles, row.manager_id, belongs)
        return _form(db, request, id, details)


@post("/people", include_in_schema=False, dependencies=POSTED, guards=MANAGE)
def create(request: Asked, posted: NamedDependency[Posted]) -> Response[Any]:
    details = _details(posted)
    if text(posted, "find"):
        return _found(request, None, details, posted)
    try:
        with transaction(tenant_of(request)) as db:
            user_id = people.create(db, principal(request), details)
            invitations.invite(db, principal(request), user_id)
    except Invalid as invalid:
        with transaction(tenant_of(request)) as db:
            return _form(db, request, None, details, invalid)
    return redirect(request, f"/people/{user_id}", INVITED)


@post("/people/{id:uuid}", include_in_schema=False, dependencies=POSTED, guards=MANAGE)
def change(request: Asked, id: FromPath[UUID], posted: NamedDependency[Posted]) -> Response[Any]:
    details = _details(posted)
    if text(posted, "find"):
        return _found(request, id, details, posted)
    try:
        with transaction(tenant_of(request)) as db:
            people.change(db, principal(request), id, details)
    except Invalid as invalid:
        with transaction(tenant_of(request)) as db:
            return _form(db, request, id, details, invalid)
    return redirect(request, f"/people/{id}", "Saved")


@post("/people/{id:uuid}/deactivation", include_in_schema=False)
def deactivate(request: Asked, id: FromPath[UUID]) -> Response[Any]:
    with transaction(tenant_of(request)) as db:
        people.deactivate(db, principal(request), id)
    return redirect(request, f"/people/{id}", "Deactivated")


@post("/people/{id:uuid}/activation", include_in_schema=False)
def activate(request: Asked, id: FromPath[UUID]) -> Response[Any]:
    with transaction(tenant_of(request)) as db:
        people.activate(db, principal(request), id)
    return redirect(request, f"/people/{id}", "Active again")


@post("/people/{id:uuid}/invitation", include_in_schema=False, dependencies=POSTED)
def invite(request: Asked, id: FromPath[UUID], posted: NamedDependency[Posted]) -> Response[Any]:
    """A link to set a password, for whoever never had one or lost it."""
    with transaction(tenant_of(request)) as db:
        invitations.invite(db, principal(request), id, end_keys=text(posted, "keys") == "yes")
    return redirect(request, f"/people/{id}", INVITED)


def _found(request: Asked, id: UUID | None, details: people.Details, posted: Posted) -> Response[Any]:
    """The form again as it was filled in, with the groups that were searched for; nothing is saved."""
    with transaction(tenant_of(request)) as db:
        return _form(db, request, id, details, words=clean(text(posted, "words"))[:100])


def _form(
    db: Db,
    request: Asked,
    id: UUID | None,
    details: people.Details,
    invalid: Invalid | None = None,
    words: str = "",
) -> Response[Any]:
    who = principal(request)
    known = groups.list_names(db, who)
    many = len(known) > FEW
    offered = _matching(known, words, details.groups) if many else known
    return page(
        request,
        "people/edit.html",
        status=invalid.status if invalid else 200,
        id=id,
        details=details,
        own=id == who.user_id,
        roles=[(role, role.capitalize(), note) for role, note in ROLE_NOTES.items()],
        managers=[("", "Nobody"), *_possible_managers(db, who, id)],
        groups=[(group.id, group.name, "") for group in offered],
        many=many,
        words=words,
        errors=by_field(invalid),
        message=invalid.message if invalid else "",
    )


def _matching(known: Sequence[Row[Any]], words: str, chosen: Collection[UUID]) -> list[Row[Any]]:
    """The groups that are ticked, and the first few that have all the words in their names."""
    wanted = words.casefold().split()
    found = [group.id for group in known if wanted and all(word in group.name.casefold() for word in wanted)]
    offered = {*chosen, *found[:FEW]}
    return [group for group in known if group.id in offered]


def _possible_managers(db: Db, who: Principal, id: UUID | None) -> list[tuple[UUID, str]]:
    others = [row for row in people.everybody(db, who) if row.id != id]
    return [(row.id, f"{row.name}, {row.title}" if row.title else row.name) for row in others]


def _details(posted: Posted) -> people.Details:
    managers = ids(posted, "manager")
    return people.Details(
        name=clean(text(posted, "name")),
        email=text(posted, "email").strip(),
        title=clean(text(posted, "title")),
        roles=frozenset(texts(posted, "roles")),
        manager_id=managers[0] if managers else None,
        groups=frozenset(ids(posted, "groups")),
    )


router = Router("/", route_handlers=[listing, new, show, edit, create, change, deactivate, activate, invite])
