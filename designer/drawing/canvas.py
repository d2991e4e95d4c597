"""The drawing of a definition: cards, chips and lines with places and words. templates/parts/stage.html renders it.

Structured, not optimised: the same input gives the same drawing, a small change moves little and
lines never cross.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from designer.drawing.faces import Face, heights, plain_faces
from designer.drawing.flow import Edge, Flow, Steps, flow_of
from designer.drawing.reading import in_reading_order
from designer.drawing.regions import Key, Sizes, pill_of, places_of, regions_of
from designer.drawing.routes import Route, routes_of
from designer.drawing.shapes import Caption, Card, Chip, Layout, Line
from designer.drawing.words import Words, words_of

MARGIN = 24


def draw(document: Mapping[str, Any], faces: Mapping[str, Face] | None = None, *, plus: bool = False) -> Layout:
    """document: anything with start and steps. faces: by step id. plus: with room for a control on every line."""
    steps: Steps = document["steps"]
    flow = flow_of(document["start"], steps)
    loose = tuple((step, str(steps[step]["name"])) for step in flow.loose)
    if not flow.order:
        return Layout((), (), (), (), flow, loose, 2 * MARGIN, 2 * MARGIN)
    faces = faces or plain_faces(steps)
    words = words_of(steps, flow)
    sizes = Sizes(
        heights(faces),
        {key: each.chip_size for key, each in words.items()},
        {key: each.caption_width for key, each in words.items()},
        plus,
    )
    regions = regions_of(flow, sizes)
    places = places_of(flow, regions, MARGIN)
    routes = routes_of(flow, regions, places, sizes)
    jumps = _jumps(steps, flow)
    cards = tuple(
        Card(step, faces[step], jumps.get(step, ()), *places[step], faces[step].height) for step in flow.order
    )
    chips = tuple(_chip(steps, flow, edge, routes, words, plus) for step in flow.order for edge in flow.chips(step))
    lines = tuple(_line(edge, routes, words, plus) for step in flow.order for edge in flow.columns(step))
    whole = regions[flow.order[0]]
    size = whole.left + whole.width + 2 * MARGIN, whole.height + 2 * MARGIN
    return Layout(cards, chips, lines, in_reading_order(flow, cards, chips, lines), flow, loose, *size)


def _jumps(steps: Steps, flow: Flow) -> dict[str, tuple[str, ...]]:
    """For the cards that only chips lead to: who names them."""
    reached = {edge.target for step in flow.order for edge in flow.columns(step)}
    jumps: dict[str, dict[str, None]] = defaultdict(dict)
    for step in flow.order:
        for edge in flow.chips(step):
            if edge.kind == "jump" and edge.target is not None and edge.target not in reached:
                jumps[edge.target][str(steps[step]["name"])] = None
    return {step: tuple(names) for step, names in jumps.items()}


def _chip(
    steps: Steps, flow: Flow, edge: Edge, routes: Mapping[Key, Route], words: Mapping[Key, Words], plus: bool
) -> Chip:
    key = edge.step, edge.outcome
    below = edge is pill_of(flow, edge.step)
    wide, high = words[key].chip_size
    x, y = routes[key].points[-1]
    return Chip(
        step=edge.step,
        outcome=edge.outcome,
        target=edge.target,
        kind=edge.kind,
        label=words[key].chip[0],
        goal=words[key].chip[1],
        title=words[key].lead,
        status=str(steps[edge.target].get("status", "")) if edge.kind == "end" and edge.target else "",
        below=below,
        points=routes[key].points,
        caption=_caption(key, routes, words) if below else None,
        plus=routes[key].plus if plus and edge.kind != "open" else None,
        x=x - wide // 2 if below else x,
        y=y if below else y - high // 2,
        w=wide,
        h=high,
    )


def _line(edge: Edge, routes: Mapping[Key, Route], words: Mapping[Key, Words], plus: bool) -> Line:
    key = edge.step, edge.outcome
    caption, place = _caption(key, routes, words), routes[key].plus if plus else None
    return Line(edge.step, edge.outcome, edge.target or "", words[key].label, routes[key].points, caption, place)


def _caption(key: Key, routes: Mapping[Key, Route], words: Mapping[Key, Words]) -> Caption | None:
    if not words[key].caption:
        return None
    x, y = routes[key].caption
    return Caption(words[key].caption, x, y, words[key].caption_width)
