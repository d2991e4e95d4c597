"""The way of each outcome: orthogonal points from its card to the next one, its chip, or the end below it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from designer.drawing.flow import Edge, Flow
from designer.drawing.regions import CARD_H, CARD_W, CHIP_GAP, CHIP_H, CHIP_LEFT, Region

SPINE = CARD_W // 2
BUS_BELOW, BUS_ABOVE, TRUNK = 14, 18, 10
CAPTION_ALONE, CAPTION_SPLIT = 20, 31

Point = tuple[int, int]
Places = Mapping[str, Point]


@dataclass(frozen=True, slots=True)
class Route:
    """caption: the middle of the place that is kept free for the outcome's name."""

    points: tuple[Point, ...]
    caption: Point


def routes_of(flow: Flow, regions: Mapping[str, Region], places: Places) -> dict[tuple[str, str], Route]:
    routes = {}
    for step in flow.order:
        for edge, route in _routes(regions[step], places[step], places):
            routes[step, edge.outcome] = route
    return routes


def _routes(region: Region, corner: Point, places: Places) -> Iterator[tuple[Edge, Route]]:
    yield from _beside(region, corner)
    left, top = corner
    if region.pill:
        end = (left + SPINE, top + region.row + region.fall)
        yield region.pill, _down(region, corner, left + SPINE, end)
    for edge, x, wide in region.columns:
        lane = left + (SPINE if edge.kind == "branch" or not x else wide // 2) + x
        into = places[edge.target or ""]
        yield edge, _down(region, corner, lane, (into[0] + SPINE, into[1]))


def _beside(region: Region, corner: Point) -> Iterator[tuple[Edge, Route]]:
    """To the chips. Those that stand lower than the card hang on the line of the last one beside it."""
    right, top = corner[0] + CARD_W, corner[1]
    block = len(region.chips) * (CHIP_H + CHIP_GAP) - CHIP_GAP
    y = top + max(0, (CARD_H - block) // 2) + CHIP_H // 2
    port = y
    for edge in region.chips:
        if y < top + CARD_H:
            port = y
        bend = ((right + TRUNK, port), (right + TRUNK, y)) if port != y else ()
        yield edge, Route(((right, port), *bend, (right + CHIP_LEFT, y)), (right, y))
        y += CHIP_H + CHIP_GAP


def _down(region: Region, corner: Point, lane: int, end: Point) -> Route:
    """Out of the card's foot, aside to the lane, down, aside again to what it joins."""
    foot, row = (corner[0] + SPINE, corner[1] + CARD_H), corner[1] + region.row
    split, bus = row + BUS_BELOW, end[1] - BUS_ABOVE
    aside = ((foot[0], split), (lane, split)) if lane != foot[0] else ()
    back = ((lane, bus), (end[0], bus)) if lane != end[0] else ()
    caption = row + (CAPTION_SPLIT if len(region.columns) > 1 else CAPTION_ALONE)
    return Route((foot, *aside, *back, end), (lane, caption))
