"""Correcting the data of a request that is stuck: an administrator's form, with a reason."""

from typing import Any
from uuid import UUID

from litestar import Response, Router
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from app import instances, overview, runtime
from app.access.permissions import require
from app.access.principal import Principal
from app.errors import Conflict, Invalid
from app.pages.submission import Filled, Form, read
from app.runtime import versions
from app.store.db import decision, transaction
from app.web.flash import redirect
from app.web.html import page
from app.web.request import Asked, Posted, actor, by_field, principal, provide_posted, said, seen, text
from app.web.routes import get, post
from engine.definition import Definition
from engine.forms import covered, fields

# A field that other forms lock or hide is open here.
LOCKED = ("ui:readonly", "ui:disabled")
OVERTAKEN = "The request went on meanwhile. These are its data now."


def mends(who: Principal, about: overview.Overview) -> str:
    """What this person may do about a request that is stuck, besides trying again: correction, undone or nothing."""
    if not about.state.blocked or not who.may("effect:manage"):
        return ""
    if about.state.closing:
        return "undone" if about.state.undo else "retry"
    return "retry" if str(who.user_id) in about.state.askers else "correction"


@get("/instances/{id:uuid}/correction", include_in_schema=False)
def correction(request: Asked, id: FromPath[UUID]) -> Response[Any]:
    return _correction(request, id)


def _correction(
    request: Asked, id: UUID, filled: Filled | None = None, reason: str = "", refused: Invalid | Conflict | None = None
) -> Response[Any]:
    who = principal(request)
    require(who, "effect:manage")
    with transaction(who.tenant_id) as db:
        about = overview.overview(db, instances.get(db, who, id), who)
    if mends(who, about) != "correction":
        raise Conflict("The data of a request is corrected only while it is stuck, and never by who asked.")
    wrong = Invalid.status if filled and filled.errors else 200
    return page(
        request,
        "instances/correct.html",
        status=refused.status if refused else wrong,
        about=about,
        form=filled.shown() if filled else fields(*_all_fields(about.definition), about.state.data),
        reason=reason,
        refused=refused,
        reason_error=by_field(refused).get("reason", ""),
    )


def _all_fields(definition: Definition) -> Form:
    """Every field of the data; none is needed, for a later step may ask for it."""
    schema = {name: value for name, value in definition.data_schema.items() if name != "required"}
    shown: dict[str, Any] = {}
    for step in reversed(definition.steps):
        ui = definition.form(step)[1]
        shown |= {name: field for name, field in ui.items() if not name.startswith("ui:") and _is_open(field)}
    return schema, shown


def _is_open(field: Any) -> bool:
    return isinstance(field, dict) and field.get("ui:widget") != "hidden" and not any(map(field.get, LOCKED))


@post("/instances/{id:uuid}/correction", include_in_schema=False, dependencies={"posted": Provide(provide_posted)})
def correct(request: Asked, id: FromPath[UUID], posted: NamedDependency[Posted]) -> Response[Any]:
    who, reason = principal(request), text(posted, "reason")
    with transaction(who.tenant_id) as db:
        row = instances.get(db, who, id)
        stored = runtime.state_of(row.state).data
        filled = read(db, who, _all_fields(versions.definition(db, who.tenant_id, row.version_id)), posted, stored, id)
    if seen(posted) not in (None, row.seq):
        return _correction(request, id, None, reason, Conflict(OVERTAKEN))
    if not filled.done:
        return _correction(request, id, filled, reason)
    cleared = [name for name in covered(*filled.form, stored) if name not in filled.data]
    values = {name: value for name, value in filled.data.items() if name in stored or _is_given(value)}
    try:
        with decision(who.tenant_id) as db:
            if runtime.lock(db, who.tenant_id, id)["seq"] != row.seq:
                raise Conflict(OVERTAKEN)
            why = said(posted, "reason")
            instances.correct(db, who, id, values, why, actor(request), filled.files, cleared)
    except Invalid as invalid:
        return _correction(request, id, filled, reason, invalid)
    except Conflict as overtaken:
        return _correction(request, id, None, reason, overtaken)
    return redirect(request, f"/instances/{id}", "Corrected, and tried again")


def _is_given(value: Any) -> bool:
    """A field that was left alone is posted as empty, an unticked box or an empty list."""
    return value is not None and value is not False and value not in ("", [], {})


router = Router("/", route_handlers=[correction, correct])
