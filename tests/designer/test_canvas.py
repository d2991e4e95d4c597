import pickle
from itertools import combinations, pairwise
from random import Random
from time import process_time
from typing import Any

import pytest

from designer.drawing.canvas import draw
from designer.drawing.faces import Face, measured
from designer.drawing.shapes import Caption, Chip, Layout, Line, Point
from tests.designer.flows import insert, random_flow

SIZES = [(10, seed, mess) for seed in range(12) for mess in (0.0, 0.2)]
SIZES += [(50, seed, mess) for seed in range(5) for mess in (0.0, 0.1, 0.2)]
SIZES += [(200, seed, mess) for seed in range(2) for mess in (0.0, 0.1, 0.2)]
Box = tuple[int, int, int, int]
Segment = tuple[tuple[str, str, str], Point, Point]


@pytest.fixture(params=SIZES, ids=str, scope="module")
def layout(request: pytest.FixtureRequest) -> Layout:
    document = random_flow(*request.param)
    return draw(document, uneven_faces(document, request.param[1]), plus=bool(request.param[1] % 2))


def test_no_two_lines_cross(layout: Layout) -> None:
    segments = segments_of(layout)
    level = [segment for segment in segments if segment[1][1] == segment[2][1]]
    upright = [segment for segment in segments if segment[1][0] == segment[2][0]]
    for _, (x1, y), (x2, _) in level:
        for _, (x, y1), (_, y2) in upright:
            assert not (min(x1, x2) < x < max(x1, x2) and min(y1, y2) < y < max(y1, y2))


def test_lines_share_a_stretch_only_from_one_step_or_into_one(layout: Layout) -> None:
    for axis in (0, 1):
        rows: dict[int, list[Segment]] = {}
        for segment in segments_of(layout):
            if segment[1][axis] == segment[2][axis]:
                rows.setdefault(segment[1][axis], []).append(segment)
        for row in rows.values():
            for one, other in combinations(row, 2):
                if stretch(one, 1 - axis)[0] < stretch(other, 1 - axis)[1] and (
                    stretch(other, 1 - axis)[0] < stretch(one, 1 - axis)[1]
                ):
                    assert one[0][0] == other[0][0] or one[0][2] == other[0][2]


def test_nothing_overlaps(layout: Layout) -> None:
    for one, other in combinations(sorted(boxes(layout) + captions(layout)), 2):
        assert not overlap(one, other)


def test_everything_is_inside_the_picture(layout: Layout) -> None:
    for left, top, right, bottom in boxes(layout) + captions(layout):
        assert left >= 0 and top >= 0 and right <= layout.width and bottom <= layout.height


def test_no_line_runs_through_a_card_or_a_chip(layout: Layout) -> None:
    for _, (x1, y1), (x2, y2) in segments_of(layout):
        line = (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
        assert not any(overlap(line, box) for box in boxes(layout))


def test_a_caption_lies_on_its_own_line_only(layout: Layout) -> None:
    for line in layout.lines:
        if line.caption:
            cover = caption_box(line.caption)
            for key, (x1, y1), (x2, y2) in segments_of(layout):
                if overlap((min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)), cover):
                    assert key[:2] == (line.step, line.outcome)


def test_every_outcome_is_a_line_or_a_chip_once(layout: Layout) -> None:
    drawn = [(line.step, line.outcome) for line in layout.lines] + [(chip.step, chip.outcome) for chip in layout.chips]
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == {(edge.step, edge.outcome) for edges in layout.flow.edges.values() for edge in edges}


def test_every_control_has_its_place_on_its_own_line(layout: Layout) -> None:
    drawn: list[Line | Chip] = [*layout.lines, *layout.chips]
    taken = boxes(layout) + captions(layout)
    for one in drawn:
        if one.plus:
            x, y = one.plus
            around = (x - 11, y - 11, x + 11, y + 11)
            assert not any(overlap(around, box) for box in taken)
            assert any(on_line(one.plus, *pair) for pair in pairwise(one.points))
            taken.append(around)


def test_every_card_is_a_row_of_the_list_once(layout: Layout) -> None:
    rows = [row.card.step for row in layout.rows if row.kind == "card"]
    assert sorted(rows) == sorted(card.step for card in layout.cards)
    assert sum(row.kind == "branch" and not row.onward for row in layout.rows) == sum(
        row.kind == "close" for row in layout.rows
    )


@pytest.mark.parametrize("seed", range(4))
def test_one_more_step_keeps_the_picture(seed: int) -> None:
    document, random = random_flow(100, seed), Random(seed)
    before = centres(draw(document))
    step = random.choice([key for key in before if document["steps"][key]["outcomes"]])
    after = centres(draw(insert(document, step, random.choice(list(document["steps"][step]["outcomes"])))))
    pairs = list(combinations(before, 2))
    flipped = sum(
        any((before[a][axis] - before[b][axis]) * (after[a][axis] - after[b][axis]) < 0 for axis in (0, 1))
        for a, b in pairs
    )
    assert flipped < 0.01 * len(pairs)


def test_the_same_definition_gives_the_same_bytes() -> None:
    assert pickle.dumps(draw(random_flow(50, 1))) == pickle.dumps(draw(random_flow(50, 1)))


def test_two_hundred_steps_are_drawn_in_fifty_milliseconds() -> None:
    document = random_flow(200, 3)
    assert len(draw(document).cards) >= 190
    assert min(timed(document) for _ in range(5)) < 0.05


def test_a_thousand_steps_in_a_row_or_nested_are_no_problem() -> None:
    row = {f"s{n}": {"type": "notify", "name": "N", "outcomes": {"sent": f"s{n + 1}"}} for n in range(1000)}
    nest = {
        f"s{n}": {"type": "decision", "name": "D", "outcomes": {"a": "last", "b": f"s{n + 1}"}} for n in range(1000)
    }
    for steps in (row, nest):
        steps["s1000"] = {"type": "notify", "name": "N", "outcomes": {"sent": "last"}}
        steps["last"] = {"type": "notify", "name": "Last", "outcomes": {}}
        assert len(draw({"start": "s0", "steps": steps}).cards) == 1002


def test_a_branch_without_steps_runs_beside_the_first_one() -> None:
    far = {f"s{n}": {"type": "form", "name": "F", "outcomes": {"submitted": "last"}} for n in range(5)}
    outcomes = {"a": "s0", "otherwise": "last", **{f"b{n}": f"s{n}" for n in range(1, 5)}}
    steps = {
        "d": {"type": "decision", "name": "D", "outcomes": outcomes},
        **far,
        "last": {"type": "notify", "name": "L", "outcomes": {}},
    }
    layout = draw({"start": "d", "steps": steps})
    line = next(line for line in layout.lines if line.outcome == "otherwise")
    assert max(abs(x - layout.cards[0].x) for x, _ in line.points) <= 256 // 2


def uneven_faces(document: dict[str, Any], seed: int) -> dict[str, Face]:
    """Cards of very different heights."""
    random = Random(seed)
    return {
        key: measured(Face("Kind", "circle", step["name"], "Some words about it. " * random.randint(0, 9)))
        for key, step in document["steps"].items()
    }


def on_line(point: Point, start: Point, end: Point) -> bool:
    return all(min(start[i], end[i]) <= point[i] <= max(start[i], end[i]) for i in (0, 1))


def timed(document: dict[str, object]) -> float:
    began = process_time()
    draw(document)
    return process_time() - began


def segments_of(layout: Layout) -> list[Segment]:
    ways = [((line.step, line.outcome, line.target), line.points) for line in layout.lines]
    ways += [((chip.step, chip.outcome, ""), chip.points) for chip in layout.chips]
    return [(key, *pair) for key, points in ways for pair in pairwise(points)]


def stretch(segment: Segment, axis: int) -> tuple[int, int]:
    low, high = sorted((segment[1][axis], segment[2][axis]))
    return low, high


def boxes(layout: Layout) -> list[Box]:
    cards = [(card.x, card.y, card.x + card.w, card.y + card.h) for card in layout.cards]
    return cards + [(chip.x, chip.y, chip.x + chip.w, chip.y + chip.h) for chip in layout.chips]


def captions(layout: Layout) -> list[Box]:
    kept = [line.caption for line in layout.lines] + [chip.caption for chip in layout.chips]
    return [caption_box(caption) for caption in kept if caption]


def caption_box(caption: Caption) -> Box:
    return caption.x - caption.w // 2, caption.y - 11, caption.x + caption.w // 2, caption.y + 11


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def centres(layout: Layout) -> dict[str, Point]:
    return {card.step: (card.x + card.w // 2, card.y + card.h // 2) for card in layout.cards}
