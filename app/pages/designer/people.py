"""People to choose from while a name is typed in the panel of a draft."""

from typing import Any

from litestar import Response, Router
from litestar.params import FromPath

from app import drafts
from app.access.middleware import need
from app.runtime.directories import directory_of
from app.store.db import transaction
from app.web.html import fragments
from app.web.request import Asked, principal, tenant_of
from app.web.routes import get
from engine.forms.controls.who import called, search

LONGEST = 100


@get("/definitions/{key:str}/draft/people", include_in_schema=False, guards=[need("definition:publish")])
def find(request: Asked, key: FromPath[str]) -> Response[Any]:
    """Options for what stands in the control that asks, whatever its name."""
    who = principal(request)
    typed = next(iter(request.query_params.values()), "")[:LONGEST]
    with transaction(tenant_of(request)) as db:
        drafts.get(db, who, key)
        people = search(directory_of(db, who), typed)
    return fragments(
        request, "designer/people.html", ("options",), people=[(person.email, called(person)) for person in people]
    )


router = Router("/", route_handlers=[find])
