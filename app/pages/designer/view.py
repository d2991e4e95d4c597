"""What the page of a draft shows, gathered once for the whole page and for what an edit changes of it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from litestar import Response

from app.access.permissions import ROLES
from app.access.principal import Principal
from app.drafts import Draft, obstacles, presence
from app.drafts.meanwhile import MOST, document_at, made_since
from app.drafts.obstacles import Obstacle
from app.errors import Refusal
from app.outgoing.secrets import names_of
from app.pages.designer import folds, panel
from app.runtime.directories import directory_of
from app.store.db import Db
from app.web.html import fragments, page
from app.web.request import Asked
from designer.aiming import aim_at
from designer.diff import Difference, difference
from designer.edits import Edit, encode
from designer.edits.draft_flow import name_of, steps_of
from designer.policy import policy_of_draft
from designer.trial.coverage import coverage
from engine.forms.surroundings import Surroundings
from engine.json_text import dumps
from engine.pointers import join

TEMPLATE = "designer/draft.html"
VIEWS = ("outline", "policy")
MOST_NEWS = 3
# What an edit changes besides the stage: each a block of the page whose id is its name.
BESIDE = ("bar", "panel", "problems", "announcement")


@dataclass(frozen=True)
class Told:
    """What is said of what was just done. changes: what somebody else did meanwhile.

    difference: what became of the draft by that. again: the refused edits as JSON, to be sent once more.
    """

    text: str = ""
    tone: str = "info"
    changes: Sequence[Mapping[str, Any]] = ()
    difference: Difference | None = None
    again: str = ""


@dataclass(frozen=True)
class Place:
    """What of a draft is looked at. step: the selected one. add: the edge at which a step is to be added, or None.

    aim: the way out whose target is being picked in the drawing.
    stays: whether the focus stays where it is, because somebody else did what is shown.
    How it is looked at, as drawing, outline or policy, stands in the address of the page that asks.
    """

    step: str = ""
    add: str | None = None
    search: str = ""
    stays: bool = False
    aim: str = ""


def told_of(refused: Refusal) -> Told:
    more = [error["message"] for error in refused.facts.get("errors", ()) if error["message"] != refused.message]
    return Told(" ".join([refused.message, *more[:3]]), "danger", refused.facts.get("changes", ()))


def since_then(db: Db, draft: Draft, revision: int) -> Told:
    """What was done since that revision, and by whom."""
    try:
        made = made_since(db, draft.definition, draft.begun, draft.revision, revision)
    except Refusal as refused:
        return Told(refused.message)
    left_out = f"{len(made) - MOST_NEWS} more changes before that." if len(made) > MOST_NEWS else ""
    return Told(" ".join([*(f"{row.name or 'Somebody'}: {row.words}" for row in made[-MOST_NEWS:]), left_out]).strip())


def names_in(document: Mapping[str, Any]) -> dict[str, str]:
    """Of the steps, by their ids."""
    return {key: name_of(each, key) for key, each in steps_of(dict(document)).items()}


def seen_by(db: Db, draft: Draft, revision: int, step: str) -> dict[str, Any]:
    """The draft as whoever saw that revision filled in its panel: only what they changed is theirs to change.

    As it is now where that is too long ago, or where the step was another one.
    """
    if revision < draft.begun or not 0 < draft.revision - revision <= MOST:
        return draft.document
    before = document_at(db, draft.definition, dumps(draft.document).decode(), draft.begun, revision)
    then, now = steps_of(before).get(step, {}), steps_of(draft.document).get(step, {})
    return before if then.get("type") == now.get("type") else draft.document


def stale(db: Db, who: Principal, draft: Draft, told: Told, revision: int, mine: Sequence[Edit]) -> Told:
    """revision: the one that the author of `mine` saw."""
    if revision < draft.begun or draft.revision - revision > MOST:
        return told
    before = document_at(db, draft.definition, dumps(draft.document).decode(), draft.begun, revision)
    changed = difference(before, draft.document, directory_of(db, who))
    return replace(told, difference=changed, again=dumps([encode(edit) for edit in mine]).decode() if mine else "")


def shown(
    db: Db,
    request: Asked,
    who: Principal,
    draft: Draft,
    place: Place,
    told: Told | None = None,
    present: Sequence[UUID] = (),
    **values: Any,
) -> Response[Any]:
    """The whole page, or for HTMX the stage and all beside it. values: of the panel, in place of its own.

    present: who looks at it, for the whole page.
    """
    steps = steps_of(draft.document)
    aim = aim_at(draft.document, place.aim)
    step = aim.step if aim else place.step if place.step in steps else ""
    around = surroundings(db, who, draft, step)
    found, view = obstacles.obstacles(db, who, draft), view_of(request)
    tests = coverage(draft.document)
    chosen = step or (place.add or "").partition(":")[0]
    address = "?" + "".join(f"{urlencode({name: value})}&" for name, value in (("view", view), ("step", step)) if value)
    folded = folds.drawn(request, draft.document, around.directory, chosen, address, all_open=bool(aim))
    content = {
        "draft": draft,
        "here": f"/definitions/{draft.key}/draft",
        **folded,
        "names": names_in(draft.document),
        "problems": [_problem(problem, steps) for problem in found if problem.blocks],
        "hints": [_problem(problem, steps) for problem in found if not problem.blocks],
        "counts": _counts(found, folded["within"]),
        "tests": tests,
        "marks": dict.fromkeys(_cards(tests.missed, folded["within"]), "untested"),
        "others": presence.others(db, who, draft, present),
        "step": step,
        "view": view,
        "aim": aim,
        "policy": policy_of_draft(draft.document, around.directory) if view == "policy" else None,
        "told": told or Told(),
        **panel.content(draft.document, step, place.add, place.search, around),
        **values,
    }
    status = 200
    if told and told.tone == "danger":
        status = 409 if told.changes else 422
    target = request.headers.get("hx-target", "")
    if "hx-request" in request.headers and target == "stage":
        focus = f"s-{step}" if step and not place.stays and not aim else ""
        return fragments(request, TEMPLATE, ("stage", *BESIDE), status=status, focus=focus, **content)
    return page(request, TEMPLATE, block="panel", status=status, beside=False, **content)


def view_of(request: Asked) -> str:
    """outline or policy; empty for the drawing. A part of a page that is asked for belongs to the address it is on."""
    own, beneath = request.query_params.get("view", ""), beneath_of(request).get("view", "")
    return next((view for view in (own, beneath) if view in VIEWS), "")


def beneath_of(request: Asked) -> dict[str, str]:
    """What the address says of the page on which HTMX asks."""
    return dict(parse_qsl(urlsplit(request.headers.get("hx-current-url", "")).query))


def surroundings(db: Db, who: Principal, draft: Draft, step: str, did: str = "") -> Surroundings:
    """What the controls of the panel may draw besides the settings."""
    return Surroundings(
        document=draft.document,
        at=join("/steps", step) if step else "",
        directory=directory_of(db, who),
        roles=tuple(ROLES),
        secrets=names_of(db, who.tenant_id),
        here=f"/definitions/{draft.key}/draft",
        did=did,
    )


def _problem(problem: Obstacle, steps: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "step": problem.step if problem.step in steps else "",
        "text": problem.text,
        "mends": [(mend.label, dumps([encode(edit) for edit in mend.edits]).decode()) for mend in problem.mends],
    }


def _counts(problems: Sequence[Obstacle], within: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many there are at each step, and at the card of a closed branch those of all steps in it."""
    blocking = [problem.step for problem in problems if problem.step and problem.blocks]
    return dict(Counter(_cards(blocking, within)))


def _cards(steps: Iterable[str], within: Mapping[str, Sequence[str]]) -> list[str]:
    """The cards on which those steps are seen."""
    card_of = {step: card for card, inside in within.items() for step in inside}
    return [card_of.get(step, step) for step in steps]
