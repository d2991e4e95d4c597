"""Two documents as one that can be drawn: the newer one, with what was removed still in its old place."""

from typing import Any, NamedTuple

from designer.drawable import drawable
from designer.drawing.flow import flow_of
from designer.edits.draft_flow import outcomes_of

Json = dict[str, Any]


class Merged(NamedTuple):
    """document: start and steps. order: of all steps of both, as they are drawn, then those that are not drawn.

    removed: the steps that only the older document has.
    """

    document: Json
    order: tuple[str, ...]
    removed: frozenset[str]


def merged(before: Json, after: Json) -> Merged:
    old, new = drawable(before), drawable(after)
    gone = {key: step for key, step in old["steps"].items() if key not in new["steps"]}
    steps = {key: {**step, "outcomes": dict(step["outcomes"])} for key, step in (new["steps"] | gone).items()}
    start = new["start"]
    if old["start"] in gone and (not start or _leads_to(old["start"], start, gone)):
        start = old["start"]
    for key, step in new["steps"].items():
        for way, target in outcomes_of(old["steps"].get(key, {})).items():
            if target in gone:
                _put_back(steps, gone, key, way, target, step["outcomes"].get(way, ""))
    flow = flow_of(start, steps)
    order = tuple(dict.fromkeys((*flow.order, *steps)))
    return Merged({"start": start, "steps": steps}, order, frozenset(gone))


def _put_back(steps: Json, gone: Json, key: str, way: str, target: str, now: str) -> None:
    """On the line it stood on, where what it led to is what now stands there; beside it where that is another way."""
    if now and not _leads_to(target, now, gone):
        steps[key]["outcomes"][f"{way} before"] = target
    else:
        steps[key]["outcomes"][way] = target


def _leads_to(first: str, target: str, gone: Json) -> bool:
    """Whether steps that are gone lead there, and nothing else between them."""
    ahead, seen = [first], {first}
    while ahead:
        for goal in outcomes_of(gone[ahead.pop()]).values():
            if goal == target:
                return True
            if goal in gone and goal not in seen:
                seen.add(goal)
                ahead.append(goal)
    return False
