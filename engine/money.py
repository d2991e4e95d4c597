"""Amounts of money: a decimal number and the currency it is counted in (ISO 4217)."""

from decimal import Decimal

from engine import numbers
from engine.reasons import Reason, reason

USUAL_MINOR_UNITS = 2
MINOR_UNITS = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(),
        0,
    ),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}


def minor_units(currency: str) -> int:
    return MINOR_UNITS.get(currency.upper(), USUAL_MINOR_UNITS)


def format_money(amount: int | Decimal, currency: str) -> str:
    return f"{_fixed(amount, currency, ',')} {currency}".rstrip()


def written(amount: int | Decimal, currency: str) -> str:
    """As it stands in a field: without separators, so that it can be read in one way only."""
    return _fixed(amount, currency, "")


def too_fine(amount: int | Decimal, currency: str) -> Reason | None:
    """What is wrong with an amount of which part could not be paid."""
    places = minor_units(currency)
    if _places(amount) <= places:
        return None
    if not places:
        return reason("money_whole", currency=currency)
    return reason("money_in", currency=currency, most=places) if currency else reason("money_fine", most=places)


def _fixed(amount: int | Decimal, currency: str, separator: str) -> str:
    """Never rounds: an amount that is too fine is shown as it is."""
    places = max(minor_units(currency), _places(amount))
    return f"{Decimal(amount):{separator}.{places}f}"


def _places(amount: int | Decimal) -> int:
    exponent = Decimal(amount).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def read(text: str, currency: str) -> int | Decimal:
    """Raises numbers.Unreadable."""
    return numbers.read(_without_currency(text, currency), minor_units(currency) if currency else None)


def _without_currency(text: str, currency: str) -> str:
    text = text.strip()
    return text.removeprefix(currency).removesuffix(currency).strip() if currency else text
