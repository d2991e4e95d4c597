"""Diagram interchange of BPMN: the bounds of each node, the waypoints of each flow, and where their names stand."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from designer.bpmn.courses import Course, Lane, courses_of
from designer.bpmn.grid import cells
from designer.bpmn.symbols import Diagram, Flow, Node
from designer.drawing.text import line_count, width

MARGIN, GAP, BELOW, ROW = 60, 26, 46, 80
TRACK = {"out": 12, "in": 12, "row": 18}
LABEL_W, LABEL_SIZE, LABEL_LINE, AIR = 100, 11, 14, 3
EVENT, GATEWAY, TASK = (36, 36), (50, 50), (160, ROW)
SIZES = {"startEvent": EVENT, "endEvent": EVENT, "boundaryEvent": EVENT, "exclusiveGateway": GATEWAY}
AT_EDGE = {"timer": 12, "error": 112}

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    x: int
    y: int
    w: int
    h: int

    @property
    def middle(self) -> Point:
        return self.x + self.w // 2, self.y + self.h // 2


@dataclass(slots=True)
class Places:
    """By id. labels: of what has its name outside of it."""

    boxes: dict[str, Box] = field(default_factory=dict)
    lines: dict[str, tuple[Point, ...]] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)


def places_of(made: Diagram) -> Places:
    scale = _Scale(made)
    places = Places()
    for node in made.nodes.values():
        places.boxes[node.id] = scale.box(node)
        if node.name and node.tag in SIZES:
            places.labels[node.id] = _beneath(node, places.boxes[node.id])
    for flow in made.flows:
        points = tuple(dict.fromkeys(scale.points(flow, places.boxes)))
        places.lines[flow.id] = points
        if flow.name:
            places.labels[flow.id] = scale.label(flow, points)
    return places


class _Scale:
    """Pixels: where columns, rows and the lanes before and below them begin."""

    def __init__(self, made: Diagram) -> None:
        self.made, self.grid = made, cells(made)
        self.found = courses_of(made, self.grid)
        named = {_lane_of_name(self.found.courses[flow.id]) for flow in made.flows if flow.name}
        wide = self._columns()
        self.begin: dict[Lane, int] = {}
        self.left: dict[int, int] = {}
        x = MARGIN
        for column, size in enumerate([*wide, 0]):
            out, into = ("out", column), ("in", column)
            self.begin[out] = x + GAP
            self.begin[into] = x + GAP + self._tracks(out) + (LABEL_W if column in named else 0)
            if column or self.found.width[into]:
                x = self.begin[into] + self._tracks(into) + GAP
            self.left[column] = x
            x += size
        for row in range(1 + max((row for _, row in self.grid.values()), default=0)):
            above = self.begin["row", row - 1] + self._tracks(("row", row - 1)) if row else MARGIN
            self.begin["row", row] = above + ROW + BELOW
        self.wide = wide

    def box(self, node: Node) -> Box:
        wide, high = SIZES.get(node.tag, TASK)
        column, row = self.grid[node.host or node.id]
        if node.host:
            x, y = self.left[column] + AT_EDGE[node.part], self._middle(row) + ROW // 2 - high // 2
        else:
            x, y = self.left[column] + (self.wide[column] - wide) // 2, self._middle(row) - high // 2
        return Box(x, y, wide, high)

    def points(self, flow: Flow, boxes: dict[str, Box]) -> Iterator[Point]:
        """With a point twice where nothing is to go."""
        course, source, target = self.found.courses[flow.id], boxes[flow.source], boxes[flow.target]
        at_edge = bool(self.made.nodes[flow.source].host)
        x, y = (source.middle[0], source.y + source.h) if at_edge else (source.x + source.w, source.middle[1])
        yield x, y
        run = self._at(flow.id, ("row", course.along)) if course.below else self._middle(course.along)
        if course.first is not None:
            x = self._at(flow.id, ("out", course.first))
            yield x, y
        yield x, run
        if course.last is not None:
            x = self._at(flow.id, ("in", course.last))
            yield x, run
            yield x, target.middle[1]
        yield target.x, target.middle[1]

    def label(self, flow: Flow, points: tuple[Point, ...]) -> Box:
        """Above its line, where it has left the others that come from there."""
        course = self.found.courses[flow.id]
        wide, high = _size(flow.name)
        lane = "out", _lane_of_name(course)
        x = self.begin[lane] + self._tracks(lane) if lane in self.begin else points[0][0] + AIR
        y = points[2][1] if course.first is not None and len(points) > 2 else points[0][1]
        if course.below and course.target[0] <= course.source[0]:
            x = points[1][0] - wide - AIR
        elif y < points[0][1]:
            y = points[0][1] - LABEL_LINE - AIR
        return Box(x, y - high - AIR, wide, high)

    def _columns(self) -> list[int]:
        wide = [0] * (1 + max((column for column, _ in self.grid.values()), default=0))
        for node, (column, _) in self.grid.items():
            wide[column] = max(wide[column], SIZES.get(self.made.nodes[node].tag, TASK)[0])
        return wide

    def _middle(self, row: int) -> int:
        return self.begin["row", row] - BELOW - ROW // 2

    def _tracks(self, lane: Lane) -> int:
        return TRACK[lane[0]] * self.found.width[lane]

    def _at(self, flow: str, lane: Lane) -> int:
        return self.begin[lane] + TRACK[lane[0]] * self.found.tracks[flow, lane]


def _lane_of_name(course: Course) -> int:
    return course.source[0] + 1


def _beneath(node: Node, box: Box) -> Box:
    """Of an event or a gateway; of an event at an edge beside it."""
    wide, high = _size(node.name)
    if node.host:
        return Box(box.x + box.w + AIR, box.y + box.h // 2 + AIR, wide, high)
    return Box(box.middle[0] - wide // 2, box.y + box.h + AIR, wide, high)


def _size(name: str) -> Point:
    return min(LABEL_W, round(width(name, LABEL_SIZE)) + AIR), LABEL_LINE * line_count(name, LABEL_W, LABEL_SIZE)
