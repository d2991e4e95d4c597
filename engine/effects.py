"""Everything the engine can ask for. It does none of it."""

from datetime import datetime
from typing import Any

from msgspec import Struct, field


class OpenTask(Struct, frozen=True):
    id: str
    step: str
    kind: str
    name: str
    assignee: str
    due: datetime | None = None


class CloseTasks(Struct, frozen=True):
    """by: the person whose decision closed them, if it was a person's."""

    ids: list[str]
    status: str
    by: str | None = None
    comment: str | None = None


class SetTimer(Struct, frozen=True):
    id: str
    due: datetime


class ClearTimer(Struct, frozen=True):
    id: str


class Tell(Struct, frozen=True):
    """A message to one person through the definition's channels."""

    message: str
    person: str
    step: str
    task: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


class Call(Struct, frozen=True):
    """An HTTP call: kind is "call" or "undo", first is the seconds before the second attempt."""

    id: str
    kind: str
    step: str
    call: dict[str, Any]
    attempts: int
    first: float


class Expect(Struct, frozen=True):
    """An external event of this name and correlation key is waited for, and one that came early counts."""

    id: str
    step: str
    name: str
    key: str


Effect = OpenTask | CloseTasks | SetTimer | ClearTimer | Tell | Call | Expect
