"""Numbers as people write them, kept exactly: at most fifteen digits, never a float."""

import re
from decimal import Decimal

from engine.reasons import Coded

MAX_DIGITS = 15

_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?P<by>[,. '])\d{3}((?P=by)\d{3})*(?P<decimals>[.,]\d*)?", re.ASCII)
_THREE_AFTER_POINT = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}", re.ASCII)
_COMMA = re.compile(r"[+-]?\d*,\d*", re.ASCII)
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2019": "'", "\u2212": "-"})


class Unreadable(Coded, ValueError):
    """Not a number we would dare to keep."""


def read(text: str, decimals: int | None = None) -> int | Decimal:
    """`decimals`: how many may follow the point; with fewer than three "5,000" can only be five thousand."""
    text = text.strip().translate(_SPACES)
    if decimals is not None and decimals < 3 and _THREE_AFTER_POINT.fullmatch(text):
        raise _two_ways(text, ".", decimals)
    if _PLAIN.fullmatch(text):
        return plain(Decimal(text))
    if grouped := _GROUPED.fullmatch(text):
        return _read_grouped(text, grouped, decimals)
    if _COMMA.fullmatch(text) and len(text) > 1:
        return plain(Decimal(text.replace(",", ".")))
    raise Unreadable("number_digits")


def typed(text: str) -> int | Decimal:
    """Where a point is for decimals alone, as in rules: "5,000" is five thousand, "1.125" a little more than one."""
    text = text.strip()
    return plain(Decimal(text)) if _PLAIN.fullmatch(text) else read(text, 2)


def plain(number: Decimal) -> int | Decimal:
    """The one way to keep a number: 12.50 becomes 12.5 and 100.00 becomes 100."""
    if not number.is_finite():
        raise Unreadable("no_number")
    # The exponent first: a number beyond every range cannot even be shortened.
    if abs(number.adjusted()) > MAX_DIGITS or len(number.normalize().as_tuple().digits) > MAX_DIGITS:
        raise Unreadable("number_long", most=MAX_DIGITS)
    whole = number.to_integral_value()
    return int(whole) if whole == number else number.normalize()


def written(number: int | Decimal) -> str:
    """As `read` takes it back, without an exponent."""
    return f"{number:f}" if isinstance(number, Decimal) else str(number)


def _read_grouped(text: str, match: re.Match[str], decimals: int | None) -> int | Decimal:
    by, fraction = match["by"], match["decimals"]
    if fraction and fraction[0] == by:
        raise Unreadable("number_separators")
    if not fraction and text.count(by) == 1 and by in ",." and (decimals is None or decimals >= 3):
        raise _two_ways(text, by, decimals)
    whole = text[: match.start("decimals")] if fraction else text
    return plain(Decimal(whole.replace(by, "") + (fraction or "").replace(",", ".")))


def _two_ways(text: str, by: str, decimals: int | None) -> Unreadable:
    joined, pointed = text.replace(by, ""), text.replace(by, ".")
    if decimals is not None:
        joined, pointed = f"{Decimal(joined):.{decimals}f}", f"{Decimal(pointed):.{decimals}f}"
    return Unreadable("number_two_ways", one=joined, other=pointed)
