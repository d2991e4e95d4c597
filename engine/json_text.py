"""JSON as we store, send and hash it: decimals stay decimal, keys are sorted, one value has one text.

The text of `canonical` is that of RFC 8785 for everything `normal` lets through: numbers are integers or
decimals of at most fifteen significant digits, so a reader that uses doubles sees the same digits.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from engine import numbers
from engine.reasons import Coded


class Unfit(Coded, ValueError):
    """A value that cannot be kept exactly as it is."""


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
    """As `numbers.plain`. Raises Unfit."""
    try:
        return numbers.plain(number)
    except numbers.Unreadable as why:
        unfit = Unfit("value_digits", most=numbers.MAX_DIGITS) if number.is_finite() else Unfit("value_no_number")
        raise unfit from why


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
        raise Unfit("value_no_text")
    return value
