"""Where bars go: every decision is in exactly one of them, whatever the length of the period."""

from datetime import date, timedelta

import pytest

from app.audit.lines import Day
from app.reports.charts import decisions

FIRST = date(2026, 1, 1)


def days(count: int, every: int = 1) -> list[Day]:
    return [Day(FIRST + timedelta(days=number), number % 3, 1, 0, number % 2) for number in range(0, count, every)]


@pytest.mark.parametrize(
    ("length", "unit", "bars"),
    [(1, "day", 1), (45, "day", 45), (46, "week", 7), (300, "week", 44), (400, "month", 14), (1200, "month", 40)],
)
def test_the_unit_follows_the_length(length: int, unit: str, bars: int) -> None:
    chart = decisions(days(length))
    assert chart is not None
    assert (chart.unit, len(chart.bars)) == (unit, bars)
    assert sum(bar.total for bar in chart.bars) == sum(total for _, _, total in chart.totals)
    assert sum(bar.total for bar in chart.bars) == sum(day.approved + day.by_rule + day.changes for day in days(length))


def test_empty_days_keep_their_place() -> None:
    chart = decisions([Day(FIRST, 1, 0, 0, 0)], FIRST - timedelta(days=3), FIRST + timedelta(days=3))
    assert chart is not None
    assert [bar.total for bar in chart.bars] == [0, 0, 0, 1, 0, 0, 0]


def test_without_decisions_there_is_no_chart() -> None:
    assert decisions([], FIRST, FIRST) is None


@pytest.mark.parametrize(("most", "top"), [(1, 2), (2, 2), (3, 4), (7, 8), (9, 10), (41, 60), (99, 100), (1001, 2000)])
def test_the_scale_ends_at_an_even_round_number(most: int, top: int) -> None:
    chart = decisions([Day(FIRST, most, 0, 0, 0)])
    assert chart is not None
    assert [number for _, number in chart.ticks] == [0, top // 2, top]


def test_bars_stand_on_the_ground_one_part_on_the_other_inside_the_picture() -> None:
    chart = decisions(days(60))
    assert chart is not None
    ground = chart.ticks[0][0]
    for bar in chart.bars:
        low = ground
        for part in bar.parts:
            assert part.y + part.h == pytest.approx(low, abs=0.11)
            low = part.y
        assert chart.left <= bar.x and bar.x + bar.w <= chart.width
        assert low >= chart.ticks[-1][0] - 0.11
