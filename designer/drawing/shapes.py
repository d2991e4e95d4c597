"""The finished drawing as values: what stands where, its texts already cut to size. Pixels, whole numbers."""

from dataclasses import dataclass
from typing import Literal

from designer.drawing.flow import Flow, Kind

Point = tuple[int, int]
CORNER = 8


@dataclass(frozen=True, slots=True)
class Look:
    """How a step type is shown. shape: box, diamond, circle or bar, drawn around the icon."""

    label: str
    icon: str
    shape: str = "box"


@dataclass(frozen=True, slots=True)
class Card:
    """names and texts: name and sentence, wrapped. leads: where its outcomes go, in words.

    jumped_from: names of the steps whose chips name this one, if no line leads here.
    """

    step: str
    type: str
    look: Look
    name: str
    sentence: str
    names: tuple[str, ...]
    texts: tuple[str, ...]
    leads: str
    jumped_from: tuple[str, ...]
    x: int
    y: int
    w: int
    h: int


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

    below: stands under the card, as the end of the path. status: of the end step.
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
    x: int
    y: int
    w: int
    h: int

    @property
    def d(self) -> str:
        return rounded(self.points)


@dataclass(frozen=True, slots=True)
class Line:
    step: str
    outcome: str
    target: str
    label: str
    points: tuple[Point, ...]
    caption: Caption | None

    @property
    def d(self) -> str:
        return rounded(self.points)


@dataclass(frozen=True, slots=True)
class CardRow:
    """via: the line in from the row above. onward: the line out, if its step is not in the next row."""

    card: Card
    chips: tuple[Chip, ...]
    via: Line | None = None
    onward: Line | None = None
    onward_name: str = ""
    kind: Literal["card"] = "card"


@dataclass(frozen=True, slots=True)
class BranchRow:
    """Opens the list of what happens in one branch. onward_name: the step that an empty branch leads to."""

    line: Line
    onward_name: str = ""
    kind: Literal["branch"] = "branch"


@dataclass(frozen=True, slots=True)
class CloseRow:
    """Closes the list that was opened last."""

    kind: Literal["close"] = "close"


Row = CardRow | BranchRow | CloseRow


@dataclass(frozen=True, slots=True)
class Layout:
    """rows: the same as a list in reading order. loose: names of the steps that nothing leads to."""

    cards: tuple[Card, ...]
    chips: tuple[Chip, ...]
    lines: tuple[Line, ...]
    rows: tuple[Row, ...]
    flow: Flow
    loose: tuple[str, ...]
    width: int
    height: int


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
