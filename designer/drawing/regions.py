"""Where each step's region goes: its card with chips, a row of columns below it, its merges below those.

Sizes add up from the last step to the first, places come back down; nothing is moved afterwards. The
first column and every merge stand exactly below the card: the path of first outcomes is one straight line.
A branch without steps of its own runs down at the left of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from designer.drawing.faces import CARD_W
from designer.drawing.flow import Edge, Flow

COLUMN_GAP, LANE_W, LANE_GAP = 40, 40, 8
CHIP_GAP, CHIP_LEFT, CHIP_LEFT_PLUS = 6, 30, 58
SPLIT, CAPTION_H, PLUS_H = 12, 28, 30
FALL_ABOVE, FALL_BELOW, MERGE_FALL = 8, 26, 34

Size = tuple[int, int]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of what must find room. cards: heights. chips, pills: width and height. captions: widths, 0 for none.

    plus: every outcome has room for a control on its line.
    """

    cards: Mapping[str, int]
    chips: Mapping[Key, Size]
    captions: Mapping[Key, int]
    plus: bool = False

    @property
    def chip_left(self) -> int:
        return CHIP_LEFT_PLUS if self.plus else CHIP_LEFT


@dataclass(frozen=True, slots=True)
class Region:
    """row: height of card and chips. fall: from there to the columns. Places are counted from the card's corner.

    left: how far it reaches to the left of its card. chips: with the middle of each. columns: with left edge and width.
    """

    card: int
    row: int
    fall: int
    chips: tuple[tuple[Edge, int], ...]
    pill: Edge | None
    columns: tuple[tuple[Edge, int, int], ...]
    merges: tuple[tuple[str, int], ...]
    left: int
    width: int
    height: int


def regions_of(flow: Flow, sizes: Sizes) -> dict[str, Region]:
    regions: dict[str, Region] = {}
    for step in reversed(flow.order):
        regions[step] = _region(flow, step, sizes, regions)
    return regions


def _region(flow: Flow, step: str, sizes: Sizes, regions: Mapping[str, Region]) -> Region:
    pill = pill_of(flow, step)
    chips, row = _chips(flow, step, pill, sizes)
    columns, left = _columns(flow.columns(step), sizes, regions)
    fall = _fall([pill] if pill else [edge for edge, _, _ in columns], sizes)
    tallest = max((regions[edge.target or ""].height for edge, _, _ in columns if edge.kind == "branch"), default=0)
    top = row + fall + (sizes.chips[pill.step, pill.outcome][1] if pill else tallest)
    merges = []
    for merge in flow.merges[step]:
        merges.append((merge, top + MERGE_FALL))
        top += MERGE_FALL + regions[merge].height
    beside = max((sizes.chips[edge.step, edge.outcome][0] for edge, _ in chips), default=0)
    widths = [CARD_W + (sizes.chip_left + beside if chips else 0)]
    widths += [x + wide for _, x, wide in columns] + [regions[merge].width for merge, _ in merges]
    lefts = [left, *(regions[merge].left for merge, _ in merges)]
    return Region(sizes.cards[step], row, fall, chips, pill, columns, tuple(merges), max(lefts), max(widths), top)


def pill_of(flow: Flow, step: str) -> Edge | None:
    """The end that is drawn below the card, if nothing else is there: the first end among the outcomes."""
    if flow.columns(step):
        return None
    return next((edge for edge in flow.edges[step] if edge.kind == "end"), None)


def _chips(flow: Flow, step: str, pill: Edge | None, sizes: Sizes) -> tuple[tuple[tuple[Edge, int], ...], int]:
    """One below the other, beside the middle of the card; and how high card and chips are together."""
    edges = [edge for edge in flow.chips(step) if edge is not pill]
    high = [sizes.chips[edge.step, edge.outcome][1] for edge in edges]
    block = sum(high) + CHIP_GAP * (len(high) - 1)
    y = max(0, (sizes.cards[step] - block) // 2)
    placed = []
    for edge, height in zip(edges, high, strict=True):
        placed.append((edge, y + height // 2))
        y += height + CHIP_GAP
    return tuple(placed), max(sizes.cards[step], block)


def _columns(
    edges: tuple[Edge, ...], sizes: Sizes, regions: Mapping[str, Region]
) -> tuple[tuple[tuple[Edge, int, int], ...], int]:
    """The first on the spine, the other branches at its right, lanes of branches without steps at its left."""
    columns: list[tuple[Edge, int, int]] = []
    right = left = 0
    for edge in edges:
        region = regions[edge.target or ""] if edge.kind == "branch" else None
        if not columns:
            columns.append((edge, 0, region.width if region else CARD_W))
            right, left = columns[0][2], region.left if region else 0
        elif region:
            x = right + COLUMN_GAP + region.left
            columns.append((edge, x, region.width))
            right = x + region.width
        else:
            wide = max(LANE_W, sizes.captions[edge.step, edge.outcome])
            left += LANE_GAP + wide
            columns.append((edge, -left, wide))
    return tuple(columns), left


def _fall(edges: list[Edge], sizes: Sizes) -> int:
    if not edges:
        return 0
    named = any(sizes.captions[edge.step, edge.outcome] for edge in edges)
    joins = all(edge.kind == "join" for edge in edges)
    fall = (SPLIT if len(edges) > 1 else 0) + (CAPTION_H if named else 0) + (PLUS_H if sizes.plus else 0)
    return fall + (FALL_ABOVE if fall else 0) if joins else FALL_ABOVE + fall + FALL_BELOW


def places_of(flow: Flow, regions: Mapping[str, Region], margin: int) -> dict[str, tuple[int, int]]:
    places = {flow.order[0]: (margin + regions[flow.order[0]].left, margin)}
    for step in flow.order:
        left, top = places[step]
        region = regions[step]
        for edge, x, _ in region.columns:
            if edge.kind == "branch" and edge.target is not None:
                places[edge.target] = (left + x, top + region.row + region.fall)
        for merge, y in region.merges:
            places[merge] = (left, top + y)
    return places
