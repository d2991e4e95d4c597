"""The words of a drawing, cut to size: what an outcome is called, where it leads, what stands in its chip."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from designer.drawing.flow import Edge, Flow, Steps
from designer.drawing.regions import CARD_W, pill_of
from designer.drawing.text import clip, width

Key = tuple[str, str]

TEXT = 11
CHIP_ROOM, GOAL_ROOM, PILL_ROOM, CAPTION_ROOM = 270, 120, CARD_W - 48, CARD_W - 40
CHIP_FRAME, PILL_FRAME, CAPTION_FRAME = 36, 46, 12
ARROW = " → "
LEADS = {"end": "ends as", "loop": "back to", "jump": "on to"}


@dataclass(frozen=True, slots=True)
class Words:
    """label and lead in full, the others cut. chip: (label, goal), no label where it repeats the goal."""

    label: str
    lead: str
    caption: str
    chip: tuple[str, str]

    @property
    def caption_width(self) -> int:
        return math.ceil(width(self.caption, TEXT)) + CAPTION_FRAME if self.caption else 0

    @property
    def chip_width(self) -> int:
        return math.ceil(width(ARROW.join(filter(None, self.chip)), TEXT)) + CHIP_FRAME

    @property
    def pill_width(self) -> int:
        return math.ceil(width(self.chip[1], TEXT + 1, bold=True)) + PILL_FRAME


def words_of(steps: Steps, flow: Flow) -> dict[Key, Words]:
    words = {}
    for step in flow.order:
        pill = pill_of(flow, step)
        for edge in flow.edges[step]:
            words[step, edge.outcome] = _words(steps, edge, below=edge is pill, alone=len(flow.edges[step]) == 1)
    return words


def _words(steps: Steps, edge: Edge, below: bool, alone: bool) -> Words:
    label, goal = _label(steps[edge.step], edge.outcome), _goal(steps, edge)
    same = label.casefold() == goal.casefold()
    caption = "" if alone or (below and same) else clip(label, CAPTION_ROOM, TEXT)
    if below:
        chip = "", clip(goal, PILL_ROOM, TEXT + 1, bold=True)
    else:
        chip = ("", clip(goal, CHIP_ROOM, TEXT)) if same else _chip(label, goal)
    return Words(label, _lead(edge, label, goal, alone), caption, chip)


def _label(step: Mapping[str, object], outcome: str) -> str:
    """A decision's branches have labels of their own; other outcomes are named by their key."""
    branches = step.get("branches")
    for branch in branches if isinstance(branches, list) else []:
        if branch.get("outcome") == outcome and branch.get("label"):
            return str(branch["label"])
    return outcome.replace("_", " ").replace("-", " ").capitalize()


def _goal(steps: Steps, edge: Edge) -> str:
    return str(steps[edge.target]["name"]) if edge.target else "choose…"


def _lead(edge: Edge, label: str, goal: str, alone: bool) -> str:
    if edge.target is None:
        return f"{label}: leads nowhere yet"
    if edge.kind == "end" and label.casefold() == goal.casefold():
        return f"{label}: ends here"
    lead = f"{LEADS.get(edge.kind, 'continues with')} {goal}"
    return lead[0].upper() + lead[1:] if alone else f"{label}: {lead}"


def _chip(label: str, goal: str) -> tuple[str, str]:
    """Both share the room; a short goal leaves more of it to the label."""
    room = CHIP_ROOM - width(ARROW, TEXT)
    short = clip(label, room - min(width(goal, TEXT), GOAL_ROOM), TEXT)
    return short, clip(goal, room - width(short, TEXT), TEXT)
