"""Where an instance stands. Small, serialisable, and nothing but what its events say (engine/apply.py).

Lists in it are replaced and not changed, so that copies may share them.
"""

from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct, field, to_builtins
from msgspec.structs import replace

from engine.reasons import Reason

# Of state, events and what is hashed of them. Raised when a process that knows the one before can no longer read it.
FORMAT = 1

SignedBy = Literal["person", "rule", "timer"]


class OpenTask(Struct, frozen=True, omit_defaults=True):
    """through: the group or role that the assignee was asked for, as an entry of `who`."""

    id: str
    assignee: str
    through: dict[str, Any] | None = None


class Wait(Struct, omit_defaults=True):
    """A token that waits: for people, for the clock, for an external event.

    need: how many must agree. level: id of the level that is asked; rest: of those that come after it.
    left: reminders to come. timer: the armed one, for the next of left or due. expects: id of the external event that
    ends it.
    """

    tasks: list[OpenTask]
    need: int = 1
    level: str | None = None
    rest: list[str] = field(default_factory=list)
    timer: str | None = None
    due: str | None = None
    left: list[str] = field(default_factory=list)
    escalations: int = 0
    expects: str | None = None


class Blocked(Reason, frozen=True, omit_defaults=True):
    """An incident. then: the outcome of a retry."""

    then: str | None = None


class Passed(Struct, frozen=True, omit_defaults=True):
    """A step that the token left, with the seq at which it did. approved: people, a rule or the clock agreed there."""

    step: str
    seq: int
    approved: bool = False


class Token(Struct, omit_defaults=True):
    """A place in the flow. It waits for people (wait), for an effect's result, or for an admin (blocked).

    visit: the seq at which it arrived. trail: the steps that lead here, without what a way back undid.
    then: where it goes after an approval that a change made necessary anew. keep: steps whose signatures hold
    when it comes to them again.
    """

    id: int
    step: str
    wait: Wait | None = None
    effect: str | None = None
    blocked: Blocked | None = None
    visit: int = 0
    trail: list[Passed] = field(default_factory=list)
    then: str | None = None
    keep: list[str] = field(default_factory=list)

    def copied(self) -> "Token":
        token = replace(self)
        if self.wait is not None:
            token.wait = replace(self.wait)
        return token


class Signature(Struct, frozen=True, omit_defaults=True):
    """Who decided what, in which round, over which data. Whether it counts is told by engine/signatures.py.

    visit: the arrival of the token at the step. level: "" where a rule approved the whole step. seq: of the event.
    on_behalf: whom the person represents. through: as in OpenTask. seen: the seq that was on the person's screen.
    need: how many the level needed. covers: a digest by field; of an erased value it is None, which holds until the
    field changes.
    """

    step: str
    visit: int
    level: str
    outcome: str
    seq: int
    by: SignedBy = "person"
    task: str | None = None
    person: str | None = None
    on_behalf: str | None = field(default=None, name="for")
    through: dict[str, Any] | None = None
    seen: int | None = None
    need: int = 1
    covers: dict[str, str | None] = field(default_factory=dict)


class Undo(Struct, frozen=True, omit_defaults=True):
    """An action that ran and can be compensated; by a person where its call could not be filled in (lacks: why)."""

    step: str
    call: dict[str, Any] | None = None
    lacks: Reason | None = None


class State(Struct, omit_defaults=True):
    """v: format of the state and its events, as the first event says. seq: number of the newest event.

    changed: the seq at which each field last changed after the start. signed: the decisions of the present round.
    stand_ins: who sent the request in again for its requester.
    closing: the status it will end with once what still runs has answered and been undone. undone_after: the status
    that led to the undoing. timed_out: the clock gave the newest answer, and it was no approval. remains: the steps
    whose work an administrator left as it is.
    """

    instance: str
    requester: str
    data: dict[str, Any]
    v: int = 0
    title: str = ""
    seq: int = 0
    changed: dict[str, int] = field(default_factory=dict)
    tokens: list[Token] = field(default_factory=list)
    signed: list[Signature] = field(default_factory=list)
    stand_ins: list[str] = field(default_factory=list)
    undo: list[Undo] = field(default_factory=list)
    undoing: str | None = None
    closing: str | None = None
    undone_after: str | None = None
    timed_out: bool = False
    reason: Reason | None = None
    ended: str | None = None
    remains: list[str] = field(default_factory=list)

    @property
    def askers(self) -> tuple[str, ...]:
        """Whose own request this is."""
        return self.requester, *self.stand_ins

    @property
    def status(self) -> str:
        if self.ended:
            return self.ended
        asks = not self.closing and any(token.wait and token.wait.level is not None for token in self.tokens)
        return "waiting_approval" if asks else "running"

    @property
    def blocked(self) -> Blocked | None:
        return next((token.blocked for token in self.tokens if token.blocked), None)

    def copied(self) -> "State":
        """To be changed by events, while this one stays as it is."""
        state = replace(self)
        state.data, state.changed = self.data.copy(), self.changed.copy()
        state.tokens = [token.copied() for token in self.tokens]
        return state

    def token(self, number: int) -> Token:
        for token in self.tokens:
            if token.id == number:
                return token
        raise ValueError(f"there is no token {number}")

    def token_of(self, task: str) -> Token | None:
        for token in self.tokens:
            for open_task in token.wait.tasks if token.wait else ():
                if open_task.id == task:
                    return token
        return None


def as_data(state: State) -> dict[str, Any]:
    """As JSON-like data in which decimals are decimals: by itself, msgspec makes texts of them."""
    made: dict[str, Any] = to_builtins(state, builtin_types=(Decimal,))
    return made
