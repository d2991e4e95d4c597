"""Routing of a BPMN diagram: between which columns and rows each flow runs, each on a track of its own.

What is between the columns and between the rows is free of nodes, so that no line goes through one. Before a column
lines that come from the left turn first, those that go into it turn last, so that none seems to go on as another.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from designer.bpmn.grid import Cell
from designer.bpmn.symbols import Diagram

Lane = tuple[str, int]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Course:
    """Out to the turn before column `first`, along row `along`, or below it, to the turn before column `last`, in.

    None for a lane that it has no need of: it leaves below, or is in the target's row already.
    """

    source: Cell
    target: Cell
    first: int | None
    along: int
    below: bool
    last: int | None

    @property
    def height(self) -> int:
        """Rows and what is below each, counted through."""
        return 2 * self.along + self.below

    def spans(self) -> Iterator[tuple[Lane, Span]]:
        """The lanes it needs, and from where to where."""
        if self.first is not None:
            yield ("out", self.first), _span(2 * self.source[1], self.height)
        if self.last is not None:
            yield ("in", self.last), _span(self.height, 2 * self.target[1])
        if self.below:
            begin = 2 * self.source[0] if self.first is None else 2 * self.first - 1
            yield ("row", self.along), _span(begin, 2 * (self.last or 0) - 1)


@dataclass(slots=True)
class Courses:
    """By flow. tracks: its place in a lane. width: how many tracks a lane has."""

    courses: dict[str, Course] = field(default_factory=dict)
    tracks: dict[tuple[str, Lane], int] = field(default_factory=dict)
    width: dict[Lane, int] = field(default_factory=lambda: defaultdict(int))


def courses_of(made: Diagram, grid: Mapping[str, Cell]) -> Courses:
    taken = set(grid.values())
    found = Courses()
    lanes: dict[Lane, list[list[tuple[Span, str]]]] = defaultdict(list)
    for flow in made.flows:
        source = made.nodes[flow.source]
        course = _course(grid[source.host or source.id], grid[flow.target], bool(source.host), taken.__contains__)
        found.courses[flow.id] = course
        for lane, span in course.spans():
            found.tracks[flow.id, lane] = _track(lanes[lane], span, flow.target)
            found.width[lane] = len(lanes[lane])
    return found


def _course(source: Cell, target: Cell, at_edge: bool, taken: Callable[[Cell], bool]) -> Course:
    (column, row), (to, line) = source, target
    between = range(column + 1, to)
    if at_edge:
        return Course(source, target, None, row, below=True, last=to)
    straight = row == line or not taken((column, line))
    if to > column and straight and not any(taken((one, line)) for one in between):
        return Course(source, target, None if row == line else column + 1, line, below=False, last=None)
    if to > column and row > line and not any(taken((one, row)) for one in (*between, to)):
        return Course(source, target, None, row, below=False, last=to)
    return Course(source, target, column + 1, row if line <= row else line - 1, below=True, last=to)


def _track(tracks: list[list[tuple[Span, str]]], span: Span, target: str) -> int:
    """The first on which nothing else is there; what leads to the same node may run together."""
    for number, track in enumerate(tracks):
        if all(to == target or span[1] < begin or end < span[0] for (begin, end), to in track):
            track.append((span, target))
            return number
    tracks.append([(span, target)])
    return len(tracks) - 1


def _span(one: int, other: int) -> Span:
    return min(one, other), max(one, other)
