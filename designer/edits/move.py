"""Steps moved to another place of the flow, alone or with the branch that they lead to."""

from designer.edits.draft_flow import DraftFlow, Edge, edge
from designer.edits.edit import Done, Edit, EditRefused
from designer.edits.words import place


class Move(Edit, frozen=True):
    """branch: with all steps that only this one leads to; without it they go on where the step stood."""

    step: str
    at: str
    branch: bool = False

    def apply(self, flow: DraftFlow) -> Done:
        flow.step(self.step)
        moved = flow.branch(self.step) if self.branch else [self.step]
        at = edge(self.at)
        self._check(flow, at, moved)
        leave = flow.exit(self.step, moved)
        onward = flow.target(leave) if leave else ""
        changed = flow.close_gap(self.step, "" if onward in moved else onward, moved)
        text = f"{flow.name(self.step)}{' and its branch' if len(moved) > 1 else ''} moved {place(flow, at)}."
        stood = flow.target(at)
        flow.lead(at, self.step)
        if leave:
            flow.lead(leave, stood)
        return Done(frozenset({*(key or "/start" for key in (*changed, at.step)), *moved}), text, self.step)

    def _check(self, flow: DraftFlow, at: Edge, moved: list[str]) -> None:
        if self.step == flow.start:
            raise EditRefused("first", self.step)
        flow.check_edge(at)
        if at.step in moved:
            raise EditRefused("inside_itself" if at.step == self.step else "inside", self.step)
