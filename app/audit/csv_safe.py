"""CSV injection guard: values as cells that a spreadsheet shows and never calculates."""

import re
from decimal import Decimal
from typing import Any

from engine.record.offline import CELL, FORMULA

# After what some spreadsheet takes for the end of a cell, too: they do not agree on what separates two.
CALCULATED = re.compile(f"{CELL}{FORMULA}")


def cell(value: Any) -> Any:
    """Numbers stay numbers; text that would be calculated gets a quote in front. `offline.plain` undoes it."""
    if value is None or isinstance(value, int | Decimal):
        return value
    return CALCULATED.sub("'", str(value))
