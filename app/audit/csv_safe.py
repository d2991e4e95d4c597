"""Values as cells that a spreadsheet shows and never calculates."""

import re
from decimal import Decimal
from typing import Any

# What starts a formula, after blanks too, and after the quotes with which we said that it is none.
FORMULA = re.compile(r"'*[\s\ufeff\u200b]*[=+\-@|%\t\r\n\uff1d\uff0b\uff0d\uff20]")


def cell(value: Any) -> Any:
    """Numbers stay numbers; text that would be calculated gets a quote in front."""
    if value is None or isinstance(value, int | Decimal):
        return value
    text = str(value)
    return f"'{text}" if FORMULA.match(text) else text


def plain(text: str) -> str:
    """The text that `cell` was given."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text
