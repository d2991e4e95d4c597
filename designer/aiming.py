"""Where a way out leads is picked among the steps that are drawn."""

from dataclasses import dataclass
from typing import Any

from designer.edits.draft_flow import edge, name_of, outcomes_of, steps_of
from designer.panel import way_name, ways_of


@dataclass(frozen=True)
class Aim:
    """A way out of a step that is to lead elsewhere. target: where it leads now, or "". label: as people call it."""

    step: str
    outcome: str
    target: str
    label: str
    name: str

    def may_lead(self, target: str | None) -> bool:
        """Neither back to the step itself nor to where it leads already."""
        return bool(target) and target not in (self.step, self.target)


def aim_at(document: dict[str, Any], address: str) -> Aim | None:
    """address: `STEP:OUTCOME`. None where there is no such way out."""
    at = edge(address)
    step = steps_of(document).get(at.step)
    if step is None or at.outcome not in [way for ways in ways_of(at.step, step) for way in ways]:
        return None
    target = outcomes_of(step).get(at.outcome, "")
    return Aim(at.step, at.outcome, target, way_name(step, at.outcome), name_of(step, at.step))
