"""Steps taken away, the flow joined again where they stood."""

from designer.edits.draft_flow import DraftFlow
from designer.edits.edit import Done, Edit


class Delete(Edit, frozen=True):
    """keep: leave the steps that only its other outcomes lead to as loose parts; without it they go, too."""

    step: str
    keep: bool = False

    def apply(self, flow: DraftFlow) -> Done:
        name, gone = flow.name(self.step), also_removed(flow, self.step)
        onward = flow.onward(self.step)
        removed = [self.step] if self.keep else [self.step, *gone]
        names = [flow.name(key) for key in gone]
        changed = flow.close_gap(self.step, onward, {self.step})
        flow.remove(removed)
        also = "" if self.keep or not gone else f", and with it {', '.join(names[:5])}{' …' if len(names) > 5 else ''}"
        neighbour = next((key for key in (*changed, onward) if key in flow.steps), "")
        touched = {key or "/start" for key in changed} | set(removed)
        return Done(frozenset(touched), f"{name} deleted{also}.", neighbour)


def also_removed(flow: DraftFlow, key: str) -> list[str]:
    """The steps that only this one's other outcomes lead to."""
    flow.step(key)
    stays = flow.reach([flow.onward(key)], without=key)
    return [other for other in flow.branch(key) if other != key and other not in stays]
