"""Ways out of a step: where they lead, and in which order they stand."""

from typing import Annotated

from msgspec import Meta

from designer.edits.draft_flow import MAX_STEPS, DraftFlow, Edge
from designer.edits.edit import Done, Edit, EditRefused
from designer.edits.words import outcome_name


class Retarget(Edit, frozen=True):
    """target: the id of a step; nothing leaves the outcome open."""

    step: str
    outcome: str
    target: str = ""

    def apply(self, flow: DraftFlow) -> Done:
        at = Edge(self.step, self.outcome)
        flow.step(self.step)
        flow.check_edge(at)
        if self.target:
            flow.step(self.target)
        flow.lead(at, self.target)
        goes = f"leads to {flow.name(self.target)}" if self.target else "leads nowhere yet"
        text = f"{flow.name(self.step)}: {outcome_name(self.outcome)} {goes}."
        return Done(frozenset({self.step}), text, self.step)


class Reorder(Edit, frozen=True):
    """order: outcomes, the first being the spine; those it leaves out follow. A list of branches takes the same order,
    and with it the order in which their rules are tried.
    """

    step: str
    order: list[str]

    def apply(self, flow: DraftFlow) -> Done:
        step, known = flow.step(self.step), flow.outcomes(self.step)
        if unknown := [name for name in self.order if name not in known]:
            raise EditRefused("outcome_gone", self.step, name=unknown[0][:60])
        places = {name: number for number, name in enumerate(dict.fromkeys([*self.order, *known]))}
        step["outcomes"] = {name: known[name] for name in places}
        if isinstance(branches := step.get("branches"), list):
            branches.sort(key=lambda branch: places.get(_outcome(branch), len(places)))
        text = f"{flow.name(self.step)}: the order is {', '.join(outcome_name(name) for name in places)}."
        return Done(frozenset({self.step}), text, self.step)


class Shift(Edit, frozen=True):
    """by: how many places the way out goes to the right among those of its step; negative: to the left."""

    step: str
    outcome: str
    by: Annotated[int, Meta(ge=-MAX_STEPS, le=MAX_STEPS)]

    def apply(self, flow: DraftFlow) -> Done:
        ways = list(flow.outcomes(self.step))
        if self.outcome not in ways:
            raise EditRefused("outcome_gone", self.step, name=self.outcome[:60])
        place = ways.index(self.outcome) + self.by
        ways.remove(self.outcome)
        ways.insert(min(max(0, place), len(ways)), self.outcome)
        return Reorder(self.step, ways).apply(flow)


def _outcome(branch: object) -> str:
    return str(branch.get("outcome")) if isinstance(branch, dict) else ""
