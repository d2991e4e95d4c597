"""A rule tried on values says which of its conditions made it so."""

from typing import Any

import pytest

from engine.rules.tried import tried
from tests.engine.test_rules_total import NOW, SCHEMA


@pytest.mark.parametrize(
    ("text", "data", "holds", "because"),
    [
        ("amount >= 5000", {"amount": 7200}, True, ["Amount 7,200 ≥ 5,000"]),
        ("amount >= 5000", {"amount": 300}, False, ["Amount 300 < 5,000"]),
        ("amount > limit", {"amount": 300, "limit": 200}, True, ["Amount 300 > limit 200"]),
        (
            "amount > 5 and (item == 'a' or item == 'b')",
            {"amount": 7, "item": "b"},
            True,
            ["Amount 7 > 5", "Item b = b"],
        ),
        ("amount > 5 and (item == 'a' or item == 'b')", {"amount": 3, "item": "b"}, False, ["Amount 3 ≤ 5"]),
        ("item == null or item in ['x', 'y']", {}, True, ["Item is empty"]),
        ("'a' not in tags", {"tags": ["a"]}, False, ["tags a contains a"]),
        ("day < $today", {"day": "2020-01-01"}, True, ["day 2020-01-01 < today"]),
        ("not (amount > 5)", {"amount": 7}, False, ["Amount is 7"]),
    ],
)
def test_what_made_it_so_is_told(text: str, data: dict[str, Any], holds: bool, because: list[str]) -> None:
    found = tried(text, SCHEMA, data, NOW)
    assert (found.holds, list(found.because)) == (holds, because)


def test_what_has_no_answer_says_why() -> None:
    missing, unfinished = tried("amount > 5", SCHEMA, {}, NOW), tried("amount >", SCHEMA, {"amount": 5}, NOW)
    assert missing.holds is None and missing.why and missing.why.code == "field_empty"
    assert unfinished.holds is None and unfinished.why and unfinished.why.code == "rule_syntax"
