"""What a call is: the schemas its body and query are checked against, and what the documentation says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """Handlers carry it as `call=`. query: a schema for each parameter. may_miss: what it is about may not be there.

    needs: the permission that is asked again before an answer of before is told again. starts: it makes a request, and
    so many of them in a minute are the most.
    """

    summary: str
    answer: Schema
    details: str = ""
    body: Schema | None = None
    body_needed: bool = True
    query: Mapping[str, Schema] = field(default_factory=dict)
    may_miss: bool = False
    needs: str = ""
    starts: bool = False
