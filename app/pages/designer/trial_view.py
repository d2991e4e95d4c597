"""What the page of a simulation shows: where the request stands after a turn, what came of it, and the tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from litestar import Response
from sqlalchemy import select

from app import overview
from app.access.principal import Principal
from app.drafts import past
from app.drafts.trials import Trial
from app.errors import Missing
from app.messages import preview
from app.people.zones import clock
from app.store.db import Db
from app.store.tables import tenants
from app.web.html import page
from app.web.request import Asked, cursor
from designer.drawing.path import path
from designer.edits.draft_flow import name_of
from designer.panel import way_name
from designer.trial import words
from designer.trial.cases import Result, results
from designer.trial.coverage import covered, marks, untested
from designer.trial.play import Turn
from designer.trial.script import Case
from engine import forms
from engine.check import check_document
from engine.definition import Definition
from engine.wording.clock import Clock
from engine.wording.labels import labels_of
from engine.wording.sentences import sentence

TEMPLATE = "designer/try.html"
WAITS = (("PT1H", "1 hour"), ("P1D", "1 day"), ("P3D", "3 days"), ("P1W", "1 week"))
MOST_PAST, MOST_NAMED = 20, 200


@dataclass(frozen=True)
class Said:
    """What is wrong with what was just tried."""

    text: str = ""


def started(
    db: Db,
    request: Asked,
    who: Principal,
    trial: Trial,
    *,
    form: forms.Field | None = None,
    requester: str = "",
    unknown: str = "",
    of: str = "",
    said: Said | None = None,
) -> Response[Any]:
    """The start form: empty, as it was sent, or with the data of a request there was."""
    definition = trial.definition
    if definition and form is None:
        schema = definition.form(definition.start)
        stored = definition.asked(definition.start)
        data, requester = _of_past(db, who, of) if of else (stored, requester)
        form = forms.fields(*schema, data, stored=stored)
    people = [one for one in trial.directory.people.values() if one.active][:MOST_NAMED]
    wrong = unknown or said or (form and any(form.problems()))
    return page(
        request,
        TEMPLATE,
        status=422 if wrong else 200,
        **_frame(db, who, trial, said),
        form=form,
        requester=requester,
        unknown=unknown,
        people=[(one.email, one.name) for one in people],
        past=past.newest(db, who, trial.draft.definition, MOST_PAST),
        turn=None,
    )


def tried(
    db: Db,
    request: Asked,
    who: Principal,
    trial: Trial,
    number: int | None = None,
    said: Said | None = None,
    form: forms.Field | None = None,
) -> Response[Any]:
    """After one of the turns, the newest by default."""
    definition, turns = trial.definition, trial.turns
    if definition is None or turns[0].state is None:
        return started(db, request, who, trial, said=Said("What was tried last does not fit this form any more."))
    at = len(turns) - 1 if number is None else min(number, len(turns) - 1)
    turn = turns[at]
    if turn.refused and said is None:
        said = Said(words.refusal(definition, turn.directory, turn.refused))
    told = clock(who.zone, own=True)
    return page(
        request,
        TEMPLATE,
        status=422 if said else 200,
        **_frame(db, who, trial, said),
        **_after(definition, turns, at, told, form),
        messages=preview.messages(definition, _tenant(db, who), turns, at),
        case=trial.script.name if isinstance(trial.script, Case) else "",
    )


def _after(definition: Definition, turns: list[Turn], at: int, told: Clock, form: forms.Field | None) -> dict[str, Any]:
    turn, before = turns[at], turns[at - 1] if at else None
    names = words.names(definition, turn.directory, told)
    asked = words.questions(definition, turn)
    state = turn.state
    step = asked[0].step if asked else ""
    has_form = bool(asked) and (not asked[0].outcomes or "form" in definition.steps[step].settings)
    if form is None and has_form and state:
        stored = definition.asked(step, state.data)
        form = forms.fields(*definition.form(step), stored, stored=stored)
    way = path(words.path_events(turns[: at + 1]))
    return {
        "turn": at,
        "history": [_turn(definition, turns, number, told) for number in range(len(turns))],
        "now": told.moment(turn.at),
        "drawing": overview.drawing(definition, turn.directory, state),
        "path": way,
        "state": state,
        "asked": asked,
        "asked_as": definition.steps[step].name if step else "",
        "comment_needed": _comment(definition, step),
        "form": form if has_form else None,
        "calls": words.waiting_calls(definition, state),
        "expected": words.expected(definition, state),
        "stuck": words.stuck(definition, turn),
        "next_timer": _next(turn),
        "waits": WAITS,
        "lines": [(told.moment(line.at), line) for line in words.lines(turn, names)],
        "values": words.values(definition, names, before.state if before else None, state) if state else [],
    }


def _comment(definition: Definition, step: str) -> str:
    return str(definition.steps[step].settings.get("comment", "required_on_reject")) if step else ""


def _turn(definition: Definition, turns: list[Turn], number: int, told: Clock) -> dict[str, str]:
    turn, before = turns[number], turns[number - 1] if number else None
    return {"text": words.title(definition, before, turn), "at": told.moment(turn.at)}


def _next(turn: Turn) -> tuple[str, str] | None:
    """The time until the next reminder or limit, as a duration and in words."""
    if not turn.timers:
        return None
    wait = max(min(turn.timers.values()) - turn.at, timedelta(0))
    seconds = int(wait.total_seconds()) + bool(wait.microseconds)
    return f"PT{seconds}S", words.span(seconds)


def _frame(db: Db, who: Principal, trial: Trial, said: Said | None) -> dict[str, Any]:
    draft, document = trial.draft, trial.draft.document
    found = results(document) if trial.definition and not check_document(document) else ()
    labels = labels_of(document, trial.directory)
    return {
        "draft": draft,
        "here": f"/definitions/{draft.key}/draft",
        "runnable": trial.definition is not None,
        "said": said or Said(),
        "tests": [_test(one, labels) for one in found],
        "unrun": bool(document.get("tests")) and not found,
        "untested": _untested(document, trial.definition, found) if trial.definition and found else [],
        "tested": overview.drawing(trial.definition, trial.directory) if trial.definition and found else None,
        "test_marks": marks(found),
        "test_taken": covered(found),
    }


def _test(found: Result, labels: Any) -> dict[str, Any]:
    return {"name": found.name, "passed": found.passed, "why": [sentence(one.reason, labels) for one in found.problems]}


def _tenant(db: Db, who: Principal) -> str:
    return str(db.execute(select(tenants.c.name).where(tenants.c.id == who.tenant_id)).scalar_one())


def _of_past(db: Db, who: Principal, some_id: str) -> tuple[Any, str]:
    """Raises Missing."""
    found = cursor(some_id)
    if found is None:
        raise Missing("There is no such request.")
    return past.sent(db, who, found)


def _untested(document: dict[str, Any], definition: Definition, found: Sequence[Result]) -> list[tuple[str, str]]:
    """Ways out as people call them, and the steps they lead out of."""
    steps = document["steps"]
    return [(way_name(steps[step], way), name_of(steps[step], step)) for step, way in untested(definition, found)]
