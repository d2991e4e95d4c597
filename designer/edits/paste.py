"""Parts of a flow copied as JSON, and pasted into the same definition or another one."""

from typing import Any

from designer.edits.draft_flow import MAX_ID, MAX_STEPS, DraftFlow, edge, name_of, outcomes_of, steps_of, too_many_steps
from designer.edits.edit import Done, Edit, EditRefused
from designer.edits.step_types import Json
from designer.edits.words import place

FORMAT = "signoff/fragment@1"


def fragment(document: Json, step: str, *, branch: bool = False) -> Json:
    """A step, or it and all that only it leads to. Raises EditRefused."""
    flow = DraftFlow(document)
    keys = flow.branch(step) if branch else [step]
    return {"format": FORMAT, "first": step, "steps": {key: flow.step(key) for key in keys}}


class Paste(Edit, frozen=True):
    """fragment: what `fragment` gave. Its steps get new ids; what they lead to outside of it stays as it is written."""

    fragment: dict[str, Any]
    at: str

    def apply(self, flow: DraftFlow) -> Done:
        steps, first = self._steps()
        at = edge(self.at)
        flow.check_edge(at)
        text, stood, after = place(flow, at), flow.target(at), at.step
        ids: dict[str, str] = {}
        for key, step in steps.items():
            ids[key] = flow.free_id(key)
            flow.add(ids[key], {**step, "name": flow.free_name(name_of(step, key))}, after)
            after = ids[key]
        for key, step in steps.items():
            led = {outcome: ids.get(target, target) for outcome, target in outcomes_of(step).items()}
            flow.steps[ids[key]]["outcomes"] = led
        self._join(flow, ids[first], set(ids.values()), stood)
        flow.lead(at, ids[first])
        more = f" and {len(ids) - 1} more" if len(ids) > 1 else ""
        touched = frozenset({at.step or "/start", *ids.values()})
        return Done(touched, f"{flow.name(ids[first])}{more} pasted {text}.", ids[first])

    def _join(self, flow: DraftFlow, first: str, pasted: set[str], stood: str) -> None:
        leave = flow.exit(first, pasted)
        if leave and stood:
            flow.lead(leave, stood)

    def _steps(self) -> tuple[dict[str, Json], str]:
        steps, first = steps_of(self.fragment), self.fragment.get("first")
        sane = steps and all(len(key) <= MAX_ID for key in steps)
        if self.fragment.get("format") != FORMAT or not sane or first not in steps:
            raise EditRefused("fragment")
        if len(steps) > MAX_STEPS:
            raise too_many_steps()
        return steps, str(first)
