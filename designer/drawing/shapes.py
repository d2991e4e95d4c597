"""The finished drawing as values: what stands where. Pixels, whole numbers."""

from dataclasses import dataclass
from typing import Literal

from designer.drawing.faces import CARD_W, Face
from designer.drawing.flow import Flow, Kind

Point = tuple[int, int]
CORNER, ARROW = 8, 5


@dataclass(frozen=True, slots=True)
class Card:
    """jumped_from: names of the steps whose chips name this one, if no line leads here."""

    step: str
    face: Face
    jumped_from: tuple[str, ...]
    x: int
    y: int
    h: int
    w: int = CARD_W


@dataclass(frozen=True, slots=True)
class Caption:
    """The outcome's name on its line, centred at x, y."""

    text: str
    x: int
    y: int
    w: int


@dataclass(frozen=True, slots=True)
class Chip:
    """An outcome that is not drawn as a line to a card. label is empty where it would repeat the goal's name.

    below: stands under the card, as the end of the path. status: of the end step. x, y: of its corner; w and h are
    what it may need. plus: the middle of the control on its line.
    """

    step: str
    outcome: str
    target: str | None
    kind: Kind
    label: str
    goal: str
    title: str
    status: str
    below: bool
    points: tuple[Point, ...]
    caption: Caption | None
    plus: Point | None
    x: int
    y: int
    w: int
    h: int

    @property
    def middle(self) -> Point:
        return self.x + self.w // 2, self.y + self.h // 2


@dataclass(frozen=True, slots=True)
class Line:
    step: str
    outcome: str
    target: str
    label: str
    points: tuple[Point, ...]
    caption: Caption | None
    plus: Point | None


@dataclass(frozen=True, slots=True)
class CardRow:
    """via: the only line out, onward: to a card that is not in the next row, by its name."""

    card: Card
    chips: tuple[Chip, ...]
    via: Line | None = None
    onward: str = ""
    kind: Literal["card"] = "card"


@dataclass(frozen=True, slots=True)
class BranchRow:
    """Opens the list of what happens in one branch; onward: or none, and the step that this branch leads to."""

    line: Line
    onward: str = ""
    kind: Literal["branch"] = "branch"


@dataclass(frozen=True, slots=True)
class CloseRow:
    """Closes the list that was opened last."""

    kind: Literal["close"] = "close"


Row = CardRow | BranchRow | CloseRow


@dataclass(frozen=True, slots=True)
class Layout:
    """rows: everything in reading order. loose: id and name of the steps that nothing leads to."""

    cards: tuple[Card, ...]
    chips: tuple[Chip, ...]
    lines: tuple[Line, ...]
    rows: tuple[Row, ...]
    flow: Flow
    loose: tuple[tuple[str, str], ...]
    width: int
    height: int

    def path(self, taken: frozenset[tuple[str, str]] | set[tuple[str, str]], followed: bool = False) -> str:
        """All lines of outcomes that were taken, or of the others, as one SVG path."""
        every: list[Line | Chip] = [*self.lines, *self.chips]
        drawn = [one for one in every if ((one.step, one.outcome) in taken) == followed]
        return "".join(rounded(one.points) for one in drawn)

    def arrows(self, taken: frozenset[tuple[str, str]] | set[tuple[str, str]], followed: bool = False) -> str:
        """The heads of the lines that lead to cards, and to what stands below one."""
        ends = [line.points[-1] for line in self.lines if ((line.step, line.outcome) in taken) == followed]
        ends += [c.points[-1] for c in self.chips if c.below and ((c.step, c.outcome) in taken) == followed]
        return "".join(f"M{x - ARROW} {y - ARROW - 2}h{2 * ARROW}L{x} {y}z" for x, y in dict.fromkeys(ends))


def rounded(points: tuple[Point, ...]) -> str:
    """An SVG path through the points, its corners rounded as far as the shorter leg allows."""
    parts = [f"M{points[0][0]} {points[0][1]}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        bend = min(CORNER, _leg(before, corner) // 2, _leg(corner, after) // 2)
        (x1, y1), (x2, y2) = _towards(corner, before, bend), _towards(corner, after, bend)
        parts.append(f"L{x1} {y1}Q{corner[0]} {corner[1]} {x2} {y2}")
    parts.append(f"L{points[-1][0]} {points[-1][1]}")
    return "".join(parts)


def _leg(one: Point, other: Point) -> int:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _towards(start: Point, goal: Point, far: int) -> Point:
    dx, dy = goal[0] - start[0], goal[1] - start[1]
    return start[0] + far * ((dx > 0) - (dx < 0)), start[1] + far * ((dy > 0) - (dy < 0))
