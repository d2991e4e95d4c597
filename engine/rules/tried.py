"""A rule tried on values: whether it holds, and which of its conditions made it so, in words."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from engine import numbers
from engine.reasons import Reason
from engine.rules import RuleError, Undecidable, compile_rule
from engine.rules.fields import Field, fields
from engine.rules.rows import Conditions, Row, conditions, kinds_of, written
from engine.rules.types import LIST, NUMBER, YES_NO
from engine.wording.values import value as in_words

SIGNS = {"GE": "≥", "GT": ">", "LE": "≤", "LT": "<", "EQ": "=", "NE": "≠"}
CONTRARY = {"GE": "LT", "GT": "LE", "LE": "GT", "LT": "GE", "EQ": "NE", "NE": "EQ"}
CONTRARY |= {"IN": "NOT_IN", "NOT_IN": "IN", "HAS": "LACKS", "LACKS": "HAS", "EMPTY": "FILLED", "FILLED": "EMPTY"}
TOLD = {"IN": "is one of", "NOT_IN": "is none of", "HAS": "contains", "LACKS": "does not contain"}
YES_OR_NO = {"yes": True, "true": True, "no": False, "false": False}
ALONE = {"EMPTY": "is empty", "FILLED": "is not empty"}


class Tried(NamedTuple):
    """holds: None where there is no answer. because: the conditions that decided. why: there is no answer."""

    holds: bool | None
    because: tuple[str, ...] = ()
    why: Reason | None = None


def tried(text: str, schema: dict[str, Any], data: dict[str, Any], now: datetime) -> Tried:
    """schema: of the data. now: in the zone where its days begin."""
    known = fields(schema)
    try:
        rule = compile_rule(text, schema, now.tzinfo or UTC)
        holds = rule.holds(data, now)
    except (RuleError, Undecidable) as wrong:
        return Tried(None, why=wrong.reason)
    kinds = kinds_of(known)
    found = conditions(text, kinds)
    if found is None:
        values = rule.reads(data).items()
        return Tried(holds, tuple(f"{known[path].title} is {in_words(value)}" for path, value in values))
    because = []
    for part in found.parts:
        if _holds(Conditions((part,), found.any), kinds, schema, data, now) is holds:
            rows = [part] if isinstance(part, Row) else part
            deciding = [row for row in rows if _holds(Conditions((row,)), kinds, schema, data, now) is holds]
            because += [_told(row, holds, rule.reads(data), known) for row in deciding]
    return Tried(holds, tuple(because))


def _holds(
    part: Conditions, kinds: Mapping[str, str], schema: dict[str, Any], data: dict[str, Any], now: datetime
) -> bool | None:
    """None where there is no answer."""
    try:
        return compile_rule(written(part, kinds), schema, now.tzinfo or UTC).holds(data, now)
    except (RuleError, Undecidable):
        return None


def _told(row: Row, holds: bool, values: Mapping[str, Any], known: Mapping[str, Field]) -> str:
    operator = row.operator if holds else CONTRARY[row.operator]
    title = known[row.field].title if row.field in known else row.field
    if operator in ALONE:
        return f"{title} {ALONE[operator]}"
    if row.other in known:
        compared = f"{known[row.other].title} {in_words(values.get(row.other))}"
    else:
        compared = row.other.strip("$") or _as_typed(row.value)
    return f"{title} {in_words(values.get(row.field))} {SIGNS.get(operator) or TOLD[operator]} {compared}"


def _as_typed(value: str) -> str:
    try:
        return in_words(numbers.typed(value))
    except numbers.Unreadable:
        return value


def sample(text: str, kind: str) -> Any:
    """A value of the data as somebody types it to try a rule on; what cannot be read as its kind stays text."""
    text = text.strip()
    if kind.startswith(LIST):
        return [sample(item, kind.removeprefix(LIST)) for item in text.split(",") if item.strip()]
    if kind == YES_NO and text.lower() in YES_OR_NO:
        return YES_OR_NO[text.lower()]
    try:
        return numbers.typed(text) if kind == NUMBER else text
    except numbers.Unreadable:
        return text
