"""Definitions: the list, one version with its drawing, and as JSON."""

from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, Router
from litestar.params import FromPath, FromQuery

from app import definitions, drafts, overview
from app.access.permissions import require
from app.definition_files import bpmn_file
from app.runtime import versions
from app.runtime.directories import current
from app.store.db import transaction
from app.web.html import page
from app.web.request import Asked, principal, tenant_of
from app.web.routes import get
from designer.drawing.canvas import draw
from designer.drawing.faces import faces_of
from designer.drawing.flow import flow_of
from designer.drawing.folding import Key, branches, closed
from designer.drawing.folding import fold as fold_branches
from designer.policy import policy_of
from engine import json_text
from engine.definition import Definition
from engine.people import Directory
from engine.wording.steps import explain

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
    flow = flow_of(definition.document["start"], definition.document["steps"])
    asked = [(step, outcome) for step, _, outcome in (fold.partition(":") for fold in folds[:MAX_FOLDS])]
    chosen = [key for key in branches(flow) if key in asked]
    document, faces, stands = fold_branches(definition.document, faces_of(definition, people), closed(flow, chosen))
    layout = draw(document, faces)

    def address(keys: list[Key]) -> str:
        return "?" + urlencode([("version", version), *(("fold", f"{step}:{outcome}") for step, outcome in keys)])

    return {
        "drawing": layout,
        "folds": {key: address([*chosen, key]) for key in branches(layout.flow)},
        "opens": {card: address([key for key in chosen if key != stood]) for card, stood in stands.items()},
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


@get("/definitions/{key:str}/versions/{number:int}/flow.bpmn", include_in_schema=False)
def bpmn(request: Asked, key: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        require(who, "definition:read")
        row = definitions.version(db, who, key, number)
    return bpmn_file(row.document, f"{key}-v{number}")


@get("/definitions/{key:str}/draft/flow.bpmn", include_in_schema=False)
def draft_bpmn(request: Asked, key: FromPath[str]) -> Response[bytes]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        draft = drafts.get(db, who, key)
    return bpmn_file(draft.document, f"{key}-draft")


router = Router("/", route_handlers=[listing, show, export, bpmn, draft_bpmn])
