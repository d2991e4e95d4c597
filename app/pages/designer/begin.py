"""New flows: from nothing, from a template, from a file."""

from typing import Any

from litestar import Response, Router
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Redirect

from app.access import bodies
from app.access.middleware import need
from app.definition_files import LARGEST, document_of
from app.drafts import begin
from app.errors import Invalid
from app.store.db import transaction
from app.web.flash import redirect
from app.web.html import page
from app.web.request import Asked, Posted, by_field, principal, provide_posted, text
from app.web.routes import get, post
from designer.gallery import templates
from engine.wording.sentences import sentence

PUBLISH = [need("definition:publish")]
GIVEN: Any = {
    "include_in_schema": False,
    "guards": PUBLISH,
    "dependencies": {"posted": Provide(provide_posted)},
}


@get("/definitions/new", include_in_schema=False, guards=PUBLISH, sync_to_thread=False)
def new(request: Asked) -> Response[Any]:
    return _page(request)


@post("/definitions/new", **GIVEN)
def blank(request: Asked, posted: NamedDependency[Posted]) -> Response[Any]:
    who = principal(request)
    try:
        with transaction(who.tenant_id) as db:
            draft = begin.blank_flow(db, who, text(posted, "name"))
    except Invalid as invalid:
        return _page(request, invalid, name=text(posted, "name"))
    return Redirect(f"/definitions/{draft.key}/draft", status_code=303)


@post("/definitions/new/file", request_max_body_size=bodies.WITH_FILES, **GIVEN)
def file(request: Asked, posted: NamedDependency[Posted]) -> Response[Any]:
    """What did not map is told, then whatever is wrong with it on its draft; nothing is published."""
    who = principal(request)
    try:
        document = document_of(_content(posted))
        with transaction(who.tenant_id) as db:
            made = begin.from_file(db, who, document.content, strange=document.strange)
    except Invalid as invalid:
        return _page(request, invalid, document=text(posted, "document"))
    if document.notes:
        notes = [sentence(note) for note in document.notes]
        return page(request, "designer/imported.html", draft=made.draft, notes=notes, replaced=bool(made.words))
    words = "Look at it before you publish it. What was drafted before comes back with Undo." if made.words else ""
    return redirect(request, f"/definitions/{made.draft.key}/draft", "Imported as a draft", words)


@post("/definitions/templates/{key:str}/draft", **GIVEN)
def template(request: Asked, key: FromPath[str], posted: NamedDependency[Posted]) -> Redirect:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        draft = begin.from_template(db, who, key)
    trying = "/try" if text(posted, "then") == "try" else ""
    return Redirect(f"/definitions/{draft.key}/draft{trying}", status_code=303)


def _content(posted: Posted) -> bytes:
    """Of the chosen file, or the text that was pasted."""
    upload = next((value for _, value in posted if isinstance(value, UploadFile) and value.filename), None)
    content: bytes = upload.file.read(LARGEST + 1) if upload else text(posted, "document").encode()
    return content


def _page(request: Asked, invalid: Invalid | None = None, name: str = "", document: str = "") -> Response[Any]:
    return page(
        request,
        "designer/new.html",
        status=invalid.status if invalid else 200,
        templates=templates().values(),
        name=name,
        document=document,
        errors=by_field(invalid),
    )


router = Router("/", route_handlers=[new, blank, file, template])
