"""A draft: drawn, with the panel of the selected step, the list of its problems, and every edit as a post."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Response, Router
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from markupsafe import escape

from app import drafts
from app.access import bodies
from app.access.middleware import need
from app.access.principal import Principal
from app.drafts import Changes, begin, presence
from app.errors import Refusal
from app.outgoing.tried import tried
from app.pages.designer import folds, panel
from app.pages.designer.given import edits_of, revision_of
from app.pages.designer.view import Place, Told, beneath_of, seen_by, shown, stale, surroundings, told_of, view_of
from app.store.db import Db, transaction
from app.web.flash import redirect
from app.web.request import Asked, Posted, principal, provide_posted, text
from app.web.routes import get, post
from designer.edits import Edit
from designer.edits.draft_flow import steps_of
from designer.edits.settings import Configure
from designer.panel import changed, settings_of
from engine import forms
from engine.forms.samples import sample
from engine.forms.surroundings import Surroundings
from engine.pointers import look, split

# Of a button: it is followed by the place of a call.
CALL = "call:"
POSTED = {"posted": Provide(provide_posted)}
PUBLISH = [need("definition:publish")]
GIVEN: Any = {"include_in_schema": False, "guards": PUBLISH, "dependencies": POSTED}


@get("/definitions/{key:str}/draft", include_in_schema=False, guards=PUBLISH)
def show(
    request: Asked,
    key: FromPath[str],
    step: FromQuery[str] = "",
    add: FromQuery[str | None] = None,
    q: FromQuery[str] = "",
    retarget: FromQuery[str] = "",
    fold: FromQuery[str] = "",
    unfold: FromQuery[str] = "",
) -> Response[Any]:
    """fold, unfold: a branch to be closed into one card or opened again, as STEP:OUTCOME."""
    who = principal(request)
    if fold or unfold:
        with transaction(who.tenant_id) as db:
            draft = drafts.get(db, who, key)
        selected = beneath_of(request).get("step", "") if "hx-request" in request.headers else step
        at = {"view": view_of(request), "step": selected}
        return folds.turned(request, draft, at, {"fold": fold} if fold else {"unfold": unfold})
    present = presence.beat(who, key)
    with transaction(who.tenant_id) as db:
        place = Place(step, add, q, folds.was_turned(request), retarget)
        return shown(db, request, who, drafts.get(db, who, key), place, present=present)


@post("/definitions/{key:str}/draft", **GIVEN)
def begun(request: Asked, key: FromPath[str], posted: NamedDependency[Posted]) -> Redirect:
    """The draft there is, or one of the newest version; of another one, where the form names it."""
    who, given = principal(request), text(posted, "version")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None
    with transaction(who.tenant_id) as db:
        begin.from_version(db, who, key, number)
    return Redirect(f"/definitions/{key}/draft", status_code=303)


@post("/definitions/{key:str}/draft/edits", request_max_body_size=bodies.WITH_FILES, **GIVEN)
def edit(request: Asked, key: FromPath[str], posted: NamedDependency[Posted]) -> Response[Any]:
    """One edit: a field `edit` with its kind and its fields beside it, or all of it as JSON; as a list, several."""

    mine: list[Edit] = []

    def act(db: Db, who: Principal) -> Changes:
        mine.extend(edits_of(posted))
        return drafts.edit(db, who, key, revision_of(posted), *mine)

    return _done(request, key, text(posted, "step"), posted, act, mine)


@post("/definitions/{key:str}/draft/undo", **GIVEN)
def undo(request: Asked, key: FromPath[str], posted: NamedDependency[Posted]) -> Response[Any]:
    return _done(request, key, "", posted, lambda db, who: drafts.undo(db, who, key, revision_of(posted)))


@post("/definitions/{key:str}/draft/redo", **GIVEN)
def redo(request: Asked, key: FromPath[str], posted: NamedDependency[Posted]) -> Response[Any]:
    return _done(request, key, "", posted, lambda db, who: drafts.redo(db, who, key, revision_of(posted)))


@post("/definitions/{key:str}/draft/settings", **GIVEN)
def configure(
    request: Asked, key: FromPath[str], posted: NamedDependency[Posted], step: FromQuery[str] = ""
) -> Response[Any]:
    """The form of the panel. What cannot be read is shown again; what is merely wrong is kept, and a problem."""
    who = principal(request)
    with transaction(who.tenant_id) as db:
        draft = drafts.get(db, who, key)
        known = step if step in (draft.document.get("steps") or {}) else ""
        if step and not known:
            return shown(db, request, who, draft, Place(), Told("This step is gone.", "danger"))
        asked, holder = panel.of(seen_by(db, draft, revision_of(posted), known), known)
        stored, action = settings_of(asked, holder), text(posted, "_do")
        around = surroundings(db, who, draft, known, action)
        typed = [pair for pair in posted if pair[0] != "revision"]
        data, unreadable = forms.decoded(*asked, typed, stored, around)
    if unreadable or action not in ("", "submit"):
        data = forms.shape(*asked, data, action)
        if action.startswith(CALL) and not unreadable:
            around = msgspec.structs.replace(around, answers=_tried(who, around, action.removeprefix(CALL), data))
        told = Told("One answer cannot be read.", "danger") if unreadable else None
        form = panel.form(draft.document, known, around, data, unreadable, typed)
        with transaction(who.tenant_id) as db:
            return shown(db, request, who, draft, Place(known), told, form=form)
    wanted = Configure(changed(asked, holder, data), known)

    def act(db: Db, who: Principal) -> Changes:
        return drafts.edit(db, who, key, revision_of(posted), wanted)

    return _done(request, key, known, posted, act, [wanted], wanted.settings)


@post("/definitions/{key:str}/draft/said", **GIVEN)
def attempt(
    request: Asked, key: FromPath[str], posted: NamedDependency[Posted], step: FromQuery[str] = ""
) -> Response[str]:
    """What the control whose button was pressed says of the values beside it; nothing is kept."""
    who, action = principal(request), text(posted, "_do")
    with transaction(who.tenant_id) as db:
        draft = drafts.get(db, who, key)
        if step not in steps_of(draft.document):
            return Response("", media_type="text/html")
        asked, holder = panel.of(draft.document, step)
        around = surroundings(db, who, draft, step, action)
        data, _ = forms.decoded(*asked, posted, settings_of(asked, holder), around)
    said = panel.answers(draft.document, step, around, data, posted).get(action.partition(":")[2], {})
    return Response(str(escape(said.get("words", ""))), media_type="text/html")


def _tried(who: Principal, around: Surroundings, pointer: str, data: Any) -> dict[str, Any]:
    """What came of the call that stands there, by its place: made with no transaction open."""
    asks = {"requester": {"name": who.name, "email": who.email}, "request": "00000000-0000-0000-0000-000000000000"}
    return {pointer: tried(who, look(data, split(pointer)), {**sample(around.data_schemas), **asks})}


def _done(
    request: Asked,
    key: str,
    step: str,
    posted: Posted,
    act: Any,
    mine: Sequence[Edit] = (),
    typed: Mapping[str, Any] | None = None,
) -> Response[Any]:
    """Do it, and show the draft as it is then: by HTMX in place, otherwise on the page that is led to.

    mine: the edits, to be sent again where others came between. typed: the settings in the panel, to be shown again.
    """
    who = principal(request)
    fragment = "hx-request" in request.headers
    try:
        with transaction(who.tenant_id) as db:
            made: Changes = act(db, who)
            if fragment:
                return shown(db, request, who, made.draft, Place(made.focus), Told(made.words))
    except Refusal as refused:
        if refused.status not in (409, 422):
            raise
        with transaction(who.tenant_id) as db:
            draft, told = drafts.get(db, who, key), told_of(refused)
            if told.changes:
                told = stale(db, who, draft, told, revision_of(posted), mine)
            again: dict[str, Any] = {}
            if typed is not None and (not step or step in steps_of(draft.document)):
                again["form"] = panel.typed_again(draft.document, step, surroundings(db, who, draft, step), typed)
            return shown(db, request, who, draft, Place(step), told, **again)
    place = f"?step={made.focus}#s-{made.focus}" if made.focus else ""
    if not made.words:
        return Redirect(f"/definitions/{key}/draft{place}", status_code=303)
    return redirect(request, f"/definitions/{key}/draft{place}", made.words)


router = Router("/", route_handlers=[show, begun, edit, undo, redo, configure, attempt])
