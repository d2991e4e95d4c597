"""Whether a request is what its events say: fold(events) == state, and so for what stands beside the state."""

from collections.abc import Mapping
from typing import Any

from msgspec import ValidationError

from engine.apply import replay
from engine.pointers import split
from engine.state import State, as_data

# The fields of events whose members become values of the request.
VALUES = ("data", "values", "set", "after")


def field_of(pointer: str) -> str | None:
    """The field of the request that an event gives this value to; None for its other values."""
    path = split(pointer)
    return path[2] if len(path) == 3 and path[0] == "data" and path[1] in VALUES else None


class Replay:
    """For engine/record/verify.py: takes the events of one chain in order.

    untold: erased values that took the place of an erased or empty one. The replay takes them as no change.
    """

    def __init__(self) -> None:
        self.untold = 0
        self._state = State("", "", {})
        self._title = ""
        self._unknown: str | None = None

    def add(self, event: Mapping[str, Any]) -> None:
        if self._unknown:
            return
        gone = map(field_of, (event["erased"] or {"gone": ()})["gone"])
        self.untold += sum(name is not None and self._state.data.get(name, ...) is None for name in gone)
        try:
            replay(self._state, event["type"], event["data"])
        except (KeyError, ValueError, ValidationError) as odd:
            self._unknown = f"event {event['seq']} ({event['type']}) cannot be replayed: {odd!r}"
        self._title = event["data"].get("title", self._title)

    def difference(self, request: Mapping[str, Any]) -> str | None:
        """`request`: state, status, title, requester_id as they are stored. None where all is as the events say."""
        if self._unknown:
            return self._unknown
        state = self._state
        beside = {"status": state.status, "title": self._title or "", "requester_id": state.requester}
        folded = as_data(state) | beside
        stored = request["state"] | {name: str(request[name]) for name in beside}
        odd = sorted(key for key in folded.keys() | stored.keys() if folded.get(key) != stored.get(key))
        return f"it is not what its events lead to (differs in {', '.join(odd)})" if odd else None
