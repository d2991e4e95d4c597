"""New steps: inserted on an edge, or made as the copy of another one."""

from copy import deepcopy

from designer.edits.draft_flow import MAX_NAME, DraftFlow, Edge, edge, outcomes_of
from designer.edits.edit import Done, Edit
from designer.edits.step_types import Json, new_step, offered
from designer.edits.words import place


class Insert(Edit, frozen=True):
    """at: the edge it stands on. Its first outcome goes on to what stood there; an outcome that is named like the
    status of an end leads to that end; others are open.
    """

    at: str
    type: str
    name: str = ""

    def apply(self, flow: DraftFlow) -> Done:
        at = edge(self.at)
        flow.check_edge(at)
        step = new_step(self.type, at.outcome) | ({"name": self.name.strip()[:MAX_NAME]} if self.name.strip() else {})
        step["name"], key = flow.free_name(step["name"]), flow.free_id(step["name"])
        text = f"{step['name']} added {place(flow, at)}."
        onward = flow.target(at)
        flow.add(key, step, after=at.step)
        flow.lead(at, key)
        _lead_on(flow, key, onward)
        return Done(frozenset({_touched(at), key}), text, key)


class Duplicate(Edit, frozen=True):
    """The copy stands right after the step; its other outcomes lead where those of the step lead."""

    step: str

    def apply(self, flow: DraftFlow) -> Done:
        copy: Json = deepcopy(flow.step(self.step))
        copy["name"] = flow.free_name(flow.name(self.step))
        key, first = flow.free_id(self.step), flow.first_edge(self.step)
        flow.add(key, copy, after=self.step)
        if first:
            flow.lead(first, key)
        return Done(frozenset({self.step, key}), f"{copy['name']} added after {flow.name(self.step)}.", key)


def _lead_on(flow: DraftFlow, key: str, onward: str) -> None:
    """The outcomes of a new step."""
    step = flow.step(key)
    ends = {str(other.get("status")): at for at, other in reversed(flow.steps.items()) if not outcomes_of(other)}
    led = {way: ends.get(way, "") for way in offered(key, step)}
    if led and onward:
        led[next(iter(led))] = onward
    step["outcomes"] = {way: target for way, target in led.items() if target}


def _touched(at: Edge) -> str:
    return at.step or "/start"
