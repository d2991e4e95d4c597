"""What became of a definition: its versions, and the difference of any two of them or of its draft."""

from typing import Any

from litestar import Response, Router
from litestar.params import FromPath

from app import definitions, drafts
from app.access.permissions import require
from app.drafts import compare
from app.drafts.compare import DRAFT
from app.store.db import transaction
from app.web.html import page
from app.web.request import Asked, principal
from app.web.routes import get


@get("/definitions/{key:str}/history", include_in_schema=False)
def history(request: Asked, key: FromPath[str]) -> Response[Any]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        require(who, "definition:read")
        found = definitions.get(db, who, key)
        listed = definitions.list_versions(db, found)
        drafted = drafts.with_draft(db, who).get(found.id)
    return page(request, "designer/history.html", definition=found, versions=listed, drafted=drafted)


@get("/definitions/{key:str}/diff", include_in_schema=False)
def diff(request: Asked, key: FromPath[str]) -> Response[Any]:
    """from, to: a version's number, or "draft". view: policy, for the sentences of both; else the changes."""
    who, asked = principal(request), request.query_params
    with transaction(who.tenant_id) as db:
        made = compare.compared(db, who, key, asked.get("from", ""), asked.get("to", ""))
        listed = definitions.list_versions(db, made.definition)
        drafted = compare.has_draft(db, who, made.definition)
    names = [
        *([(DRAFT, "The draft")] if drafted else []),
        *((str(row.number), f"Version {row.number}") for row in listed),
    ]
    return page(
        request,
        "designer/diff.html",
        compared=made,
        difference=made.found,
        anchors={one.step: f"#change-{number}" for number, one in enumerate(made.found.by_step, 1)},
        drawn=[card.step for card in made.drawing.cards],
        names=names,
        shown=dict(names),
        parts=made.sentences() if asked.get("view") == "policy" else None,
    )


router = Router("/", route_handlers=[history, diff])
