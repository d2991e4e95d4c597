from decimal import Decimal

import pytest

from engine import money, numbers
from engine.reasons import Reason


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        (" 7.50 ", Decimal("7.5")),
        ("-3", -3),
        ("−3", -3),
        (".5", Decimal("0.5")),
        ("100.00", 100),
        ("1e3", 1000),
        ("1,234.50", Decimal("1234.5")),
        ("1.234,50", Decimal("1234.5")),
        ("1'234.50", Decimal("1234.5")),
        ("1 234,50", Decimal("1234.5")),
        ("1,234,567", 1234567),
        ("12,5", Decimal("12.5")),
        ("1,23", Decimal("1.23")),
        ("999999999999999", 999999999999999),
    ],
)
def test_reads_numbers_exactly(text: str, value: int | Decimal) -> None:
    found = numbers.read(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text",
    ["NaN", "Infinity", "abc", "1,2,3", "1.2.3", "--1", "1234567890123456", "1e999", "1e-16", "١٢", "0x10", "1_000"],
)
def test_refuses_what_is_no_exact_number(text: str) -> None:
    with pytest.raises(numbers.Unreadable):
        numbers.read(text)


def test_asks_back_when_a_number_can_be_read_in_two_ways() -> None:
    with pytest.raises(numbers.Unreadable, match=r"two_ways.*'1234', 'other': '1\.234'"):
        numbers.read("1,234")


@pytest.mark.parametrize(
    ("text", "currency", "value"), [("5,000", "EUR", 5000), ("5.000", "BHD", 5), ("5,000", "JPY", 5000)]
)
def test_currency_settles_what_a_comma_means(text: str, currency: str, value: int) -> None:
    assert money.read(text, currency) == value


@pytest.mark.parametrize(("text", "currency"), [("5.000", "EUR"), ("5,000", "BHD"), ("5,000", "")])
def test_an_amount_is_never_guessed(text: str, currency: str) -> None:
    with pytest.raises(numbers.Unreadable, match="two_ways"):
        money.read(text, currency)


def test_amount_may_carry_its_currency() -> None:
    assert money.read("EUR 12.50", "EUR") == Decimal("12.5")
    assert money.read("12.50 EUR", "EUR") == Decimal("12.5")


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (7200, "EUR", "7,200.00 EUR"),
        (Decimal("1234567.5"), "USD", "1,234,567.50 USD"),
        (7200, "JPY", "7,200 JPY"),
        (Decimal("1.5"), "BHD", "1.500 BHD"),
        (-5, "EUR", "-5.00 EUR"),
        (Decimal("0.005"), "EUR", "0.005 EUR"),
        (5, "", "5.00"),
    ],
)
def test_shows_money(amount: int | Decimal, currency: str, shown: str) -> None:
    assert money.format_money(amount, currency) == shown


def test_knows_the_smallest_coin() -> None:
    assert money.too_fine(Decimal("0.5"), "JPY") == Reason("money_whole", {"currency": "JPY"})
    assert money.too_fine(Decimal("0.005"), "EUR") == Reason("money_in", {"currency": "EUR", "most": 2})
    assert money.too_fine(Decimal("0.005"), "BHD") is None
    assert money.too_fine(100, "JPY") is None
