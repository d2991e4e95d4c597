"""Scripts: what is filled in at the start, and every move of people, other systems and the clock after it."""

from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
Does = Literal[
    "decide",
    "submit",
    "wait",
    "receive",
    "succeed",
    "fail",
    "leave",
    "withdraw",
    "cancel",
    "retry",
    "correct",
    "undone",
]


class Move(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing that somebody does, or that happens; engine/schema.json says what each field means.

    step, by: may be empty where the request leaves no doubt. length: of a wait, in ISO 8601. cleared: fields that a
    correction empties.
    """

    do: Does
    step: str = ""
    by: str = ""
    outcome: str = ""
    comment: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    length: str = field(default="", name="for")
    answer: Any = None
    error: str = ""
    cleared: list[str] = field(default_factory=list, name="clear")


class Script(Struct, frozen=True, omit_defaults=True):
    """requester, and `by` of the moves: an id, an e-mail address or a handle of the directory it is run in."""

    data: dict[str, Any] = field(default_factory=dict)
    requester: str = "requester"
    at: datetime = MONDAY
    moves: list[Move] = field(default_factory=list)


class Played(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A made-up person; what is None is as usual."""

    name: str | None = None
    manager: str | msgspec.UnsetType | None = msgspec.UNSET
    groups: list[str] | None = None
    roles: list[str] | None = None
    active: bool = True
    decides: bool = True


class Expected(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is None is not looked at."""

    status: str | None = None
    step: str | None = None
    path: list[str] | None = None
    asked: list[str] | None = None
    data: dict[str, Any] | None = None


class Case(Script, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """A test case: a script among made-up people, with what is to come of it."""

    name: str
    expect: Expected
    people: dict[str, Played] = field(default_factory=dict)
