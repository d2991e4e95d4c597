"""Where an instance stands. Small, serialisable, and nothing but what its events say (engine/apply.py)."""

from typing import Any

from msgspec import Struct, field

# Of state, events and what is hashed of them. Raised when a process that knows the one before can no longer read it.
FORMAT = 1


class OpenTask(Struct):
    id: str
    assignee: str


class Wait(Struct, omit_defaults=True):
    """A token that waits for people.

    need: how many must agree. level and rest: the level that is asked and those still to come (indices).
    agreed: who approved this level so far. left: reminders to come. timer: the armed one, for the next of left or due.
    """

    tasks: list[OpenTask]
    need: int = 1
    level: int | None = None
    rest: list[int] = field(default_factory=list)
    agreed: list[str] = field(default_factory=list)
    timer: str | None = None
    due: str | None = None
    left: list[str] = field(default_factory=list)
    escalations: int = 0


class Blocked(Struct, omit_defaults=True):
    """An incident. code and params: as in engine.stops. reason: the sentence. then: the outcome of a retry."""

    code: str
    reason: str
    params: dict[str, Any] = field(default_factory=dict)
    then: str | None = None


class Token(Struct, omit_defaults=True):
    """A place in the flow. It waits for people (wait), for an effect's result, or for an admin (blocked)."""

    id: int
    step: str
    wait: Wait | None = None
    effect: str | None = None
    blocked: Blocked | None = None


class Signature(Struct):
    step: str
    level: int
    person: str


class Undo(Struct, omit_defaults=True):
    """An action that ran and can be compensated; by a person where its call could not be filled in (lacks: why)."""

    step: str
    call: dict[str, Any] | None = None
    lacks: str | None = None


class State(Struct, omit_defaults=True):
    """v: format of the state and its events, as the first event says. seq: number of the newest event.

    passed: levels that need not be asked again, by step.

    closing: the status it will end with once what still runs has answered and been undone. remains: the steps whose
    work an administrator left as it is.
    """

    instance: str
    requester: str
    data: dict[str, Any]
    v: int = 0
    seq: int = 0
    tokens: list[Token] = field(default_factory=list)
    signed: list[Signature] = field(default_factory=list)
    passed: dict[str, list[int]] = field(default_factory=dict)
    undo: list[Undo] = field(default_factory=list)
    undoing: str | None = None
    closing: str | None = None
    reason: str | None = None
    ended: str | None = None
    remains: list[str] = field(default_factory=list)

    @property
    def status(self) -> str:
        if self.ended:
            return self.ended
        asks = not self.closing and any(token.wait and token.wait.level is not None for token in self.tokens)
        return "waiting_approval" if asks else "running"

    @property
    def blocked(self) -> Blocked | None:
        return next((token.blocked for token in self.tokens if token.blocked), None)

    def token_of(self, task: str) -> Token | None:
        for token in self.tokens:
            if token.wait and any(open_task.id == task for open_task in token.wait.tasks):
                return token
        return None
