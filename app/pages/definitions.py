"""Definitions: the list, one version with its drawing, export and import as JSON."""

from typing import Any

import msgspec
from litestar import Request, Response, Router
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app import codec, definitions, overview, versions
from app.db import transaction
from app.errors import Invalid
from app.html import page
from app.pages.asked import Posted, principal, provide_posted, text
from app.permissions import require
from app.routes import get, post
from engine.registry import discover

Asked = Request[Any, Any, Any]


@get("/definitions", include_in_schema=False)
def listing(request: Asked) -> Response[Any]:
    with transaction() as db:
        found = definitions.list_definitions(db, principal(request))
    return page(request, "definitions/list.html", definitions=found)


@get("/definitions/{key:str}", include_in_schema=False)
def show(request: Asked, key: FromPath[str], version: FromQuery[int | None] = None) -> Response[Any]:
    who = principal(request)
    with transaction() as db:
        require(who, "definition:read")
        found = definitions.get(db, who, key)
        row = definitions.version(db, who, key, version)
        listed = definitions.list_versions(db, found.id)
        definition = versions.definition(db, row.id)
    types = discover("engine.steps")
    steps = [(step, types[step.type].sentence(step)) for step in definition.steps.values()]
    return page(
        request,
        "definitions/show.html",
        definition=found,
        version=row,
        versions=listed,
        drawing=overview.drawing(definition),
        steps=steps,
    )


@get("/definitions/{key:str}/versions/{number:int}/document.json", include_in_schema=False)
def export(request: Asked, key: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    who = principal(request)
    with transaction() as db:
        require(who, "definition:read")
        row = definitions.version(db, who, key, number)
    pretty = msgspec.json.format(codec.dumps(row.document), indent=2)
    headers = {"Content-Disposition": f'attachment; filename="{key}-v{number}.json"'}
    return Response(pretty, media_type="application/json", headers=headers)


@get("/definitions/import", include_in_schema=False, sync_to_thread=False)
def import_form(request: Asked) -> Response[Any]:
    require(principal(request), "definition:publish")
    return page(request, "definitions/import.html", document="", note="", errors=[], message="")


@post("/definitions/import", include_in_schema=False, dependencies={"posted": Provide(provide_posted)})
def import_document(request: Asked, posted: NamedDependency[Posted]) -> Response[Any]:
    document, note = _document(posted), text(posted, "note")
    try:
        with transaction() as db:
            row = definitions.publish(db, principal(request), _decoded(document), note[:500])
            key = row.document["key"]
    except Invalid as invalid:
        return page(
            request,
            "definitions/import.html",
            status=422,
            document=document,
            note=note,
            errors=invalid.errors,
            message=invalid.message,
        )
    return Redirect(f"/definitions/{key}?version={row.number}", status_code=303)


def _document(posted: Posted) -> str:
    """The chosen file, or the text that was pasted."""
    upload = next((value for _, value in posted if isinstance(value, UploadFile) and value.filename), None)
    if upload is None:
        return text(posted, "document")
    return upload.file.read(definitions.MAX_DOCUMENT + 1).decode(errors="replace")


def _decoded(document: str) -> Any:
    try:
        return codec.loads(document)
    except (msgspec.DecodeError, ValueError, RecursionError) as unread:
        words = f"This is not JSON: {str(unread)[:200]}"
        raise Invalid(words, [{"pointer": "", "message": words}]) from unread


router = Router("/", route_handlers=[listing, import_form, import_document, show, export])
