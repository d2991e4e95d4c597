"""A rule has an answer or says what it lacks: odd data never decides, and every rule that can be written reads well."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import rule_engine
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from engine.rules import RuleError, Undecidable, compile_rule

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "amount": {"type": "number", "title": "Amount"},
        "limit": {"type": "integer"},
        "item": {"type": "string", "title": "Item"},
        "text": {"type": "string"},
        "urgent": {"type": "boolean"},
        "day": {"type": "string", "format": "date"},
        "lines": {"type": "array", "items": {"type": "number"}},
        "tags": {"type": "array", "items": {"type": "string"}},
        "any": {},
        "yes": True,
        "either": {"type": ["string", "number"]},
        "things": {"type": "array"},
        "address": {
            "type": "object",
            "title": "Address",
            "properties": {"country": {"type": "string", "title": "Country"}, "floor": {"type": ["integer", "null"]}},
        },
        "bag": {"type": "object"},
    },
}


@pytest.mark.parametrize(
    "text",
    [
        "any != 5",
        "yes == 5",
        "either == 5",
        "bag != 1",
        "bag['a'] != 1",
        "address == 1",
        "address['country'] == 'DE'",
        "address&['country'] != 'DE'",
        "address.street == 'x'",
        "$sum(things) <= 500",
        "text.to_flt <= 500",
        "text.to_int <= 500",
        "amount.to_str == '5'",
        "text < 'b'",
        "lines == lines",
        "1 in tags",
        "amount in lines[0]",
        "$sum(tags) > 1",
        "$any(lines)",
        "(amount + 1) == null",
        "amount > null",
        "amount in []",
        "amount > (urgent ? 1 : 2)",
        "amount ?? 1 > 2",
        "amount > 1 # why",
        "amount > inf",
        "-item == 1",
        "not amount",
    ],
)
def test_what_could_guess_cannot_be_published(text: str) -> None:
    with pytest.raises(RuleError):
        compile_rule(text, SCHEMA)


@pytest.mark.parametrize("number", ["0xff", "0b11", "0o17", "1e3", "1.", ".5", "9" * 31])
def test_a_number_is_written_in_digits_or_refused_with_its_place(number: str) -> None:
    with pytest.raises(RuleError, match="number") as refused:
        compile_rule(f"amount < {number}", SCHEMA)
    assert refused.value.column == 10


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("$sum(lines) <= 500", {"lines": []}),
        ("$max(lines) <= 500", {"lines": []}),
        ("$sum(lines) <= 500", {"lines": [1, None]}),
        ("$sum(lines) <= 500", {"lines": [1, 2.5]}),
        ("amount <= 500", {"amount": 1.5}),
        ("amount <= 500", {"amount": Decimal("NaN")}),
        ("amount <= 500", {"amount": True}),
        ("amount / limit <= 500", {"amount": 1, "limit": 0}),
        ("amount * amount > 0", {"amount": 10**4400}),
        ("address.country != 'DE'", {"address": {}}),
        ("address.country != 'DE'", {"address": None}),
        ("address.country != 'DE'", {"address": "DE"}),
        ("address.country != 'DE'", {"address": {"country": 5}}),
        ("day >= $today", {"day": "tomorrow"}),
        ("day + t'P9999D' > $now", {"day": "9999-12-31"}),
        ("'a' in tags", {"tags": ["a"] * 1001}),
        ("urgent == false or amount < 5", {"urgent": False}),
        ("item != 'x'", {"item": ""}),
    ],
)
def test_missing_or_odd_data_never_decides(text: str, data: dict[str, Any]) -> None:
    with pytest.raises(Undecidable):
        compile_rule(text, SCHEMA).holds(data, NOW)


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("item == null or item == 'x'", set()),
        ("item != null and item == 'x'", set()),
        ("not (item == null) and item == 'x'", set()),
        ("not (item == null or amount == null) and item == 'x' and amount > 1", set()),
        ("item == null or amount > 1", {"amount"}),
        ("item == null and item == 'x'", {"item"}),
        ("item == 'x' or item == null", {"item"}),
        ("(item != null or amount > 1) and item == 'x'", {"item", "amount"}),
        ("(item != null and amount > 1) or amount < 0", {"amount"}),
        ("address.floor == null or address.floor > 3", set()),
    ],
)
def test_a_rule_knows_which_fields_it_cannot_do_without(text: str, needed: set[str]) -> None:
    assert compile_rule(text, SCHEMA).needed == needed


def test_what_may_be_empty_can_be_asked_about_first() -> None:
    rule = compile_rule("item == null or item == 'desk'", SCHEMA)
    assert [rule.holds({"item": value}, NOW) for value in (None, "", "desk", "chair")] == [True, True, True, False]
    assert rule.holds({}, NOW)
    assert rule.sentence() == "Item is empty or Item is “desk”"
    lists = compile_rule("lines != null and $sum(lines) <= 500", SCHEMA)
    assert [lists.holds({"lines": value}, NOW) for value in (None, [], [1], [501])] == [False, False, True, False]
    assert lists.filled == set()


def test_a_field_in_a_group_is_read_by_its_path() -> None:
    rule = compile_rule("address.country in ['DE', 'AT'] and (address.floor == null or address.floor < 3)", SCHEMA)
    assert rule.holds({"address": {"country": "AT"}}, NOW)
    assert not rule.holds({"address": {"country": "AT", "floor": 4}}, NOW)
    assert rule.reads({"address": {"country": "AT"}}) == {"address.country": "AT"}
    assert rule.sentence() == (
        "Country of Address is one of (“DE”, “AT”) and (floor of Address is empty or floor of Address is below 3)"
    )


def test_sums_are_exact_and_a_float_is_never_near_enough() -> None:
    rule = compile_rule("$sum(lines) <= 500", SCHEMA)
    assert rule.holds({"lines": [Decimal("499.9"), Decimal("0.1")]}, NOW)
    assert not rule.holds({"lines": [500, Decimal("0.00000000000000001")]}, NOW)


def test_today_is_the_day_of_the_zone() -> None:
    morning = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)  # 08:00 on the 21st in Auckland
    here = compile_rule("day >= $today", SCHEMA, ZoneInfo("Pacific/Auckland"))
    assert not here.holds({"day": "2026-11-20"}, morning)
    assert here.holds({"day": "2026-11-21"}, morning)
    assert compile_rule("day >= $today", SCHEMA).holds({"day": "2026-11-20"}, morning)
    assert compile_rule("$now.hour == 8", SCHEMA, ZoneInfo("Pacific/Auckland")).holds({}, morning)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("day.year == 2026", "the year of day is 2026"),
        ("day < $today", "day is before today"),
        ("day - $now <= t'PT36H'", "day − now is at most 1 day 12 hours"),
        ("item.length > 3", "the length of Item is above 3"),
        ("'a' in item", "Item contains “a”"),
        ("amount * (limit + 1) > 2 * 50", "Amount × (limit + 1) is above 100"),
        ("not (urgent and amount > 1)", "not (urgent and Amount is above 1)"),
        ("item.starts_with('IT')", "Item starts with “IT”"),
        ("day > d'2026-03-01'", "day is after 1 Mar 2026"),
        (r"item == 'a\nb'", "Item is “a b”"),
    ],
)
def test_a_rule_reads_as_people_speak(text: str, sentence: str) -> None:
    assert compile_rule(text, SCHEMA).sentence() == sentence


NAMES = "amount limit item urgent day lines tags any address.country $now $today"
MARKS = "( ) [ ] , . + - * / // % == != < <= > >= and or not in null true false 0xff 1e5 5 1.5 inf { ? :"
PARTS = "'x' '' t'P1D' d'2026-01-01' $sum( $max( .length .year .days .to_int"
PIECES = f"{NAMES} {MARKS} {PARTS}".split()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.floats() | st.text(max_size=5) | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["country", "x"]), inner, max_size=2),
    max_leaves=6,
)


@given(
    st.lists(st.sampled_from(PIECES), max_size=14), st.dictionaries(st.sampled_from(list(SCHEMA["properties"])), VALUES)
)
@examples(max_examples=300, deadline=None)
def test_any_words_make_a_rule_that_answers_and_reads_or_are_refused(pieces: list[str], data: dict[str, Any]) -> None:
    try:
        rule = compile_rule(" ".join(pieces).replace(" .", "."), SCHEMA)
    except RuleError:
        return
    assert rule.sentence()
    try:
        assert rule.holds(data, NOW) in (True, False)
    except Undecidable:
        return


NUMBERS = st.sampled_from(
    ["amount", "limit", "(amount + limit)", "amount * 2", "-limit", "5000", "12.5", "$abs(amount)"]
)
COMPARED = st.one_of(
    st.tuples(NUMBERS, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), NUMBERS),
    st.tuples(st.just("item"), st.sampled_from(["==", "!=", "in"]), st.sampled_from(["'a'", "text", "'abc'"])),
    st.tuples(st.sampled_from(["item", "text"]), st.just("in"), st.sampled_from(["['a', 'b']", "tags"])),
    st.tuples(st.just("day"), st.sampled_from(["==", "<", ">="]), st.sampled_from(["d'2026-01-05'", "d'2026-01-01'"])),
    st.tuples(st.just("urgent"), st.just("=="), st.sampled_from(["true", "false"])),
).map(" ".join)
RULES = st.recursive(
    COMPARED | st.just("urgent"),
    lambda inner: (
        st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map(lambda part: f"({''.join(part)})")
        | inner.map(lambda part: f"not ({part})")
    ),
    max_leaves=6,
)
FILLED = st.fixed_dictionaries(
    {
        "amount": st.integers(-20_000, 20_000) | st.decimals(-9999, 9999, places=2),
        "limit": st.integers(-20_000, 20_000),
        "item": st.sampled_from(["a", "b", "abc"]),
        "text": st.sampled_from(["a", "b", "bc"]),
        "urgent": st.booleans(),
        "day": st.sampled_from(["2026-01-01", "2026-01-05", "2026-02-01"]),
        "tags": st.lists(st.sampled_from(["a", "b"]), max_size=2),
    }
)


@given(RULES, FILLED)
@examples(max_examples=300, deadline=None)
def test_a_rule_means_what_the_language_says(text: str, data: dict[str, Any]) -> None:
    """The library evaluates what it parsed; over data without gaps both must agree."""
    context = rule_engine.Context(default_timezone="utc")
    day = datetime.fromisoformat(data["day"]).replace(tzinfo=UTC)
    assert compile_rule(text, SCHEMA).holds(data, NOW) is rule_engine.Rule(text, context=context).matches(
        {**data, "day": day, "tags": tuple(data["tags"])}
    )


def test_the_dearest_rule_over_the_longest_data_is_quick() -> None:
    rule = compile_rule(" and ".join(["'x' in text"] * 50 + ["'zz' not in tags"] * 15), SCHEMA)
    data = {"text": "x" * 250_000, "tags": ["z" * 200] * 1000}
    begin = process_time()
    assert rule.holds(data, NOW)
    assert process_time() - begin < 0.5


def test_a_rule_far_out_on_the_calendar_is_undecidable_not_an_error() -> None:
    zone = ZoneInfo("Pacific/Auckland")
    rule = compile_rule("day - t'P1D' < $now", SCHEMA, zone)
    with pytest.raises(Undecidable):
        rule.holds({"day": "0001-01-01"}, NOW)
    assert rule.holds({"day": str((NOW - timedelta(days=3)).date())}, NOW)
