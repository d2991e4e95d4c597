"""The words of a drawing: what an outcome is called, where it leads, what stands in its chip, and how large that is."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from designer.drawing.faces import CARD_W
from designer.drawing.flow import Edge, Flow, Steps
from designer.drawing.regions import Key, Size, pill_of
from designer.drawing.text import line_count, width
from engine.wording.values import clean, plain_name

TEXT, LINE = 12.5, 17
CHIP_ROOM, PILL_ROOM, CAPTION_ROOM = 250, CARD_W - 60, 200
CHIP_FRAME, CHIP_PAD, PILL_PAD, CAPTION_FRAME = 42, 9, 13, 20
LONGEST = 120
ARROW = " → "
LEADS = {"end": "ends as", "loop": "back to", "jump": "on to"}


@dataclass(frozen=True, slots=True)
class Words:
    """label and lead in full. caption: on the line. chip: (label, goal), no label where it repeats the goal."""

    label: str
    lead: str
    caption: str
    chip: tuple[str, str]
    below: bool

    @property
    def caption_width(self) -> int:
        return min(CAPTION_ROOM, math.ceil(width(self.caption, TEXT))) + CAPTION_FRAME if self.caption else 0

    @property
    def chip_size(self) -> Size:
        text, room = ARROW.join(filter(None, self.chip)), PILL_ROOM if self.below else CHIP_ROOM
        lines = line_count(text, room, TEXT, bold=True)
        wide = math.ceil(width(text, TEXT, bold=True)) if lines == 1 else room
        return wide + CHIP_FRAME, LINE * max(1, lines) + (PILL_PAD if self.below else CHIP_PAD)


def words_of(steps: Steps, flow: Flow) -> dict[Key, Words]:
    words = {}
    for step in flow.order:
        pill = pill_of(flow, step)
        for edge in flow.edges[step]:
            words[step, edge.outcome] = _words(steps, edge, below=edge is pill, alone=len(flow.edges[step]) == 1)
    return words


def _words(steps: Steps, edge: Edge, below: bool, alone: bool) -> Words:
    label, goal = outcome_label(steps[edge.step], edge.outcome), _goal(steps, edge)
    same = label.casefold() == goal.casefold()
    caption = "" if alone or (below and same) else label
    chip = ("", goal) if below or same else (label, goal)
    return Words(label, _lead(edge, label, goal, alone), caption, chip, below)


def outcome_label(step: Mapping[str, object], outcome: str) -> str:
    """A decision's branches have labels of their own; other outcomes are named by their key."""
    branches = step.get("branches")
    for branch in branches if isinstance(branches, list) else []:
        if isinstance(branch, dict) and branch.get("outcome") == outcome and branch.get("label"):
            return clean(str(branch["label"]), LONGEST)
    return plain_name(outcome).capitalize()


def _goal(steps: Steps, edge: Edge) -> str:
    return clean(str(steps[edge.target]["name"]), LONGEST) if edge.target else "choose where it goes"


def _lead(edge: Edge, label: str, goal: str, alone: bool) -> str:
    if edge.target is None:
        return f"{label}: leads nowhere yet"
    if edge.kind == "end" and label.casefold() == goal.casefold():
        return f"{label}: ends here"
    lead = f"{LEADS.get(edge.kind, 'continues with')} {goal}"
    return lead[0].upper() + lead[1:] if alone else f"{label}: {lead}"
