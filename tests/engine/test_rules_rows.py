"""A rule as rows: both ways, exactly; what rows cannot show stays text."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from engine.rules import RuleError, Undecidable, compile_rule
from engine.rules.fields import fields
from engine.rules.rows import Conditions, Row, conditions, written
from tests.engine.test_rules_total import FILLED, NOW, PIECES, RULES, SCHEMA

KINDS = {path: field.kind for path, field in fields(SCHEMA).items()}


READ: list[tuple[str, Conditions | None]] = [
    ("amount >= 5000", Conditions((Row("amount", "GE", "5000"),))),
    ("amount > 500 and amount<=1000", Conditions((Row("amount", "GT", "500"), Row("amount", "LE", "1000")))),
    ("amount > 9 or item == 'x'", Conditions((Row("amount", "GT", "9"), Row("item", "EQ", "x")), any=True)),
    (
        "amount > -1.5 and (item == null or item == 'desk')",
        Conditions((Row("amount", "GT", "-1.5"), (Row("item", "EMPTY"), Row("item", "EQ", "desk")))),
    ),
    (
        "urgent == true or amount > limit and day < $today",
        Conditions(
            (
                Row("urgent", "EQ", "yes"),
                (Row("amount", "GT", "", "limit"), Row("day", "LT", "", "$today")),
            ),
            any=True,
        ),
    ),
    ("address.country in ['DE', 'AT']", Conditions((Row("address.country", "IN", "DE, AT"),))),
    ("'it''s' in item", None),
    ("'a' in item and 'b' not in tags", Conditions((Row("item", "HAS", "a"), Row("tags", "LACKS", "b")))),
    ("day >= d'2026-01-05'", Conditions((Row("day", "GE", "2026-01-05"),))),
    ("amount >=", Conditions((Row("amount", "GE"),))),
    ("", Conditions()),
    ("not (amount > 5)", None),
    ("amount * 2 > 5", None),
    ("5 < amount", None),
    ("item == '5' and (amount > 1 or (limit > 2 and limit < 5))", None),
    ("item in ['a,b']", None),
    ("urgent", None),
    ("$sum(lines) > 5", None),
    ("item.starts_with('x')", None),
]
RULE_TEXTS = [text for text, _ in READ]


@pytest.mark.parametrize(("text", "rows"), READ)
def test_a_rule_reads_as_rows_or_stays_text(text: str, rows: Conditions | None) -> None:
    assert conditions(text, KINDS) == rows
    if rows:
        assert conditions(written(rows, KINDS), KINDS) == rows


def test_a_value_is_written_as_its_field_wants_it() -> None:
    rows = [Row("amount", "GE", "7,200.50"), Row("item", "EQ", "5"), Row("item", "NE", "Ann's"), Row("day", "LT", "x")]
    assert [written(Conditions((row,)), KINDS) for row in rows] == [
        "amount >= 7200.5",
        "item == '5'",
        'item != "Ann\'s"',
        "day < 'x'",
    ]
    assert written(Conditions((Row("amount", "GE", "5 or true"),)), KINDS) == "amount >= '5 or true'"


def _told(text: str, data: dict[str, Any]) -> object:
    try:
        return compile_rule(text, SCHEMA).holds(data, NOW)
    except (RuleError, Undecidable) as refused:
        return type(refused)


@given(RULES | st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join), FILLED)
@examples(max_examples=500, deadline=None)
def test_rows_mean_what_the_text_means(text: str, data: dict[str, Any]) -> None:
    rows = conditions(text, KINDS)
    if rows is None or not rows.parts:
        return
    again = written(rows, KINDS)
    assert conditions(again, KINDS) == rows
    assert _told(again, data) == _told(text, data)


VALUES = st.text(max_size=8).map(lambda text: " ".join(text.split()))
ROWS = st.builds(
    Row,
    st.sampled_from(["amount", "item", "day", "urgent", "tags"]),
    st.sampled_from(["GE", "EQ", "NE", "HAS"]),
    VALUES,
)


@given(st.lists(ROWS | st.lists(ROWS, min_size=2, max_size=3).map(tuple), max_size=3), st.booleans())
@examples(max_examples=300, deadline=None)
def test_whatever_is_typed_into_a_row_stays_in_its_row(parts: list[Any], any_of: bool) -> None:
    """It is one value, and never more of the rule."""
    text = written(Conditions(tuple(parts), any_of), KINDS)
    found = conditions(text, KINDS)
    if found is not None:
        assert len(list(found.rows())) == len(list(Conditions(tuple(parts)).rows()))


def _rules(part: Any) -> list[str]:
    if isinstance(part, list):
        return [rule for one in part for rule in _rules(one)]
    if not isinstance(part, dict):
        return []
    own = [part["when"]] if isinstance(part.get("when"), str) else []
    return own + [rule for one in part.values() for rule in _rules(one)]


@pytest.mark.parametrize("path", sorted(Path("designer/gallery").glob("*.json")), ids=lambda path: path.stem)
def test_every_rule_of_the_gallery_is_shown_as_rows(path: Path) -> None:
    document = json.loads(path.read_text())
    kinds = {name: field.kind for name, field in fields(document["data"]).items()}
    assert all(conditions(rule, kinds) is not None for rule in _rules(document["steps"]))
