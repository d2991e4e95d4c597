"""The partition of one number field into intervals: which of them a rule takes, and how they read."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct

from engine import numbers
from engine.forms import schema as form_schema
from engine.rules import RuleError, Undecidable, compile_rule
from engine.rules import types as rule_types
from engine.rules.fields import Field
from engine.rules.rows import SIGNS, conditions, kinds_of
from engine.rules.types import NUMBER

Cells = frozenset[int]
NO_CELLS: Cells = frozenset()
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_COMPARED = {*SIGNS, "IN", "NOT_IN"}
MOST_BORDERS = 400


def about_one(text: str, fields: Mapping[str, Field]) -> str | None:
    """The number that is all a rule asks about, comparing it with nothing but values."""
    found = conditions(text, kinds_of(fields))
    rows = list(found.rows()) if found else []
    paths = {row.field for row in rows if row.operator in _COMPARED and row.value and not row.other}
    if len(paths) != 1 or len({row.field for row in rows}) > 1 or any(row.other or not row.value for row in rows):
        return None
    path = paths.pop()
    return path if path in fields and fields[path].kind == NUMBER else None


class Partition(Struct, frozen=True):
    """borders: sorted. Even cells lie before, between and after them, odd ones are the borders themselves.

    path, title: of the field. possible: the cells in which its schema allows a value. schema: of the data.
    """

    path: str
    title: str
    borders: tuple[Decimal, ...]
    possible: Cells
    schema: dict[str, Any]

    def where(self, rule: str) -> Cells:
        """The cells in which a rule about this field alone holds; none for what is no rule."""
        try:
            compiled = compile_rule(rule, self.schema)
        except RuleError:
            return NO_CELLS
        found = set()
        for cell in self.possible:
            try:
                if compiled.holds(self._data(cell), _ANY_TIME):
                    found.add(cell)
            except Undecidable:
                continue
        return frozenset(found)

    def _data(self, cell: int) -> Any:
        data: Any = self.inside(cell)
        for name in reversed(self.path.split(".")):
            data = {name: data}
        return data

    def inside(self, cell: int) -> Decimal:
        """A value in a cell: the border, or one beside it."""
        at = cell // 2
        if cell % 2:
            return self.borders[at]
        if not self.borders:
            return Decimal(0)
        if at == 0:
            return self.borders[0] - 1
        return self.borders[-1] + 1 if at == len(self.borders) else (self.borders[at - 1] + self.borders[at]) / 2

    def runs(self, cells: Cells) -> Iterator[tuple[int, int]]:
        """The first and last cell of each unbroken run; what its schema does not allow breaks none."""
        found: list[int] = []
        for cell in sorted(self.possible):
            if cell in cells:
                found.append(cell)
            elif found:
                yield found[0], found[-1]
                found = []
        if found:
            yield found[0], found[-1]

    def bands(self, cells: Cells) -> list[str]:
        """Each run as people say it beside the name of the number: "over 500 up to 1,000"."""
        return [self._band(first, last) for first, last in self.runs(cells)]

    def _band(self, first: int, last: int) -> str:
        if first == last and first % 2:
            return f"exactly {self.borders[first // 2]:,f}"
        low, high = self._ends(first, last)
        begins = "" if low is None else f"{'from' if first % 2 else 'over'} {low:,f}"
        ends = "" if high is None else f"{'up to' if last % 2 else 'below'} {high:,f}"
        return " ".join(filter(None, (begins, ends))) or "always"

    def _ends(self, first: int, last: int) -> tuple[Decimal | None, Decimal | None]:
        """The borders of a run, None where it ends with what is possible."""
        low, high = first // 2 - (first % 2 == 0), last // 2
        return (
            None if low < 0 or first == min(self.possible) else self.borders[low],
            None if high == len(self.borders) or last == max(self.possible) else self.borders[high],
        )

    def words(self, cells: Cells) -> list[str]:
        """Each run as an interval: "500 < Amount ≤ 1,000"."""
        return [self._words(first, last) for first, last in self.runs(cells)]

    def _words(self, first: int, last: int) -> str:
        if first == last and first % 2:
            return f"{self.title} = {self.borders[first // 2]:,f}"
        low, high = self._ends(first, last)
        left = "" if low is None else f"{low:,f} {_less(first)} "
        right = "" if high is None else f" {_less(last)} {high:,f}"
        return f"{left}{self.title}{right}" if left or right else f"any {self.title}"


def _less(cell: int) -> str:
    return "≤" if cell % 2 else "<"


def partition(field: Field, rules: Iterable[str], schema: dict[str, Any]) -> Partition:
    """By all borders that the rules name, which are about this field alone; more of them than can be are left out."""
    part: Any = schema
    for name in field.path.split("."):
        part = rule_types.inside(part, name, schema)
    own = form_schema.resolve(part, schema)[0]
    least, most = _bound(own, "minimum", "exclusiveMinimum"), _bound(own, "maximum", "exclusiveMaximum")
    found = {border for rule in rules for border in _borders(rule, field)}
    borders = tuple(sorted(found | {bound for bound in (least, most) if bound is not None})[:MOST_BORDERS])
    made = Partition(field.path, field.title, borders, NO_CELLS, schema)
    made = Partition(field.path, field.title, borders, NO_CELLS, schema)
    possible = frozenset(cell for cell in range(2 * len(borders) + 1) if _possible(made, cell, own))
    return Partition(field.path, field.title, borders, possible, schema)


def highest(field: Field, rules: Iterable[Any]) -> Decimal | None:
    """The highest border that the rules name."""
    return max((border for rule in rules if isinstance(rule, str) for border in _borders(rule, field)), default=None)


def _borders(rule: str, field: Field) -> Iterator[Decimal]:
    found = conditions(rule, {field.path: field.kind})
    for row in found.rows() if found else ():
        for value in row.value.split(","):
            try:
                yield Decimal(numbers.typed(value))
            except numbers.Unreadable:
                continue


def _bound(own: dict[str, Any], *words: str) -> Decimal | None:
    values = [own[word] for word in words if form_schema.is_number(own.get(word))]
    return Decimal(str(values[0])) if values else None


def _possible(made: Partition, cell: int, own: dict[str, Any]) -> bool:
    value, last = made.inside(cell), 2 * len(made.borders)
    if form_schema.kind(own) == "integer":
        if cell % 2:
            return value == value.to_integral_value() and _allowed(value, own)
        if 0 < cell < last:
            value = made.borders[cell // 2 - 1].to_integral_value("ROUND_FLOOR") + 1
            return value < made.borders[cell // 2] and _allowed(value, own)
    return _allowed(value, own)


def _allowed(value: Decimal, own: dict[str, Any]) -> bool:
    bounds = {"minimum": Decimal.__ge__, "exclusiveMinimum": Decimal.__gt__}
    bounds |= {"maximum": Decimal.__le__, "exclusiveMaximum": Decimal.__lt__}
    given = {word: own[word] for word in bounds if form_schema.is_number(own.get(word))}
    return all(bounds[word](value, Decimal(str(bound))) for word, bound in given.items())
