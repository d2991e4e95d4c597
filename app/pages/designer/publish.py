"""How a draft ends: published with a note and what changes, or discarded; definitions retired."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from litestar import Response, Router
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Redirect

from app import definitions, drafts
from app.access.middleware import need
from app.access.principal import Principal
from app.drafts import Draft, finish, obstacles
from app.drafts.obstacles import Obstacle
from app.errors import Conflict, Invalid, Refusal
from app.runtime.directories import seen
from app.store.db import Db, transaction
from app.web.flash import redirect
from app.web.html import page
from app.web.request import Asked, Posted, principal, provide_posted, said, text
from app.web.routes import get, post
from designer.diff import difference
from designer.edits.draft_flow import name_of, steps_of
from designer.trial.coverage import coverage
from engine.json_text import dumps

PUBLISH = [need("definition:publish")]
GIVEN: Any = {
    "include_in_schema": False,
    "guards": PUBLISH,
    "dependencies": {"posted": Provide(provide_posted)},
}
MAX_NOTE, MOST_NAMED = 500, 8


@get("/definitions/{key:str}/draft/publish", include_in_schema=False, guards=PUBLISH)
def ask(request: Asked, key: FromPath[str]) -> Response[Any]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        return _asked(db, request, who, drafts.get(db, who, key))


@post("/definitions/{key:str}/draft/publish", **GIVEN)
def publish(request: Asked, key: FromPath[str], posted: NamedDependency[Posted]) -> Response[Any]:
    who, given = principal(request), text(posted, "revision")
    revision = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1
    try:
        with transaction(who.tenant_id) as db:
            note, over = said(posted, "note")[:MAX_NOTE], text(posted, "over") == "yes"
            row = finish.publish(db, who, key, revision, note, over=over)
    except (Conflict, Invalid) as refused:
        with transaction(who.tenant_id) as db:
            return _asked(db, request, who, drafts.get(db, who, key), refused, text(posted, "note"))
    return redirect(
        request,
        f"/definitions/{key}?version={row.number}",
        "Published",
        f"{row.document['name']} is version {row.number}",
    )


@post("/definitions/{key:str}/draft/discard", **GIVEN)
def discard(request: Asked, key: FromPath[str], posted: NamedDependency[Posted]) -> Redirect:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        finish.discard(db, who, key)
    return redirect(request, "/definitions", "Draft discarded")


@post("/definitions/{key:str}/retire", **GIVEN)
def retire(request: Asked, key: FromPath[str], posted: NamedDependency[Posted]) -> Redirect:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        finish.retire(db, who, key)
    return redirect(request, f"/definitions/{key}", "Retired", "Nobody can ask for it any more. What runs goes on.")


@post("/definitions/{key:str}/bring-back", **GIVEN)
def bring_back(request: Asked, key: FromPath[str], posted: NamedDependency[Posted]) -> Redirect:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        finish.bring_back(db, who, key)
    return redirect(request, f"/definitions/{key}", "Brought back", "It can be asked for again.")


def _asked(
    db: Db, request: Asked, who: Principal, draft: Draft, refused: Refusal | None = None, note: str = ""
) -> Response[Any]:
    found, steps = obstacles.problems(db, who, draft), steps_of(draft.document)
    before, tests = definitions.published_before(db, who, draft.key), coverage(draft.document)
    return page(
        request,
        "designer/publish.html",
        status=refused.status if refused else 200,
        draft=draft,
        here=f"/definitions/{draft.key}/draft",
        problems=[_problem(problem, steps) for problem in found],
        tests=tests,
        missed=[name_of(steps[key], key) for key in tests.missed[:MOST_NAMED]],
        before=before,
        difference=difference(before.document, draft.document, seen(db, who.tenant_id)) if before else None,
        reordered=before is not None and dumps(before.document) != dumps(draft.document),
        versions=definitions.list_versions(db, draft.definition),
        overtaken=before is not None and before.number != draft.base,
        message=refused.message if refused else "",
        note=note,
    )


def _problem(problem: Obstacle, steps: Mapping[str, Any]) -> tuple[str, str]:
    """Where it is mended, after the address of the draft, and what it is."""
    if problem.pointer.startswith("/tests/"):
        return "/try#tests", problem.text
    return f"?step={quote(problem.step)}" if problem.step and problem.step in steps else "", problem.text


router = Router("/", route_handlers=[ask, publish, discard, retire, bring_back])
