"""Collapsed branches: all steps of a branch become one card that says how many they are, and keeps its ways out."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from designer.drawing.faces import FOLDED, Face, measured
from designer.drawing.flow import Edge, Flow, flow_of
from designer.drawing.words import outcome_label
from engine.wording.values import count, listed

Key = tuple[str, str]
WORTH = 3
MOST_NAMED = 3


def foldable(flow: Flow) -> list[Key]:
    """The branches of enough steps to be worth it, outermost first."""
    found = []
    for step in flow.order:
        columns = flow.columns(step)
        found += [
            (step, edge.outcome)
            for edge in columns
            if len(columns) > 1 and edge.kind == "branch" and len(_inside(flow, edge)) >= WORTH
        ]
    return found


def fold(
    document: Mapping[str, Any], faces: Mapping[str, Face], folds: Collection[Key]
) -> tuple[dict[str, Any], dict[str, Face], dict[str, Key]]:
    """The document and its faces with those branches folded, and the branch that each card stands for."""
    drawn: dict[str, Any] = {"start": document["start"], "steps": dict(document["steps"])}
    shown, stands = dict(faces), {}
    for key in dict.fromkeys(folds):
        flow = flow_of(drawn["start"], drawn["steps"])
        if key not in foldable(flow):
            continue
        edge = next(edge for edge in flow.columns(key[0]) if edge.outcome == key[1])
        inside = _inside(flow, edge)
        card = f"{key[0]}:{key[1]}"
        names = [shown[step].name for step in inside]
        drawn["steps"] = _replaced(drawn["steps"], card, inside, outcome_label(drawn["steps"][key[0]], key[1]))
        shown[card] = _face(drawn["steps"][card]["name"], names)
        stands[card] = key
    return drawn, shown, stands


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
