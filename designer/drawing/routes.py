"""The way of each outcome: orthogonal points from its card to the next one, its chip, or the end below it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from designer.drawing.faces import CARD_W
from designer.drawing.flow import Edge, Flow
from designer.drawing.regions import CAPTION_H, FALL_ABOVE, PLUS_H, SPLIT, Key, Region, Sizes

SPINE = CARD_W // 2
BUS_ABOVE, TRUNK, CORNER = 20, 12, 12

Point = tuple[int, int]
Places = Mapping[str, Point]


@dataclass(frozen=True, slots=True)
class Route:
    """caption, plus: the middles of the places that are kept free for the outcome's name and a control."""

    points: tuple[Point, ...]
    caption: Point
    plus: Point


def routes_of(flow: Flow, regions: Mapping[str, Region], places: Places, sizes: Sizes) -> dict[Key, Route]:
    routes = {}
    for step in flow.order:
        region, corner = regions[step], places[step]
        for edge, route in _beside(region, corner, sizes):
            routes[step, edge.outcome] = route
        for edge, lane, end in _below(region, corner, places):
            routes[step, edge.outcome] = _down(region, corner, lane, end, sizes)
    return routes


def _beside(region: Region, corner: Point, sizes: Sizes) -> Iterator[tuple[Edge, Route]]:
    """To the chips. Those that stand lower than the card hang on the line of the last one beside it."""
    right, top = corner[0] + CARD_W, corner[1]
    port = None
    for edge, middle in region.chips:
        y = top + middle
        if port is None or middle < region.card - CORNER:
            port = min(y, top + region.card // 2) if port is None else y
        bend = ((right + TRUNK, port), (right + TRUNK, y)) if port != y else ()
        plus = right + (TRUNK + sizes.chip_left) // 2
        yield edge, Route(((right, port), *bend, (right + sizes.chip_left, y)), (right, y), (plus, y))


def _below(region: Region, corner: Point, places: Places) -> Iterator[tuple[Edge, int, Point]]:
    left, top = corner
    if region.pill:
        yield region.pill, left + SPINE, (left + SPINE, top + region.row + region.fall)
    for edge, x, wide in region.columns:
        lane = left + x + (SPINE if edge.kind == "branch" or not x else wide // 2)
        into = places[edge.target or ""]
        yield edge, lane, (into[0] + SPINE, into[1])


def _down(region: Region, corner: Point, lane: int, end: Point, sizes: Sizes) -> Route:
    """Out of the card's foot, aside to the lane, down, aside again to what it joins."""
    foot, row = (corner[0] + SPINE, corner[1] + region.card), corner[1] + region.row
    split, bus = row + SPLIT, end[1] - BUS_ABOVE
    aside = ((foot[0], split), (lane, split)) if lane != foot[0] else ()
    back = ((lane, bus), (end[0], bus)) if lane != end[0] else ()
    slots = row + FALL_ABOVE + (SPLIT if len(region.columns) > 1 else 0)
    named = any(sizes.captions[edge.step, edge.outcome] for edge in _edges(region))
    plus = slots + (CAPTION_H if named else 0) + PLUS_H // 2
    return Route((foot, *aside, *back, end), (lane, slots + CAPTION_H // 2), (lane, plus))


def _edges(region: Region) -> list[Edge]:
    return [region.pill] if region.pill else [edge for edge, _, _ in region.columns]
