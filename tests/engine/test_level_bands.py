"""Gaps and overlaps of levels, found by asking the rules themselves on both sides of every border."""

import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.advice import advice
from engine.level_bands import bands, in_order
from engine.reasons import reason
from engine.rules import compile_rule
from engine.rules.fields import fields
from engine.rules.intervals import about_one, partition
from engine.wording.sentences import sentence
from tests.engine.cast import NOW, flow, purchase

AMOUNT = {"type": "number", "title": "Amount", "exclusiveMinimum": 0}


def found(*rules: str, data: Any = None, **settings: Any) -> Any:
    levels = [
        {"id": f"l{at}", "who": [{"manager": 1}]} | ({"when": rule} if rule else {}) for at, rule in enumerate(rules)
    ]
    document = purchase(levels=levels, **settings)
    document["data"]["properties"] |= {"amount": AMOUNT, "days": {"type": "integer", "title": "Days", "minimum": 1}}
    return bands(document, "approval", document["steps"]["approval"])


def test_what_nobody_signs_is_named_as_an_interval() -> None:
    assert found("amount <= 500", "amount > 1000").gaps == ["500 < Amount ≤ 1,000"]
    assert found("amount > 500").gaps == ["Amount ≤ 500"]
    assert found("amount < 500", "amount > 500").gaps == ["Amount = 500"]
    assert found("amount > 0", "amount > 500").gaps == []
    assert found("", "amount > 500").gaps == []
    assert found("amount > 500", automatic={"when": "amount <= 500", "reason": "small"}).gaps == []


def test_no_whole_number_is_missing_between_two_that_follow_each_other() -> None:
    assert found("days <= 5", "days >= 6").gaps == []
    assert found("days <= 5", "days >= 8").gaps == ["5 < Days < 8"]


def test_another_rule_leaves_open_what_is_missing() -> None:
    told = found("amount > 500", "item == 'desk'")
    assert told.gaps == ()
    assert told.levels[1] is None


def test_what_a_decision_sends_elsewhere_is_not_missing() -> None:
    approval = purchase()["steps"]["approval"]
    decision = {
        "type": "decision",
        "name": "Small?",
        "branches": [{"outcome": "small", "when": "amount <= 500"}],
        "outcomes": {"small": "approved", "otherwise": "approval"},
    }
    document = flow({"size": decision, "approval": approval})
    assert bands(document, "approval", approval).gaps == []
    assert bands(purchase(), "approval", approval).gaps == ["amount ≤ 500"]


def test_overlaps_are_named_in_the_later_row() -> None:
    told = found("amount > 0 and amount <= 1000", "amount > 500 and amount <= 5000", "amount > 5000")
    overlap = reason("levels_overlap", number=1, words=["500 < Amount ≤ 1,000"])
    assert [level.marks for level in told.levels] == [[], [overlap], []]
    assert sentence(overlap) == "Overlaps with level 1: 500 < Amount ≤ 1,000."
    assert [level.words for level in found("amount > 500", "amount >= 5000").levels] == [
        ["over 500"],
        ["from 5,000"],
    ]


def test_the_end_of_a_level_is_where_the_next_begins_when_the_highest_signs() -> None:
    told = found("amount > 500", "amount >= 5000", "amount > 100", reading="highest")
    assert [level.words for level in told.levels] == [[], [], ["over 100"]]
    assert told.levels[0].marks == [reason("level_covered")]
    assert not told.ordered
    assert in_order("abc", told.begins) == ["c", "a", "b"]
    assert found("amount > 500", "amount >= 5000", reading="highest").levels[0].words == ["over 500 below 5,000"]


@pytest.mark.parametrize(
    "document", [{}, {"data": 5, "steps": []}, {"data": {}, "start": 1, "steps": {"a": 1, "b": {}}}]
)
@pytest.mark.parametrize("settings", [{}, {"levels": 5}, {"levels": [1, {}, {"when": 5}, {"when": "amount >"}]}])
def test_a_draft_may_be_of_any_shape(document: Any, settings: Any) -> None:
    assert bands(document, "approval", settings).gaps == ()


RULES = st.lists(
    st.tuples(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.integers(-3, 12).map(lambda n: n / 2)),
    min_size=1,
    max_size=3,
).map(lambda parts: " and ".join(f"amount {sign} {number}" for sign, number in parts))


@given(st.lists(RULES, min_size=1, max_size=4), st.decimals(-4, 8, places=2))
def test_a_value_is_in_a_gap_exactly_where_no_rule_holds(rules: list[str], value: Decimal) -> None:
    schema = {"type": "object", "properties": {"amount": {"type": "number"}}}
    known = fields(schema)
    assert all(about_one(rule, known) == "amount" for rule in rules)
    numbers = partition(known["amount"], rules, schema)
    cell = next(
        2 * at + (value == border)
        for at, border in [*enumerate(numbers.borders), (len(numbers.borders), None)]
        if border is None or value <= border
    )
    for rule in rules:
        assert (cell in numbers.where(rule)) is compile_rule(rule, schema).holds({"amount": value}, NOW)


def test_the_levels_of_a_long_flow_are_looked_at_in_little_time() -> None:
    """What arrives where is found once for all steps that ask about the same borders."""
    document = purchase(levels=[{"id": "a", "when": "amount > 1000", "who": [{"manager": 1}]}])
    asked, branch = document["steps"]["approval"], {"outcome": "large", "when": "amount > 900"}
    for at in range(80):
        ways = {"large": f"a{at}", "otherwise": f"d{at + 1}"}
        document["steps"][f"d{at}"] = {"type": "decision", "name": "D", "branches": [branch], "outcomes": ways}
        document["steps"][f"a{at}"] = {**asked, "outcomes": {"approved": f"d{at + 1}"}}
    document["start"] = "d0"
    before = time.process_time()
    assert {one.step for one in advice(document)} == {"approval", *(f"a{at}" for at in range(80))}
    assert time.process_time() - before < 2
