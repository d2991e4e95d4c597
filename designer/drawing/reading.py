"""The reading order of a drawing: the order of its elements, and what is left of it on a phone.

Flat rows that open and close, not a tree: a flow may nest deeper than anything that reads it by recursion.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from designer.drawing.flow import Edge, Flow
from designer.drawing.shapes import BranchRow, Card, CardRow, Chip, CloseRow, Line, Row


def in_reading_order(
    flow: Flow, cards: tuple[Card, ...], chips: tuple[Chip, ...], lines: tuple[Line, ...]
) -> tuple[Row, ...]:
    rows = list(_rows(flow, cards, chips, lines))
    names = {card.step: card.face.name for card in cards}
    alone = {line.step: line for line in lines if len(flow.columns(line.step)) == 1}
    for number, row in enumerate(rows):
        if isinstance(row, CardRow) and row.card.step in alone:
            line = alone[row.card.step]
            following = rows[number + 1] if number + 1 < len(rows) else None
            next_one = isinstance(following, CardRow) and following.card.step == line.target
            rows[number] = replace(row, via=line, onward="" if next_one else names[line.target])
    return tuple(rows)


def _rows(flow: Flow, cards: tuple[Card, ...], chips: tuple[Chip, ...], lines: tuple[Line, ...]) -> Iterator[Row]:
    card_of = {card.step: card for card in cards}
    line_of = {(line.step, line.outcome): line for line in lines}
    chips_of: dict[str, list[Chip]] = defaultdict(list)
    for chip in chips:
        chips_of[chip.step].append(chip)
    ahead: list[str | Edge | CloseRow] = [card.step for card in cards[:1]]
    while ahead:
        item = ahead.pop()
        if isinstance(item, CloseRow):
            yield item
        elif isinstance(item, Edge):
            onward = card_of[item.target or ""].face.name if item.kind == "join" else ""
            yield BranchRow(line_of[item.step, item.outcome], onward)
        else:
            yield CardRow(card_of[item], tuple(chips_of[item]))
            ahead += reversed(_below(flow, item))


def _below(flow: Flow, step: str) -> list[str | Edge | CloseRow]:
    columns = flow.columns(step)
    merges = flow.merges[step]
    below: list[str | Edge | CloseRow] = []
    for edge in columns:
        head = [edge.target] if edge.kind == "branch" and edge.target else []
        closed: list[str | Edge | CloseRow] = [*head, CloseRow()] if head else []
        below += [edge, *closed] if len(columns) > 1 else head
    return [*below, *merges]
