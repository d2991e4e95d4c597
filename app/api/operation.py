"""What a call is: the Structs of its body, its query and its answer, and what the documentation says of it."""

from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct

from app.shapes import Nothing


@dataclass(frozen=True)
class Call:
    """Handlers carry it as `call=`. example: of a body. may_miss: what it is about may not be there.

    needs: the permission that is asked again before an answer of before is told again. starts: it makes a request, and
    so many of them in a minute are the most.
    """

    summary: str
    answer: type[Struct]
    details: str = ""
    body: type[Struct] | None = None
    example: dict[str, Any] = field(default_factory=dict)
    body_needed: bool = True
    query: type[Struct] = Nothing
    may_miss: bool = False
    needs: str = ""
    starts: bool = False
