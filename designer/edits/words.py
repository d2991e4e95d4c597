"""How edits name places: outcomes and edges."""

from designer.edits.draft_flow import DraftFlow, Edge


def outcome_name(outcome: str) -> str:
    return outcome.replace("_", " ")[:60]


def place(flow: DraftFlow, at: Edge) -> str:
    """Where something stands now: "after Manager"; of several ways out "after Manager, when rejected"."""
    if not at.step:
        return "at the beginning"
    ways = len(flow.outcomes(at.step))
    when = f", when {outcome_name(at.outcome)}" if ways > 1 or at.outcome not in flow.outcomes(at.step) else ""
    return f"after {flow.name(at.step)}{when}"
