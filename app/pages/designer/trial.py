"""Trying a draft: a request that is only simulated, turn by turn, back and forward, and kept as a test."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Response, Router
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec.structs import replace

from app import drafts
from app.access import bodies
from app.access.middleware import need
from app.access.principal import Principal
from app.drafts import trials
from app.drafts.trials import NOT_YET, Trial
from app.errors import Conflict, Invalid, Refusal
from app.pages.designer.trial_view import Said, started, tried
from app.store.db import Db, transaction
from app.store.ids import uuid7
from app.web.flash import redirect
from app.web.request import Asked, Posted, principal, provide_posted, said, text
from app.web.routes import get, post
from designer.edits.tests import DeleteTest
from designer.trial.approve import approve_all
from designer.trial.cases import cases
from designer.trial.play import go_on
from designer.trial.script import Move, Script
from designer.trial.words import refusal
from engine import forms, json_text
from engine.definition import Definition
from engine.forms import UploadRef
from engine.pointers import index
from engine.reasons import reason

PUBLISH = [need("definition:publish")]
GIVEN: Any = {
    "include_in_schema": False,
    "guards": PUBLISH,
    "dependencies": {"posted": Provide(provide_posted)},
}
SIMPLE = ("wait", "receive", "succeed", "fail", "leave", "withdraw", "cancel", "retry")


@get("/definitions/{key:str}/draft/try", include_in_schema=False, guards=PUBLISH)
def show(request: Asked, key: FromPath[str], turn: FromQuery[str] = "", past: FromQuery[str] = "") -> Response[Any]:
    """turn: the one that is looked at, else the newest. past: the id of a request whose data the form begins with."""
    who = principal(request)
    with transaction(who.tenant_id) as db:
        trial = trials.get(db, who, key)
        if trial.turns and not past:
            return tried(db, request, who, trial, index(turn))
        return started(db, request, who, trial, of=past)


@post("/definitions/{key:str}/draft/try/start", request_max_body_size=bodies.WITH_FILES, **GIVEN)
def start(request: Asked, key: FromPath[str], posted: NamedDependency[Posted]) -> Response[Any]:
    who = principal(request)
    with transaction(who.tenant_id) as db:
        trial = trials.get(db, who, key)
        definition = _runnable(trial)
        form = definition.form(definition.start)
        data, errors = _filled(form, posted, definition.asked(definition.start))
        requester, action = text(posted, "_requester").strip() or str(who.user_id), text(posted, "_do")
        directory = trials.people(db, who)
        found = directory.find(requester)
        unknown = f"There is nobody called “{requester[:80]}” here." if found is None else ""
        if action not in ("", "submit"):
            data, errors = forms.shape(*form, data, action), []
        if errors or unknown or action not in ("", "submit"):
            shown = forms.fields(*form, data, errors, stored=definition.asked(definition.start))
            return started(db, request, who, trial, form=shown, requester=requester, unknown=unknown)
        now = datetime.now(UTC).replace(second=0, microsecond=0)
        trials.keep(db, who, trial.draft, Script(data, found.id if found else "", now))
    return _there(key)


@post("/definitions/{key:str}/draft/try/moves", **GIVEN)
def move(request: Asked, key: FromPath[str], posted: NamedDependency[Posted]) -> Response[Any]:
    """Time passes, a call is answered, somebody leaves, the request is stopped or tried again; or all say yes."""

    def moves(trial: Trial, number: int) -> list[Move]:
        turn = trial.turns[number]
        if text(posted, "do") == "approve_all":
            return approve_all(_runnable(trial), turn)
        return [_move(posted)]

    return _played(request, key, posted, moves)


@post("/definitions/{key:str}/draft/try/answer", request_max_body_size=bodies.WITH_FILES, **GIVEN)
def answer(request: Asked, key: FromPath[str], posted: NamedDependency[Posted]) -> Response[Any]:
    """Somebody who is asked decides, or fills in the form: `_answer` is the person, a colon and the decision."""
    person, _, outcome = text(posted, "_answer").partition(":")
    person = person or text(posted, "_by")

    def moves(trial: Trial, number: int) -> list[Move]:
        definition, state = _runnable(trial), trial.turns[number].state
        step = text(posted, "_step")
        if state is None or step not in definition.steps:
            raise Conflict("Nobody is asked anything there any more.")
        data: dict[str, Any] = {}
        if outcome in ("", "approved") and ("form" in definition.steps[step].settings or not outcome):
            data, errors = _filled(definition.form(step), posted, definition.asked(step, state.data))
            if errors:
                shown = forms.fields(*definition.form(step), data, errors, stored=definition.asked(step, state.data))
                raise _Unfit(shown)
        if not outcome:
            return [Move("submit", step=step, by=person, data=data)]
        return [Move("decide", step=step, by=person, outcome=outcome, comment=said(posted, "_comment"), data=data)]

    return _played(request, key, posted, moves)


class _Unfit(Exception):
    """What was filled in needs another look; with the form that says so."""

    def __init__(self, form: Any) -> None:
        super().__init__()
        self.form = form


def _played(request: Asked, key: str, posted: Posted, moves: Callable[[Trial, int], list[Move]]) -> Response[Any]:
    """The moves after the turn that was looked at; what had been tried after it is gone."""
    who = principal(request)
    with transaction(who.tenant_id) as db:
        trial = trials.get(db, who, key)
        definition = _runnable(trial)
        if not trial.turns or trial.script is None:
            return _there(key)
        number = min(index(text(posted, "_turn")) or 0, len(trial.turns) - 1)
        try:
            wanted = moves(trial, number)
        except _Unfit as unfit:
            return tried(db, request, who, trial, number, Said("One answer needs another look."), form=unfit.form)
        turn = trial.turns[number]
        for one in wanted:
            turn = go_on(definition, turn, one, spent=sum(len(each.happened) for each in trial.turns[: number + 1]))
            if turn.refused:
                why = refusal(definition, turn.directory, turn.refused)
                return tried(db, request, who, trial, number, Said(why))
        kept = [*trial.script.moves[:number], *wanted]
        trials.keep(db, who, trial.draft, replace(trial.script, moves=kept))
    return _there(key, number + len(wanted))


def _move(posted: Posted) -> Move:
    """Raises Invalid."""
    do = text(posted, "do")
    if do not in SIMPLE:
        raise Invalid.because("/do", reason("no_move"))
    written = text(posted, "answer").strip()
    facts = {name: text(posted, name)[:2000] for name in ("step", "by", "error", "for")}
    try:
        found = msgspec.convert(json_text.loads(written), Any) if written else None
    except (msgspec.DecodeError, ValueError, RecursionError) as unread:
        raise Invalid.because("/answer", reason("answer_no_json", error=str(unread)[:200])) from unread
    return msgspec.convert({"do": do, "answer": found, **facts}, Move)


@post("/definitions/{key:str}/draft/try/over", **GIVEN)
def over(request: Asked, key: FromPath[str], posted: NamedDependency[Posted]) -> Response[Any]:
    """Begin again with an empty form."""
    who = principal(request)
    with transaction(who.tenant_id) as db:
        trials.clear(db, who, drafts.get(db, who, key))
    return _there(key)


@post("/definitions/{key:str}/draft/try/tests", **GIVEN)
def save(request: Asked, key: FromPath[str], posted: NamedDependency[Posted]) -> Response[Any]:
    name = said(posted, "name")
    return _changed(request, key, lambda db, who: trials.save_test(db, who, key, name).words)


@post("/definitions/{key:str}/draft/try/tests/delete", **GIVEN)
def delete(request: Asked, key: FromPath[str], posted: NamedDependency[Posted]) -> Response[Any]:
    def act(db: Db, who: Principal) -> str:
        revision = drafts.get(db, who, key).revision
        return drafts.edit(db, who, key, revision, DeleteTest(text(posted, "name"))).words

    return _changed(request, key, act)


@post("/definitions/{key:str}/draft/try/tests/open", **GIVEN)
def open_test(request: Asked, key: FromPath[str], posted: NamedDependency[Posted]) -> Response[Any]:
    """A test as the run at hand, among its made-up people."""

    def act(db: Db, who: Principal) -> str:
        trial = trials.get(db, who, key)
        _runnable(trial)
        found = next((one for one in cases(trial.draft.document) if one.name == text(posted, "name")), None)
        if found is None:
            raise Conflict("There is no such test any more.")
        trials.keep(db, who, trial.draft, found)
        return ""

    return _changed(request, key, act)


def _changed(request: Asked, key: str, act: Callable[[Db, Principal], str]) -> Response[Any]:
    who = principal(request)
    try:
        with transaction(who.tenant_id) as db:
            words = act(db, who)
    except Refusal as refused:
        if refused.status not in (409, 422):
            raise
        with transaction(who.tenant_id) as db:
            trial = trials.get(db, who, key)
            shown = tried if trial.turns else started
            return shown(db, request, who, trial, said=Said(_told(refused)))
    return redirect(request, f"/definitions/{key}/draft/try", words) if words else _there(key)


def _told(refused: Refusal) -> str:
    more = [error["message"] for error in refused.facts.get("errors", ()) if error["message"] != refused.message]
    return " ".join([refused.message, *more[:3]])


def _runnable(trial: Trial) -> Definition:
    if trial.definition is None:
        raise Conflict(NOT_YET)
    return trial.definition


def _filled(form: tuple[Any, Any], posted: Posted, stored: Any) -> tuple[Any, list[forms.FormError]]:
    """Files are named, and not kept: nobody will read them."""
    pairs = [(name, _file(value) if isinstance(value, UploadFile) else value) for name, value in posted]
    data, errors = forms.parse(*form, [(name, value) for name, value in pairs if value is not None], stored)
    return data, errors


def _file(upload: UploadFile) -> UploadRef | None:
    return UploadRef(str(uuid7()), upload.filename, upload.file.seek(0, 2)) if upload.filename else None


def _there(key: str, turn: int | None = None) -> Redirect:
    place = f"?turn={turn}#now" if turn is not None else ""
    return Redirect(f"/definitions/{key}/draft/try{place}", status_code=303)


router = Router("/", route_handlers=[show, start, move, answer, over, save, delete, open_test])
