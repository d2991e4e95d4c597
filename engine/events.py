"""What happened, past tense, never changed. The types and their data are listed in apply.py and the step modules."""

from typing import Any, Literal

from msgspec import Struct

By = Literal["actor", "rule", "timer", "system"]


class Event(Struct, frozen=True):
    """by: whose doing it was; "actor" is whoever sent the command."""

    type: str
    data: dict[str, Any]
    by: By = "system"
