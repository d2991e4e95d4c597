"""The bands of a threshold hierarchy: from where to where each level signs, what nobody signs, what several do."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from engine.reach import arriving, rules_between
from engine.reasons import Reason, reason
from engine.rules.fields import fields
from engine.rules.intervals import Cells, Partition, about_one, partition

Json = dict[str, Any]
# What arrives at each step, by path and borders of the number.
Arrivals = dict[tuple[str, tuple[Decimal, ...]], dict[str, Cells]]


class Band(NamedTuple):
    """words: where the level signs, as bands. marks: what is odd about it."""

    words: list[str]
    marks: list[Reason]


class Bands(NamedTuple):
    """path, title: of the number, empty where the levels ask about no one number.

    gaps: what arrives at the step and is signed by nobody. levels: None for one with another rule.
    begins: the place of each level among the others, None where its rule is another one.
    """

    path: str = ""
    title: str = ""
    gaps: Sequence[str] = ()
    levels: Sequence[Band | None] = ()
    begins: Sequence[int | None] = ()

    @property
    def ordered(self) -> bool:
        known = [at for at in self.begins if at is not None]
        return known == sorted(known)


def bands(document: Json, step: str, settings: Json, arrivals: Arrivals | None = None) -> Bands:
    """settings: of the approval as they are being edited, in any shape; of the step of that id.

    arrivals: what was found for other steps of the same document, to be asked and added to: it takes the whole flow.
    """
    schema = document.get("data")
    known = fields(schema)
    rules = [_rule(level) for level in _levels(settings)]
    automatic = _rule(settings.get("automatic"))
    about = [about_one(rule, known) for rule in rules]
    found = Counter(path for path in about if path)
    if not found or not isinstance(schema, dict):
        return Bands(levels=[None] * len(rules), begins=[None] * len(rules))
    path = found.most_common(1)[0][0]
    own = [rule for rule in [*rules, automatic] if about_one(rule, known) == path]
    numbers = partition(
        known[path], [*own, *(r for r in rules_between(document) if about_one(r, known) == path)], schema
    )
    arrivals, asked = {} if arrivals is None else arrivals, (path, numbers.borders)
    if asked not in arrivals:
        arrivals[asked] = arriving(document, numbers, known)
    here = arrivals[asked].get(step, numbers.possible)
    taken = [
        numbers.possible if not rule else numbers.where(rule) if at == path else None
        for rule, at in zip(rules, about, strict=True)
    ]
    by_rule = numbers.where(automatic) if about_one(automatic, known) == path else frozenset[int]()
    highest = settings.get("reading") == "highest"
    complete = all(cells is not None for cells in taken) and (not automatic or bool(by_rule))
    uncovered = here - by_rule - frozenset[int]().union(*(cells for cells in taken if cells is not None))
    return Bands(
        path,
        numbers.title,
        numbers.words(uncovered) if complete else (),
        _each(numbers, taken, here, highest=highest),
        [min(cells) if cells else None for cells in taken],
    )


def _each(numbers: Partition, taken: Sequence[Cells | None], here: Cells, *, highest: bool) -> list[Band | None]:
    found: list[Band | None] = []
    for at, cells in enumerate(taken):
        if cells is None:
            found.append(None)
            continue
        above = [other for other in taken[at + 1 :] if other is not None]
        signs = cells - frozenset[int]().union(*above) if highest else cells
        marks = list(_overlaps(numbers, at, taken))
        if not signs & here:
            marks.append(reason("level_covered" if cells & here else "level_unreached"))
        found.append(Band(numbers.bands(signs), marks))
    return found


def _overlaps(numbers: Partition, at: int, taken: Sequence[Cells | None]) -> list[Reason]:
    """Where a level that ends runs into one that begins before its end. One that has no end is meant to go on."""
    cells = taken[at]
    marks = []
    for number, other in enumerate(taken[:at], 1):
        if cells is None or other is None or not _ends(numbers, other) or other <= cells or cells <= other:
            continue
        if both := other & cells:
            marks.append(reason("levels_overlap", number=number, words=numbers.words(both)))
    return marks


def _ends(numbers: Partition, cells: Cells) -> bool:
    return max(numbers.possible, default=0) not in cells


def in_order(levels: Sequence[Any], begins: Sequence[int | None]) -> list[Any]:
    """By where they begin, which may be odd; those with other rules stay behind the level that they followed."""
    places, last = [], -1
    for at in begins:
        last = last if at is None else at
        places.append(last)
    return [level for _, level in sorted(zip(places, levels, strict=True), key=lambda pair: pair[0])]


def _levels(settings: Json) -> list[Any]:
    levels = settings.get("levels")
    return levels if isinstance(levels, list) else []


def _rule(holder: Any) -> str:
    rule = holder.get("when") if isinstance(holder, dict) else None
    return rule if isinstance(rule, str) else ""
