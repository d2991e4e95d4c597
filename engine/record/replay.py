"""Whether an instance's state is what its events say: fold(events) == state, event by event."""

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.apply import apply
from engine.state import State


class Fold:
    """For engine/record/verify.py: takes the events of one chain in order."""

    def __init__(self) -> None:
        self._state = State("", "", {})
        self._unknown: str | None = None

    def add(self, event: Mapping[str, Any]) -> None:
        if self._unknown:
            return
        try:
            apply(self._state, event["type"], event["data"])
        except (KeyError, TypeError, ValueError, StopIteration, AttributeError) as odd:
            self._unknown = f"event {event['seq']} ({event['type']}) cannot be replayed: {odd!r}"

    def difference(self, instance: Mapping[str, Any]) -> str | None:
        if self._unknown:
            return self._unknown
        folded = msgspec.to_builtins(self._state)
        stored = instance["state"]
        if folded == stored and self._state.status == instance["status"]:
            return None
        odd = sorted(key for key in folded.keys() | stored.keys() if folded.get(key) != stored.get(key))
        return f"its state is not what its events lead to (differs in {', '.join(odd) or 'status'})"
