"""A rule, as rows of conditions beside its text: whichever of the two was changed counts."""

from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from engine.forms.controls import Control
from engine.forms.values import Typed
from engine.rules import RuleError, compile_rule
from engine.rules.fields import Field, fields
from engine.rules.rows import ALONE, CLOCK, Conditions, Row, conditions, in_one, kinds_of, written
from engine.rules.types import LIST, MOMENT, NUMBER, TEXT, YES_NO
from engine.wording.sentences import sentence

if TYPE_CHECKING:
    from engine.forms.nodes import Node
    from engine.forms.read import Reader

ORDERED = {"GE": "is at least", "GT": "is above", "LE": "is at most", "LT": "is below"}
IN_TIME = {"GE": "is not before", "GT": "is after", "LE": "is not after", "LT": "is before"}
SAME = {"EQ": "is", "NE": "is not"}
SEVERAL = {"IN": "is one of", "NOT_IN": "is none of"}
HOLDS = {"HAS": "contains", "LACKS": "does not contain"}
THERE = {"EMPTY": "is empty", "FILLED": "is not empty"}
BY_KIND = {
    NUMBER: ORDERED | SAME | SEVERAL | THERE,
    TEXT: SAME | SEVERAL | HOLDS | THERE,
    YES_NO: SAME | THERE,
    MOMENT: IN_TIME | SAME | THERE,
}
ANYTHING = SAME | ORDERED | SEVERAL | HOLDS | THERE
OF_THE_CLOCK = dict(zip(CLOCK, ("today", "now"), strict=True))
# Fields of a rule that it can be tried on in place.
MOST_TRIED = 8


class Condition(Struct, frozen=True):
    """A row as it is drawn. group: the number of its group, 0 for none. operators, others: code and words.

    hints: values that its field offers. valued: whether its operator wants a value.
    """

    row: Row
    group: int
    operators: tuple[tuple[str, str], ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    hints: tuple[tuple[str, str], ...] = ()
    input_type: str = "text"

    @property
    def valued(self) -> bool:
        return self.row.operator not in ALONE


class Shown(Struct, frozen=True):
    """parts: rows in their groups, each with an empty one to fill in; none where the rule stays text.

    words: the rule as a sentence; wrong: why it is no rule. tries: path, title and typed value of what it asks about.
    answer: what it said to those.
    """

    text: str
    fields: tuple[tuple[str, str], ...] = ()
    parts: tuple[tuple[Condition, ...], ...] | None = None
    any: bool = False
    words: str = ""
    wrong: str = ""
    tries: tuple[tuple[str, str, str], ...] = ()
    answer: str = ""


class RuleText(Control):
    name = form = "rule"
    asks = frozenset({"string"})
    grouped = True
    plain = False

    def content(self, node: "Node", value: Any) -> Shown:
        text = str(value) if isinstance(value, str | Typed) else ""
        schema = node.form.around.document.get("data")
        known = fields(schema)
        found = conditions(text, kinds_of(known))
        words, wrong, names = _read(text, schema)
        answer = node.form.around.answers.get(node.pointer, {})
        typed = answer.get("typed", {})
        tries = tuple((name, known[name].title, typed.get(name, "")) for name in names if name in known)
        return Shown(
            text,
            tuple((field.path, field.title) for field in known.values()),
            None if found is None else tuple(_parts(found, known)),
            found is not None and found.any,
            words,
            wrong,
            tries[:MOST_TRIED],
            answer.get("words", ""),
        )

    def read(self, node: "Node", reader: "Reader", held: Any) -> Any:
        text, was = reader.text(node), "".join(reader.beside(node, "rule-was")[-1:])
        if text == was and (joined := reader.beside(node, "rule-join")):
            kinds = kinds_of(fields(node.form.around.document.get("data")))
            rows = in_one(_posted(node, reader), joined[-1] == "any")
            text = text if rows == conditions(text, kinds) else written(rows, kinds)
        return reader.nothing(node) if self.is_empty(text) else text.replace("\x00", "")


def _read(text: str, schema: Any) -> tuple[str, str, list[str]]:
    """The rule in words, or why it is none; the fields it asks about."""
    if not text.strip() or not isinstance(schema, dict):
        return "", "", []
    try:
        rule = compile_rule(text, schema)
    except RuleError as why:
        return "", sentence(why.reason), []
    said = rule.sentence()
    return said[:1].upper() + said[1:], "", rule.names


def _parts(found: Conditions, known: Mapping[str, Field]) -> list[tuple[Condition, ...]]:
    empty = Row("", "EQ")
    parts: list[tuple[Condition, ...]] = []
    group = 0
    for part in found.parts:
        if isinstance(part, Row):
            parts.append((_drawn(part, 0, known),))
        else:
            group += 1
            parts.append(tuple(_drawn(row, group, known) for row in [*part, empty]))
    return [*parts, (_drawn(empty, 0, known),), tuple(_drawn(row, group + 1, known) for row in (empty, empty))]


def _drawn(row: Row, group: int, known: Mapping[str, Field]) -> Condition:
    field = known.get(row.field)
    kind = field.kind if field else ""
    words = HOLDS | THERE if kind.startswith(LIST) else BY_KIND.get(kind, ANYTHING)
    words = words if row.operator in words else {row.operator: ANYTHING[row.operator]} | words
    kind = kind.removeprefix(LIST)
    others = {path: one.title for path, one in known.items() if field and one.kind == kind and path != row.field}
    others |= OF_THE_CLOCK if kind == MOMENT else {}
    others |= {row.other: others.get(row.other, row.other)} if row.other else {}
    hints = (("yes", "yes"), ("no", "no")) if kind == YES_NO else field.choices if field else ()
    input_type = "date" if kind == MOMENT and len(row.value) in (0, len("2026-11-21")) else "text"
    return Condition(row, group, tuple(words.items()), tuple(others.items()), hints, input_type)


def _posted(node: "Node", reader: "Reader") -> list[Row | tuple[Row, ...]]:
    """The rows that have a field, in their groups, without the one that is taken away."""
    words = ("rule-group", "rule-field", "rule-operator", "rule-value", "rule-other")
    columns = [reader.beside(node, word) for word in words]
    gone = reader.beside(node, "rule-drop")
    rows = [
        (group, Row(field, operator, "" if other or operator in ALONE else value.strip(), other))
        for at, (group, field, operator, value, other) in enumerate(zip(*columns, strict=False))
        if field and operator in ANYTHING and str(at) not in gone
    ]
    parts: list[Row | tuple[Row, ...]] = []
    for group, several in groupby(rows, key=lambda pair: pair[0]):
        found = [row for _, row in several]
        parts += found if group == "0" or len(found) == 1 else [tuple(found)]
    return parts


CONTROLS: tuple[Control, ...] = (RuleText(),)
