"""What a search of the record finds, as people read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row


@dataclass(frozen=True)
class Line:
    """An event with its request and its sentence. event: all columns of the events table.

    data: of the event, as far as its reader is told it.
    """

    event: Row[Any]
    request: str
    title: str
    definition: str
    story: str
    data: dict[str, Any]


# Each with the hash before it, None before the first.
Lines = Iterator[tuple[Line, bytes | None]]


@dataclass(frozen=True)
class Day:
    day: date
    approved: int
    by_rule: int
    rejected: int
    changes: int
