"""JSON as we store, send and hash it: decimals stay decimal, keys are sorted, one value has one text.

The text of `canonical` is that of RFC 8785 for everything `normal` lets through: numbers are integers or
decimals of at most fifteen significant digits, so a reader that uses doubles sees the same digits.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

MAX_DIGITS = 15


class Unfit(ValueError):
    """A value that cannot be kept exactly as it is; the message says why."""


def _number(text: str) -> int | Decimal:
    return plain(Decimal(text))


_decoder = msgspec.json.Decoder(float_hook=_number)
_canonical = msgspec.json.Encoder(order="sorted", decimal_format="number")
_compact = msgspec.json.Encoder(decimal_format="number")


def loads(text: str | bytes) -> Any:
    return _decoder.decode(text)


def dumps(value: Any) -> bytes:
    return _compact.encode(value)


def canonical(value: Any) -> bytes:
    return _canonical.encode(value)


def plain(number: Decimal) -> int | Decimal:
    """The one way to write a number: 12.50 becomes 12.5 and 100.00 becomes 100."""
    if not number.is_finite():
        raise Unfit("is not a number")
    # The exponent first: a number beyond every range cannot even be shortened.
    if abs(number.adjusted()) > MAX_DIGITS or len(number.normalize().as_tuple().digits) > MAX_DIGITS:
        raise Unfit(f"has more than {MAX_DIGITS} digits")
    whole = number.to_integral_value()
    return int(whole) if whole == number else number.normalize()


def normal(value: Any) -> Any:
    """A copy of JSON-like data in which every number is `plain`. Raises Unfit."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float | Decimal):
        return plain(Decimal(str(value)))
    if isinstance(value, Mapping):
        return {_text(str(key)): normal(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [normal(item) for item in value]
    return str(value)


def _text(value: str) -> str:
    if "\x00" in value or (not value.isprintable() and any("\ud800" <= letter <= "\udfff" for letter in value)):
        raise Unfit("has characters that are no text")
    return value
