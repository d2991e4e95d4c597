"""What a worker says of an effect: done, try again, or give up."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.store.db import Db


@dataclass(frozen=True)
class Effect:
    """A claimed row. `str(id)` is the idempotency key towards the outside, the same on every attempt.

    facts: what its performer read when it was claimed, in the same transaction.
    """

    id: UUID
    tenant_id: UUID
    instance_id: UUID | None
    kind: str
    payload: dict[str, Any]
    attempts: int
    facts: Any = None


@dataclass(frozen=True)
class Done:
    """`record` runs in the transaction that marks the effect as done.

    kept: a statement that is a part of the one that does so, and its parameters; `done` has the effect's row in it.
    """

    result: dict[str, Any] = field(default_factory=dict)
    record: Callable[[Db], None] | None = None
    kept: tuple[str, dict[str, Any]] | None = None


class Retry(Exception):
    """Worth another attempt, by the effect's own back-off or after what the other side asked for."""

    def __init__(self, message: str, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class GiveUp(Exception):
    """No further attempt can help."""
