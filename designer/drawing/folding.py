"""Collapsed branches: all steps of a branch become one card that says how many they are, and keeps its ways out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from designer.drawing.faces import FOLDED, Face, measured
from designer.drawing.flow import Edge, Flow
from designer.drawing.words import outcome_label
from engine.wording.values import count, listed

Key = tuple[str, str]
WORTH = 3
MOST_NAMED = 3


def branches(flow: Flow) -> dict[Key, list[str]]:
    """The branches of enough steps to be worth folding, outermost first, each with its steps in reading order."""
    found = {}
    for step in flow.order:
        columns = flow.columns(step)
        for edge in columns:
            if len(columns) > 1 and edge.kind == "branch" and len(inside := _inside(flow, edge)) >= WORTH:
                found[step, edge.outcome] = inside
    return found


def closed(flow: Flow, folds: Collection[Key], chosen: str = "") -> dict[Key, list[str]]:
    """Of those branches the ones drawn as one card: none within another, and none that holds the chosen step."""
    found: dict[Key, list[str]] = {}
    hidden: set[str] = set()
    for key, inside in branches(flow).items():
        if key in folds and key[0] not in hidden and chosen not in inside:
            found[key] = inside
            hidden.update(inside)
    return found


def fold(
    document: Mapping[str, Any], faces: Mapping[str, Face], shut: Mapping[Key, Sequence[str]]
) -> tuple[dict[str, Any], dict[str, Face], dict[str, Key]]:
    """The document and its faces with those branches folded, and the branch that each card stands for.

    shut: what `closed` gives of the document.
    """
    steps, shown, stands = dict(document["steps"]), dict(faces), {}
    for (step, outcome), inside in shut.items():
        card = f"{step}:{outcome}"
        steps = _replaced(steps, card, inside, outcome_label(steps[step], outcome))
        shown[card] = _face(steps[card]["name"], [shown[one].name for one in inside])
        stands[card] = (step, outcome)
    return {"start": document["start"], "steps": steps}, shown, stands


def _inside(flow: Flow, edge: Edge) -> list[str]:
    """The steps that only this branch leads to, in reading order."""
    found: list[str] = []
    ahead = [edge.target or ""]
    while ahead:
        step = ahead.pop()
        found.append(step)
        heads = [one.target for one in flow.columns(step) if one.kind == "branch" and one.target]
        ahead += reversed([*heads, *flow.merges[step]])
    return found


def _replaced(steps: Mapping[str, Any], card: str, inside: Iterable[str], name: str) -> dict[str, Any]:
    gone = set(inside)
    outcomes: dict[str, str | None] = {}
    for step in inside:
        for outcome, target in (steps[step].get("outcomes") or {}).items():
            if target not in gone and target not in outcomes.values():
                outcomes[outcome if outcome not in outcomes else f"{outcome}-{len(outcomes)}"] = target
    kept = {
        step: {**settings, "outcomes": _pointed(settings.get("outcomes") or {}, gone, card)}
        for step, settings in steps.items()
        if step not in gone
    }
    return {**kept, card: {"type": "", "name": name, "outcomes": outcomes}}


def _pointed(outcomes: Mapping[str, str | None], gone: set[str], card: str) -> dict[str, str | None]:
    return {outcome: card if target in gone else target for outcome, target in outcomes.items()}


def _face(name: str, names: list[str]) -> Face:
    more = len(names) - MOST_NAMED
    told = [*names[:MOST_NAMED], f"{more} more"] if more > 1 else names
    return measured(Face(count(len(names), "step"), FOLDED, name, listed(told)))
