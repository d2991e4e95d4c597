"""Definitions: the list, one version with its drawing, export and import as JSON."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, Router
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from app import definitions, drafts, overview
from app.access import bodies
from app.access.middleware import need
from app.access.permissions import require
from app.access.principal import Principal
from app.errors import Invalid
from app.runtime import versions
from app.runtime.directories import current
from app.store.db import Db, transaction
from app.web.flash import redirect
from app.web.html import page
from app.web.request import Asked, Posted, principal, provide_posted, said, tenant_of, text
from app.web.routes import get, post
from designer.diff import Difference, difference
from designer.drawing.canvas import draw
from designer.drawing.faces import faces_of
from designer.drawing.folding import fold as fold_branches
from designer.drawing.folding import foldable
from designer.drawing.shapes import Layout
from designer.policy import policy_of
from engine import json_text
from engine.definition import Definition
from engine.people import Directory
from engine.wording.steps import explain

POSTED = {"posted": Provide(provide_posted)}
MAX_NOTE = 500
VIEWS = ("outline", "policy")
MAX_FOLDS = 100


@get("/definitions", include_in_schema=False)
def listing(request: Asked) -> Response[Any]:
    with transaction(tenant_of(request)) as db:
        found = definitions.list_definitions(db, principal(request))
        drafted = drafts.with_draft(db, principal(request))
    return page(request, "definitions/list.html", definitions=found, drafted=drafted)


@get("/definitions/{key:str}", include_in_schema=False)
def show(
    request: Asked,
    key: FromPath[str],
    version: FromQuery[int | None] = None,
    fold: FromQuery[list[str] | None] = None,
    view: FromQuery[str] = "",
) -> Response[Any]:
    """fold: branches to be shown as one card, as STEP:OUTCOME. view: outline or policy; else the drawing."""
    who = principal(request)
    with transaction(who.tenant_id) as db:
        require(who, "definition:read")
        found = definitions.get(db, who, key)
        row = definitions.version(db, who, key, version)
        listed = definitions.list_versions(db, found)
        definition = versions.definition(db, who.tenant_id, row.id)
        people = current(db, who.tenant_id)
        steps = explain(definition, people)
    places = {step: place for place, step in enumerate(overview.drawing(definition).flow.order)}
    return page(
        request,
        "definitions/show.html",
        definition=found,
        version=row,
        versions=listed,
        **_folded(definition, people, row.number, fold or []),
        steps=sorted(steps, key=lambda step: places.get(step.id, len(places))),
        view=view if view in VIEWS else "",
        policy=policy_of(definition, people) if view == "policy" else None,
    )


def _folded(definition: Definition, people: Directory, version: int, folds: list[str]) -> dict[str, Any]:
    """The drawing with those branches closed, and the addresses that close one more or open one again."""
    chosen = [(step, outcome) for step, _, outcome in (fold.partition(":") for fold in folds[:MAX_FOLDS])]
    document, faces, stands = fold_branches(definition.document, faces_of(definition, people), chosen)
    layout, closed = draw(document, faces), list(stands.values())

    def address(keys: list[tuple[str, str]]) -> str:
        return "?" + urlencode([("version", version), *(("fold", f"{step}:{outcome}") for step, outcome in keys)])

    return {
        "drawing": layout,
        "folds": {key: address([*closed, key]) for key in foldable(layout.flow)},
        "opens": {card: address([key for key in closed if key != stood]) for card, stood in stands.items()},
    }


@get("/definitions/{key:str}/versions/{number:int}/document.json", include_in_schema=False)
def export(request: Asked, key: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        require(who, "definition:read")
        row = definitions.version(db, who, key, number)
    pretty = msgspec.json.format(json_text.dumps(row.document), indent=2)
    headers = {"Content-Disposition": f'attachment; filename="{key}-v{number}.json"'}
    return Response(pretty, media_type="application/json", headers=headers)


@get("/definitions/import", include_in_schema=False, sync_to_thread=False, guards=[need("definition:publish")])
def import_form(request: Asked) -> Response[Any]:
    return _import_page(request, "", "")


@post(
    "/definitions/import",
    include_in_schema=False,
    dependencies=POSTED,
    guards=[need("definition:publish")],
    request_max_body_size=bodies.WITH_FILES,
)
def import_document(request: Asked, posted: NamedDependency[Posted]) -> Response[Any]:
    """One button checks and shows what would change; the other publishes."""
    who, document, note = principal(request), "", text(posted, "note")
    try:
        document = _document(posted)
        with transaction(who.tenant_id) as db:
            kept = definitions.checked(db, who, _decoded(document))
            found = _looked_at(db, who, kept) if text(posted, "_do") == "check" else None
        if found:
            return _import_page(request, document, note, found=found)
        with transaction(who.tenant_id) as db:
            before = definitions.published_before(db, who, kept["key"])
            row = definitions.publish(db, who, kept, said(posted, "note")[:MAX_NOTE])
    except Invalid as invalid:
        return _import_page(request, document, note, invalid)
    address = f"/definitions/{row.document['key']}?version={row.number}"
    if before is not None and before.number == row.number:
        kept_note = ", and the note was not kept" if note else ""
        words = f"Version {row.number} says the same already, so nothing was published{kept_note}."
        return redirect(request, address, "Nothing new", words, "info")
    return redirect(request, address, "Published", f"{row.document['name']} is now version {row.number}")


@dataclass(frozen=True)
class Found:
    """What a document would become. before: the newest version there is, where there is one."""

    definition: Definition
    drawing: Layout
    before: Any
    difference: Difference | None


def _looked_at(db: Db, who: Principal, document: dict[str, Any]) -> Found:
    definition = Definition(document)
    before, people = definitions.published_before(db, who, definition.key), current(db, who.tenant_id)
    changed = difference(before.document, document, people) if before is not None else None
    return Found(definition, overview.drawing(definition, people), before, changed)


def _import_page(
    request: Asked, document: str, note: str, invalid: Invalid | None = None, found: Found | None = None
) -> Response[Any]:
    return page(
        request,
        "definitions/import.html",
        status=invalid.status if invalid else 200,
        document=document,
        note=note,
        message=invalid.message if invalid else "",
        problems=_by_step(document, invalid) if invalid else [],
        found=found,
    )


def _by_step(document: str, invalid: Invalid) -> list[tuple[str, list[Any]]]:
    """What is wrong, under the name of the step; first what is about the document itself."""
    found: dict[str, list[Any]] = {}
    for error in sorted(invalid.errors, key=lambda error: _step(error) != ""):
        found.setdefault(_step(error), []).append(error)
    names = _names(document)
    return [(names.get(step, step), errors) for step, errors in found.items()]


def _step(error: Any) -> str:
    parts = str(error["pointer"]).split("/")
    return parts[2] if parts[1:2] == ["steps"] and len(parts) > 2 else ""


def _names(document: str) -> dict[str, str]:
    try:
        steps = _decoded(document)["steps"].items()
        return {key: str(step["name"]) for key, step in steps}
    except (Invalid, KeyError, TypeError, AttributeError):
        return {}


def _document(posted: Posted) -> str:
    """The chosen file, or the text that was pasted. Raises Invalid where it is too large."""
    upload = next((value for _, value in posted if isinstance(value, UploadFile) and value.filename), None)
    content = upload.file.read(definitions.MAX_DOCUMENT + 1) if upload else text(posted, "document").encode()
    if len(content) > definitions.MAX_DOCUMENT:
        raise Invalid.at("", f"A definition has at most {definitions.MAX_DOCUMENT // 1024} kB.")
    return content.decode(errors="replace")


def _decoded(document: str) -> Any:
    try:
        return json_text.loads(document)
    except (msgspec.DecodeError, ValueError, RecursionError) as unread:
        words = f"This is not JSON: {str(unread)[:200]}" if document.strip() else "Choose a file, or paste the text."
        raise Invalid.at("", words) from unread


router = Router("/", route_handlers=[listing, import_form, import_document, show, export])
