"""Where each step's region goes: its card with chips, a row of columns below it, its merges below those.

Sizes add up from the last step to the first, places come back down; nothing is moved afterwards. The
first column and every merge stand exactly below the card: the path of first outcomes is one straight line.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from designer.drawing.flow import Edge, Flow

CARD_W, CARD_H = 220, 78
COLUMN_GAP, LANE_W = 36, 48
CHIP_H, CHIP_GAP, CHIP_LEFT, PILL_H = 22, 4, 22, 30
FALL, FALL_NAMED, FALL_SPLIT = 32, 48, 60
LANE_NAMED, LANE_SPLIT = 34, 46
MERGE_FALL = 32


@dataclass(frozen=True, slots=True)
class Texts:
    """Widths of what must find room: chips beside each card, captions on lines; 0 means there is none."""

    chips: Mapping[str, int]
    captions: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Region:
    """row: height of card and chips. fall: from there to the columns. Places are counted from its corner."""

    row: int
    fall: int
    chips: tuple[Edge, ...]
    pill: Edge | None
    columns: tuple[tuple[Edge, int, int], ...]
    merges: tuple[tuple[str, int], ...]
    width: int
    height: int


def regions_of(flow: Flow, texts: Texts) -> dict[str, Region]:
    regions: dict[str, Region] = {}
    for step in reversed(flow.order):
        regions[step] = _region(flow, step, texts, regions)
    return regions


def _region(flow: Flow, step: str, texts: Texts, regions: Mapping[str, Region]) -> Region:
    pill = pill_of(flow, step)
    chips = tuple(edge for edge in flow.chips(step) if edge is not pill)
    columns = _columns(flow.columns(step), texts, regions)
    row = max(CARD_H, len(chips) * (CHIP_H + CHIP_GAP) - CHIP_GAP)
    fall = _fall([edge for edge, _, _ in columns], texts) if columns else _pill_fall(pill, texts)
    tallest = max((regions[edge.target or ""].height for edge, _, _ in columns if edge.kind == "branch"), default=0)
    top = row + fall + (PILL_H if pill else tallest)
    merges = []
    for merge in flow.merges[step]:
        merges.append((merge, top + MERGE_FALL))
        top += MERGE_FALL + regions[merge].height
    widths = [CARD_W + (CHIP_LEFT + texts.chips[step] if chips else 0)]
    widths += [x + wide for _, x, wide in columns] + [regions[merge].width for merge, _ in merges]
    return Region(row, fall, chips, pill, columns, tuple(merges), max(widths), top)


def pill_of(flow: Flow, step: str) -> Edge | None:
    """The end that is drawn below the card, if nothing else is there: the first end among the outcomes."""
    if flow.columns(step):
        return None
    return next((edge for edge in flow.edges[step] if edge.kind == "end"), None)


def _columns(edges: tuple[Edge, ...], texts: Texts, regions: Mapping[str, Region]) -> tuple[tuple[Edge, int, int], ...]:
    columns: list[tuple[Edge, int, int]] = []
    x = 0
    for edge in edges:
        if edge.kind == "branch":
            wide = regions[edge.target or ""].width
        elif not columns:
            wide = CARD_W
        else:
            wide = max(LANE_W, texts.captions[edge.step, edge.outcome] + 16)
        columns.append((edge, x, wide))
        x += wide + COLUMN_GAP
    return tuple(columns)


def _fall(edges: list[Edge], texts: Texts) -> int:
    branches = any(edge.kind == "branch" for edge in edges)
    if len(edges) > 1:
        return FALL_SPLIT if branches else LANE_SPLIT
    if texts.captions[edges[0].step, edges[0].outcome]:
        return FALL_NAMED if branches else LANE_NAMED
    return FALL if branches else 0


def _pill_fall(pill: Edge | None, texts: Texts) -> int:
    if pill is None:
        return 0
    return FALL_NAMED if texts.captions[pill.step, pill.outcome] else FALL


def places_of(flow: Flow, regions: Mapping[str, Region], margin: int) -> dict[str, tuple[int, int]]:
    places = {flow.order[0]: (margin, margin)}
    for step in flow.order:
        left, top = places[step]
        region = regions[step]
        for edge, x, _ in region.columns:
            if edge.kind == "branch" and edge.target is not None:
                places[edge.target] = (left + x, top + region.row + region.fall)
        for merge, y in region.merges:
            places[merge] = (left, top + y)
    return places
