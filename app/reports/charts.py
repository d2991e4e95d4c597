"""Where the bars of a chart go. Pure geometry: templates/parts/chart.html draws it for screen and paper."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.audit.lines import Day

SERIES = {
    "approved": "Approved",
    "by_rule": "Decided by a rule",
    "changes": "Changes asked for",
    "rejected": "Rejected",
}
LEFT, TOP, RIGHT, BOTTOM = 30, 8, 16, 20
MOST_BARS = 45
LABEL_ROOM, WIDEST = 64, 28
STEPS = (1, 2, 4, 6, 8)


@dataclass(frozen=True)
class Part:
    series: str
    count: int
    y: float
    h: float


@dataclass(frozen=True)
class Bar:
    label: str
    total: int
    x: float
    w: float
    parts: Sequence[Part]
    shown: bool


@dataclass(frozen=True)
class Frame:
    """The size of the picture; top is the number at its upper edge."""

    width: int
    height: int
    top: int

    @property
    def base(self) -> int:
        return self.height - BOTTOM

    def y(self, number: int) -> float:
        return round(self.base - (self.base - TOP) * number / self.top, 1)


@dataclass(frozen=True)
class Chart:
    """ticks: (y, number). unit: what one bar is. totals: (series, name, how many)."""

    unit: str
    bars: Sequence[Bar]
    ticks: Sequence[tuple[float, int]]
    totals: Sequence[tuple[str, str, int]]
    width: int
    height: int
    left: int = LEFT


def decisions(
    days: Sequence[Day],
    since: date | None = None,
    until: date | None = None,
    width: int = 640,
    height: int = 150,
) -> Chart | None:
    """One bar a day, a week or a month, as they fit; empty ones keep their place. None without decisions."""
    if not days:
        return None
    first, last = since or days[0].day, until or days[-1].day
    unit, buckets = _buckets(min(first, days[0].day), max(last, days[-1].day))
    counts = {start: dict.fromkeys(SERIES, 0) for start in buckets}
    for day in days:
        into = counts[max(start for start in buckets if start <= day.day)]
        for series in SERIES:
            into[series] += getattr(day, series)
    frame = Frame(width, height, _ceiling(max(sum(each.values()) for each in counts.values())))
    totals = [(series, name, sum(each[series] for each in counts.values())) for series, name in SERIES.items()]
    ticks = [(frame.y(number), number) for number in (0, frame.top // 2, frame.top)]
    return Chart(unit, list(_bars(unit, counts, frame)), ticks, totals, width, height)


def _bars(unit: str, counts: dict[date, dict[str, int]], frame: Frame) -> Iterator[Bar]:
    slot = (frame.width - LEFT - RIGHT) / len(counts)
    every, wide = max(1, round(LABEL_ROOM / slot)), min(slot * 0.7, WIDEST)
    for number, (start, count) in enumerate(counts.items()):
        yield Bar(
            label=f"{start:%b %Y}" if unit == "month" else f"{start.day} {start:%b}",
            total=sum(count.values()),
            x=round(LEFT + (number + 0.5) * slot - wide / 2, 1),
            w=round(wide, 1),
            parts=list(_stack(count, frame)),
            shown=number % every == 0,
        )


def _stack(counts: dict[str, int], frame: Frame) -> Iterator[Part]:
    below = 0
    for series, count in counts.items():
        if count:
            y = frame.y(below + count)
            yield Part(series, count, y, round(frame.y(below) - y, 1))
            below += count


def _ceiling(most: int) -> int:
    """The next even round number, so that the line in the middle is a number too."""
    size = 1
    while True:
        for step in STEPS:
            if step * size >= most and step * size % 2 == 0:
                return step * size
        size *= 10


def _buckets(first: date, last: date) -> tuple[str, list[date]]:
    length = (last - first).days + 1
    if length <= MOST_BARS:
        return "day", [first + timedelta(days=number) for number in range(length)]
    monday = first - timedelta(days=first.weekday())
    weeks = (last - monday).days // 7 + 1
    if weeks <= MOST_BARS:
        return "week", [monday + timedelta(weeks=number) for number in range(weeks)]
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    starts = [first.year * 12 + first.month - 1 + number for number in range(months)]
    return "month", [date(start // 12, start % 12 + 1, 1) for start in starts]
