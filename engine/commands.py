"""What an instance can be told, and why it may refuse."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field

from engine.reasons import Coded, Reason


class Start(Struct, frozen=True):
    """files: SHA-256 in hex of each file that the data names, by its id; so in Decide, Submit and Correct."""

    instance: str
    requester: str
    data: dict[str, Any]
    title: str
    definition: str
    version: int
    content_hash: str
    files: dict[str, str] = field(default_factory=dict)


class Decide(Struct, frozen=True):
    """seen: the seq of the state that the person looked at; None stands for the present one.

    reason: why, where it is told apart from the comment. Both are read as one remark.
    metadata: what the program that speaks for the person wants kept beside the decision.
    through: whose key it speaks through; that person is barred like the one who decides.
    """

    task: str
    person: str
    outcome: str
    comment: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    through: str = ""
    files: dict[str, str] = field(default_factory=dict)
    seen: int | None = None


class Submit(Struct, frozen=True):
    task: str
    person: str
    data: dict[str, Any]
    files: dict[str, str] = field(default_factory=dict)


class FireTimer(Struct, frozen=True):
    timer: str


class EffectSucceeded(Struct, frozen=True):
    effect: str
    result: Any = None


class EffectFailed(Struct, frozen=True):
    effect: str
    error: str


class Receive(Struct, frozen=True):
    """An external event came in. expected: the id that what waits for it has. event: the sender's own id.

    person: whose program sent it.
    """

    expected: str
    event: str
    data: dict[str, Any] = field(default_factory=dict)
    person: str = ""


class Withdraw(Struct, frozen=True):
    person: str
    reason: str = ""


class Cancel(Struct, frozen=True):
    reason: str = ""


class HandOn(Struct, frozen=True):
    """Give what this person is asked to others, where the directory says that the person may not answer any more."""

    person: str


class Retry(Struct, frozen=True):
    """Try what is blocked once more, after somebody mended the cause."""


class Correct(Struct, frozen=True):
    """Give data fields of a blocked request other values, empty some, and try again. It decides nothing."""

    person: str
    values: dict[str, Any]
    reason: str
    files: dict[str, str] = field(default_factory=dict)
    cleared: list[str] = field(default_factory=list)


class MarkUndone(Struct, frozen=True):
    """Somebody undid by hand what a stuck compensation could not; the next one goes on."""

    reason: str


Command = (
    Start
    | Decide
    | Submit
    | FireTimer
    | EffectSucceeded
    | EffectFailed
    | Receive
    | Withdraw
    | Cancel
    | HandOn
    | Retry
    | Correct
    | MarkUndone
)


class Refused(Coded):
    """Nothing changed. The codes: engine/wording/catalogue/refusals.py.

    errors: for values and changed, each by the pointer of a field.
    """

    def __init__(self, code: str, errors: Sequence[tuple[str, Reason]] = (), **params: Any) -> None:
        super().__init__(code, **params)
        self.errors = list(errors)
