"""Templates that ship with the product: look at one, say who is in the groups it asks, publish it."""

from typing import Any

from litestar import Response, Router
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from app import definitions, overview, people
from app.access.middleware import need
from app.errors import Invalid, Missing
from app.people import groups
from app.runtime.directories import current
from app.store.db import Db, transaction
from app.web.flash import redirect
from app.web.html import page
from app.web.request import Asked, Posted, by_field, ids, principal, provide_posted, tenant_of
from app.web.routes import get, post
from designer.gallery import cards, categories, groups_asked, template
from designer.policy import policy_of
from engine import forms
from engine.definition import Definition
from engine.reasons import reason

POSTED = {"posted": Provide(provide_posted)}
PUBLISH = [need("definition:publish")]
NOTE = "As it ships"
MAX_SEARCH = 100


@get("/definitions/templates", include_in_schema=False, guards=PUBLISH)
def listing(request: Asked, q: FromQuery[str] = "", category: FromQuery[str] = "") -> Response[Any]:
    with transaction(tenant_of(request)) as db:
        there = {row.key for row in definitions.list_definitions(db, principal(request))}
    found = [card for card in cards() if category in ("", card.category) and card.fits(q[:MAX_SEARCH])]
    return page(
        request,
        "definitions/templates.html",
        block="found",
        cards=found,
        categories=categories(),
        category=category,
        q=q,
        there=there,
    )


@get("/definitions/templates/{key:str}", include_in_schema=False, guards=PUBLISH)
def show(request: Asked, key: FromPath[str]) -> Response[Any]:
    with transaction(tenant_of(request)) as db:
        return _shown(db, request, _document(key))


@post("/definitions/templates/{key:str}", include_in_schema=False, guards=PUBLISH, dependencies=POSTED)
def publish(request: Asked, key: FromPath[str], posted: NamedDependency[Posted]) -> Response[Any]:
    who, document = principal(request), _document(key)
    try:
        with transaction(who.tenant_id) as db:
            for group in _missing(db, request, document):
                members = ids(posted, f"group-{group}")
                if not members:
                    raise Invalid.because(f"/group-{group}", reason("group_members", name=_name(group)))
                groups.create(db, who, _name(group), members)
            definitions.publish(db, who, document, NOTE)
    except Invalid as invalid:
        with transaction(who.tenant_id) as db:
            return _shown(db, request, document, invalid, posted)
    return redirect(request, f"/definitions/{key}", "Published", document["name"])


def _document(key: str) -> dict[str, Any]:
    document = template(key)
    if document is None:
        raise Missing("There is no such template.")
    return document


def _missing(db: Db, request: Asked, document: dict[str, Any]) -> list[str]:
    """Keys of groups that the template asks and the tenant does not have."""
    there = {group.key for group in groups.list_names(db, principal(request))}
    return [key for key in groups_asked(document) if key not in there]


def _name(group: str) -> str:
    return group.replace("-", " ").capitalize()


def _shown(
    db: Db, request: Asked, document: dict[str, Any], invalid: Invalid | None = None, posted: Posted | None = None
) -> Response[Any]:
    """Whoever publishes cannot put themselves into a group, as on the page of groups."""
    who = principal(request)
    definition = Definition(document)
    people_here = current(db, who.tenant_id)
    missing = _missing(db, request, document)
    return page(
        request,
        "definitions/template.html",
        status=invalid.status if invalid else 200,
        document=document,
        drawing=overview.drawing(definition, people_here),
        policy=policy_of(definition, people_here),
        form=forms.fields(*definition.form(definition.start), definition.asked(definition.start)),
        asked=[(_name(key), key in missing) for key in groups_asked(document)],
        groups=[(f"group-{key}", _name(key)) for key in missing],
        chosen={f"group-{key}": ids(posted, f"group-{key}") if posted else [] for key in missing},
        people=[(row.id, row.name, row.title) for row in people.everybody(db, who) if row.id != who.user_id],
        errors=by_field(invalid),
        message=invalid.message if invalid else "",
        problems=[error["message"] for error in invalid.errors] if invalid else [],
    )


router = Router("/", route_handlers=[listing, show, publish])
