"""What stands beside the drawing: the settings of the selected step, those of the flow, or the list of step types."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from app.web.request import Posted
from designer import panel, trying
from designer.edits import EditRefused
from designer.edits.delete import also_removed
from designer.edits.draft_flow import DraftFlow, edge, name_of, outcomes_of, steps_of
from designer.edits.paste import fragment
from designer.edits.words import place
from engine import forms
from engine.forms import FormError
from engine.forms.surroundings import Surroundings
from engine.interpreter import World
from engine.steps import step_types

Json = dict[str, Any]


def content(document: Json, step: str, add: str | None, search: str, around: Surroundings) -> Json:
    """Values of the panel's template; `panel` says which one it is."""
    if add is not None:
        return {"panel": "palette", **_palette(document, add, search)}
    return {
        "panel": "step" if step else "flow",
        "form": form(document, step, around),
        **(_step(document, step) if step else {}),
    }


def form(
    document: Json,
    step: str,
    around: Surroundings,
    data: Any = None,
    errors: list[FormError] | None = None,
    posted: Posted | None = None,
) -> forms.Field:
    """The settings as a form; with what was typed and what is wrong with it."""
    asked, holder = of(document, step)
    stored = panel.settings_of(asked, holder)
    typed = _unread(posted or [], errors or [])
    around = replace(around, answers=around.answers | answers(document, step, around, data or stored, typed))
    return forms.fields(*asked, stored if data is None else data, errors or [], stored=stored, around=around)


def _unread(posted: Posted, errors: list[FormError]) -> Posted:
    """Without the lines that were pasted and are levels now: sent again, they would be more of them."""
    wrong = {f"paste:{error.pointer}" for error in errors if error.keyword == "paste"}
    return [(name, value) for name, value in posted if not name.startswith("paste:") or name in wrong]


def typed_again(document: Json, step: str, around: Surroundings, typed: Mapping[str, Any]) -> forms.Field:
    """The settings there are, but for those that were typed and not taken. typed: None for what is to go."""
    asked, holder = of(document, step)
    data = {**panel.settings_of(asked, holder), **typed}
    return form(document, step, around, {name: value for name, value in data.items() if value is not None})


def answers(document: Json, step: str, around: Surroundings, data: Json, posted: Posted) -> dict[str, Json]:
    """What the controls say of the values that they are tried on. data: the settings as they are being edited."""
    if not step or around.directory is None:
        return {}
    settings = {**of(document, step)[1], **data}
    return trying.answers(document, step, settings, posted, around.did, World(datetime.now(UTC), around.directory))


def of(document: Json, step: str) -> tuple[tuple[Json, Json], Json]:
    """The form for a step, or without one for the flow, and what holds its settings."""
    if not step:
        return panel.flow_form(), document
    found = steps_of(document)[step]
    return panel.step_form(str(found.get("type"))), found


def _step(document: Json, key: str) -> Json:
    steps, flow = steps_of(document), DraftFlow(document)
    step = steps[key]
    kind = step_types().get(str(step.get("type")))
    ways, more = panel.ways_of(key, step)
    return {
        "kind": kind,
        "type": str(step.get("type")),
        "kinds": step_types(),
        "ways": [(way, panel.way_name(step, way), outcomes_of(step).get(way, "")) for way in ways],
        "more": [(way, panel.way_name(step, way)) for way in more],
        "first": flow.start == key,
        "edges": [(at, words) for at, words in panel.edges(steps) if not at.startswith(f"{key}:")],
        "gone": [flow.name(other) for other in also_removed(flow, key)],
        "branch": len(flow.branch(key)) > 1,
        "fragment": fragment(document, key),
        "whole": fragment(document, key, branch=True),
    }


def _palette(document: Json, add: str, search: str) -> Json:
    flow = DraftFlow(document)
    at = edge(add)
    try:
        flow.check_edge(at)
        where = place(flow, at)
    except EditRefused:
        at, where = edge(""), "at the beginning"
    wanted = search.strip().casefold()
    kinds = {
        name: kind
        for name, kind in step_types().items()
        if wanted in kind.LABEL.casefold() and (kind.ROLE != "start" or flow.start not in flow.steps)
    }
    return {
        "at": f"{at.step}:{at.outcome}" if at.step else "",
        "where": where,
        "kinds": kinds,
        "search": search,
        "movable": {key: name_of(step, key) for key, step in flow.steps.items() if key != flow.start},
    }
