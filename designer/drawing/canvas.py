"""The drawing of a definition: cards, chips and lines with places and words. Templates render it.

Structured, not optimised: the same input gives the same drawing, a small change moves little and
lines never cross.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from designer.drawing.flow import Edge, Flow, Steps, flow_of
from designer.drawing.outline import outline
from designer.drawing.regions import CARD_H, CARD_W, CHIP_H, PILL_H, Texts, pill_of, places_of, regions_of
from designer.drawing.routes import Point, Route, routes_of
from designer.drawing.shapes import Caption, Card, Chip, Layout, Line, Look
from designer.drawing.text import wrap
from designer.drawing.words import Key, Words, words_of

MARGIN = 12
NAME_TEXT, SENTENCE_TEXT, TEXT_ROOM, TEXT_LINES = 13, 11, CARD_W - 24, 3


def draw(
    document: Mapping[str, Any],
    sentences: Mapping[str, str] | None = None,
    looks: Mapping[str, Look] | None = None,
) -> Layout:
    """document: anything with start and steps. sentences: by step id. looks: by step type."""
    steps: Steps = document["steps"]
    flow = flow_of(document["start"], steps)
    loose = tuple(str(steps[step]["name"]) for step in flow.loose)
    if not flow.order:
        return Layout((), (), (), (), flow, loose, 2 * MARGIN, 2 * MARGIN)
    words = words_of(steps, flow)
    regions = regions_of(flow, _texts(flow, words))
    places = places_of(flow, regions, MARGIN)
    routes = routes_of(flow, regions, places)
    cards = _cards(steps, flow, places, words, sentences or {}, looks or {})
    chips = tuple(_chip(steps, flow, edge, routes, words) for step in flow.order for edge in flow.chips(step))
    lines = tuple(_line(edge, routes, words) for step in flow.order for edge in flow.columns(step))
    whole = regions[flow.order[0]]
    size = whole.width + 2 * MARGIN, whole.height + 2 * MARGIN
    return Layout(cards, chips, lines, outline(flow, cards, chips, lines), flow, loose, *size)


def _texts(flow: Flow, words: Mapping[Key, Words]) -> Texts:
    chips = {
        step: max((words[step, edge.outcome].chip_width for edge in flow.chips(step)), default=0) for step in flow.order
    }
    return Texts(chips, {key: each.caption_width for key, each in words.items()})


def _cards(
    steps: Steps,
    flow: Flow,
    places: Mapping[str, Point],
    words: Mapping[Key, Words],
    sentences: Mapping[str, str],
    looks: Mapping[str, Look],
) -> tuple[Card, ...]:
    jumps = _jumps(steps, flow)
    cards = []
    for step in flow.order:
        kind, name, sentence = (steps[step]["type"], str(steps[step]["name"]), sentences.get(step, ""))
        names = wrap(name, TEXT_ROOM, NAME_TEXT, 2, bold=True)
        cards.append(
            Card(
                step=step,
                type=kind,
                look=looks.get(kind) or Look(kind.replace("_", " ").capitalize(), "circle"),
                name=name,
                sentence=sentence,
                names=names,
                texts=wrap(sentence, TEXT_ROOM, SENTENCE_TEXT, TEXT_LINES - len(names)),
                leads=". ".join(words[step, edge.outcome].lead for edge in flow.edges[step]),
                jumped_from=jumps.get(step, ()),
                x=places[step][0],
                y=places[step][1],
                w=CARD_W,
                h=CARD_H,
            )
        )
    return tuple(cards)


def _jumps(steps: Steps, flow: Flow) -> dict[str, tuple[str, ...]]:
    """For the cards that only chips lead to: who names them."""
    reached = {edge.target for step in flow.order for edge in flow.columns(step)}
    jumps: dict[str, dict[str, None]] = defaultdict(dict)
    for step in flow.order:
        for edge in flow.chips(step):
            if edge.kind == "jump" and edge.target is not None and edge.target not in reached:
                jumps[edge.target][str(steps[step]["name"])] = None
    return {step: tuple(names) for step, names in jumps.items()}


def _chip(steps: Steps, flow: Flow, edge: Edge, routes: Mapping[Key, Route], words: Mapping[Key, Words]) -> Chip:
    key = edge.step, edge.outcome
    below = edge is pill_of(flow, edge.step)
    wide = words[key].pill_width if below else words[key].chip_width
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
        x=x - wide // 2 if below else x,
        y=y if below else y - CHIP_H // 2,
        w=wide,
        h=PILL_H if below else CHIP_H,
    )


def _line(edge: Edge, routes: Mapping[Key, Route], words: Mapping[Key, Words]) -> Line:
    key = edge.step, edge.outcome
    target, points = edge.target or "", routes[key].points
    return Line(edge.step, edge.outcome, target, words[key].label, points, _caption(key, routes, words))


def _caption(key: tuple[str, str], routes: Mapping[Key, Route], words: Mapping[Key, Words]) -> Caption | None:
    if not words[key].caption:
        return None
    x, y = routes[key].caption
    return Caption(words[key].caption, x, y, words[key].caption_width)
