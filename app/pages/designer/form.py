"""The form builder: palette, the form with what is selected in it, the settings of that; the form tried; its JSON."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, Router
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from app import drafts
from app.access import bodies
from app.access.middleware import need
from app.access.principal import Principal
from app.drafts import Changes, obstacles
from app.errors import Invalid, Missing, Refusal
from app.pages.designer import fields
from app.pages.designer.given import edits_of, json_of, revision_of
from app.pages.designer.view import Told, seen_by, told_of
from app.store.db import Db, transaction
from app.web.flash import redirect
from app.web.html import page
from app.web.request import Asked, Posted, principal, provide_posted, tenant_of, text
from app.web.routes import get, post
from designer.edits import Edit
from designer.edits.draft_flow import name_of, steps_of
from designer.edits.form_settings import FormJson, FormSet
from designer.forms.form import has_form
from engine import forms
from engine.json_text import dumps
from engine.reasons import reason

TEMPLATE = "designer/form.html"
PUBLISH = [need("definition:publish")]
GIVEN: Any = {
    "include_in_schema": False,
    "guards": PUBLISH,
    "dependencies": {"posted": Provide(provide_posted)},
}
VIEWS = ("build", "try", "json")


@get("/definitions/{key:str}/draft/form", include_in_schema=False, guards=PUBLISH)
def show(
    request: Asked,
    key: FromPath[str],
    step: FromQuery[str] = "",
    field: FromQuery[str] = "",
    into: FromQuery[str | None] = None,
    after: FromQuery[str] = "",
    view: FromQuery[str] = "build",
    width: FromQuery[str] = "",
) -> Response[Any]:
    who = principal(request)
    with transaction(tenant_of(request)) as db:
        at = None if into is None else fields.Spot(into, after)
        return _shown(db, request, who, key, step, field, at=at, view=view, width=width)


@post("/definitions/{key:str}/draft/form/edits", request_max_body_size=bodies.WITH_FILES, **GIVEN)
def edit(
    request: Asked,
    key: FromPath[str],
    posted: NamedDependency[Posted],
    step: FromQuery[str] = "",
    field: FromQuery[str] = "",
) -> Response[Any]:
    def act(db: Db, who: Principal) -> Changes:
        return drafts.edit(db, who, key, revision_of(posted), *edits_of(posted))

    return _done(request, key, step, field, act)


@post("/definitions/{key:str}/draft/form/settings", **GIVEN)
def settings(
    request: Asked,
    key: FromPath[str],
    posted: NamedDependency[Posted],
    step: FromQuery[str] = "",
    field: FromQuery[str] = "",
) -> Response[Any]:
    """What cannot be kept is shown again, and nothing of it is stored."""
    who = principal(request)
    with transaction(who.tenant_id) as db:
        draft = drafts.get(db, who, key)
        revision = revision_of(posted)
        asked, before = fields.settings_of(seen_by(db, draft, revision, step), step, field)
        typed = [pair for pair in posted if pair[0] != "revision"]
        data, wrong = forms.parse(*asked, typed, before)
        if wrong:
            form = forms.fields(*asked, data, wrong, stored=before, prefix=fields.PREFIX)
            told = Told("Something cannot be kept as it is.", "danger")
            return _shown(db, request, who, key, step, field, told, settings=form)
    wanted = FormSet(step, field, fields.changed(asked, before, data))
    return _edited(request, key, step, field, revision, wanted)


@post("/definitions/{key:str}/draft/form/json", request_max_body_size=bodies.WITH_FILES, **GIVEN)
def as_json(
    request: Asked, key: FromPath[str], posted: NamedDependency[Posted], step: FromQuery[str] = ""
) -> Response[Any]:
    """Both halves of the form. What cannot be kept is shown again as it was typed."""
    who, typed = principal(request), {"schema": text(posted, "schema"), "ui": text(posted, "ui")}
    try:
        schema, ui = json_of(typed["schema"], "/schema"), json_of(typed["ui"] or "{}", "/ui")
        if not isinstance(schema, dict) or not isinstance(ui, dict):
            raise Invalid.because("/schema", reason("no_objects"))
        wanted = FormJson(step, schema, ui, text(posted, "confirmed") == "true")
        with transaction(who.tenant_id) as db:
            made = drafts.edit(db, who, key, revision_of(posted), wanted)
    except Refusal as refused:
        if refused.status not in (409, 422):
            raise
        with transaction(who.tenant_id) as db:
            return _shown(db, request, who, key, step, "", told_of(refused), view="json", typed=typed)
    return redirect(request, address(key, step, view="json"), made.words)


@post("/definitions/{key:str}/draft/form/try", request_max_body_size=bodies.WITH_FILES, **GIVEN)
def tried(
    request: Asked,
    key: FromPath[str],
    posted: NamedDependency[Posted],
    step: FromQuery[str] = "",
    width: FromQuery[str] = "",
) -> Response[Any]:
    """The form as a requester would fill it in. Nothing is kept."""
    who = principal(request)
    with transaction(who.tenant_id) as db:
        draft = drafts.get(db, who, key)
        form, told = fields.tried(draft.document, step, [pair for pair in posted if isinstance(pair[1], str)])
        return _shown(db, request, who, key, step, "", view="try", width=width, trial=form, sent=told)


@post("/definitions/{key:str}/draft/form/undo", **GIVEN)
def undo(
    request: Asked,
    key: FromPath[str],
    posted: NamedDependency[Posted],
    step: FromQuery[str] = "",
    field: FromQuery[str] = "",
) -> Response[Any]:
    return _done(request, key, step, field, lambda db, who: drafts.undo(db, who, key, revision_of(posted)))


@post("/definitions/{key:str}/draft/form/redo", **GIVEN)
def redo(
    request: Asked,
    key: FromPath[str],
    posted: NamedDependency[Posted],
    step: FromQuery[str] = "",
    field: FromQuery[str] = "",
) -> Response[Any]:
    return _done(request, key, step, field, lambda db, who: drafts.redo(db, who, key, revision_of(posted)))


def address(key: str, step: str, **more: str) -> str:
    given = {"step": step, **{name: value for name, value in more.items() if value}}
    return f"/definitions/{key}/draft/form?{urlencode(given)}"


def _edited(request: Asked, key: str, step: str, field: str, revision: int, wanted: Edit) -> Response[Any]:
    return _done(request, key, step, field, lambda db, who: drafts.edit(db, who, key, revision, wanted))


def _done(request: Asked, key: str, step: str, field: str, act: Any) -> Response[Any]:
    """Do it, and show the form as it is then: by HTMX in place, otherwise on the page that is led to."""
    who = principal(request)
    try:
        with transaction(who.tenant_id) as db:
            before = drafts.get(db, who, key).document
            made: Changes = act(db, who)
            place = fields.selected(before, made.draft.document, step, field)
            if "hx-request" in request.headers:
                answer = _shown(db, request, who, key, step, place, Told(made.words))
                answer.headers["HX-Replace-Url"] = address(key, step, field=place)
                answer.headers["HX-Trigger-After-Settle"] = dumps({"focus-field": place}).decode()
                return answer
    except Refusal as refused:
        if refused.status not in (409, 422):
            raise
        with transaction(who.tenant_id) as db:
            return _shown(db, request, who, key, step, field, told_of(refused))
    return redirect(request, address(key, step, field=place), made.words)


def _shown(
    db: Db,
    request: Asked,
    who: Principal,
    key: str,
    step: str,
    field: str,
    told: Told | None = None,
    *,
    at: fields.Spot | None = None,
    view: str = "build",
    **values: Any,
) -> Response[Any]:
    """Raises Missing for a step that is gone or asks for nothing."""
    draft = drafts.get(db, who, key)
    found = steps_of(draft.document).get(step)
    if found is None or not has_form(found.get("type")):
        raise Missing("This step has no form.")
    status = (409 if told.changes else 422) if told and told.tone == "danger" else 200
    return page(
        request,
        TEMPLATE,
        block="builder",
        status=status,
        draft=draft,
        here=f"/definitions/{draft.key}/draft",
        step=step,
        step_name=name_of(found, step),
        view=view if view in VIEWS else VIEWS[0],
        told=told or Told(),
        problems=[one for one in obstacles.problems(db, who, draft) if one.step in (step, None)],
        **{"width": "", "sent": "", **fields.content(draft.document, step, field, at), **values},
    )


router = Router("/", route_handlers=[show, edit, settings, as_json, tried, undo, redo])
