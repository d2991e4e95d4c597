"""Limits of a printed report: layout time grows with every letter, and the attached files have all of them."""

from collections.abc import Iterable

VALUE, TOTAL, ROWS = 4_000, 120_000, 1_000
CUT = "… (cut here: {many:,} letters in all, which the attached files have)"
MORE = ("More", "{many:,} more answers are in the attached files")


class Room:
    """For one report. What is told first has room first."""

    def __init__(self, letters: int = TOTAL, rows: int = ROWS) -> None:
        self._letters, self._rows = letters, rows

    def text(self, text: str) -> str:
        most = max(0, min(VALUE, self._letters))
        self._letters -= min(len(text), most)
        return text if len(text) <= most else text[:most].rstrip() + CUT.format(many=len(text))

    def pairs(self, given: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        pairs = list(given)
        fit = pairs[: max(0, self._rows)]
        self._rows -= len(fit)
        shown = [(label, self.text(text)) for label, text in fit]
        left = len(pairs) - len(fit)
        return [*shown, (MORE[0], MORE[1].format(many=left))] if left else shown
