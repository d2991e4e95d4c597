"""A step as such: its name, its type."""

from designer.edits.draft_flow import MAX_NAME, DraftFlow, name_of
from designer.edits.edit import Done, Edit, EditRefused
from designer.edits.step_types import COMMON, new_step, offered, readable, step_type


class Rename(Edit, frozen=True):
    """The id stays: a renamed step is the same step."""

    step: str
    name: str

    def apply(self, flow: DraftFlow) -> Done:
        step, before, name = flow.step(self.step), flow.name(self.step), self.name.strip()
        if not 0 < len(name) <= MAX_NAME:
            raise EditRefused("name", self.step, most=MAX_NAME)
        step["name"] = name
        return Done(frozenset({self.step}), f"{before} is now called {name}.", self.step)

    def field(self) -> str:
        return f"/steps/{self.step}/name"


class Replace(Edit, frozen=True):
    """Another type: settings that it knows stay, and outcomes that it has; its first one goes on as before."""

    step: str
    type: str

    def apply(self, flow: DraftFlow) -> Done:
        old, kind, onward = flow.step(self.step), step_type(self.type), flow.onward(self.step)
        before = name_of(old, self.step)
        kept = {name: old[name] for name in COMMON if name in old and name != "type"}
        flow.document["steps"][self.step] = step = new_step(self.type) | kept | readable(self.type, old)
        ways, had = offered(self.step, step), flow.outcomes(self.step)
        led = {way: had[way] for way in ways if way in had}
        if ways and onward and ways[0] not in led:
            led = {ways[0]: onward} | led
        step["outcomes"] = led
        return Done(frozenset({self.step}), f"{before} is now of the kind {kind.LABEL}.", self.step)
