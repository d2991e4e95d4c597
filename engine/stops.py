"""Incidents: why a request stops until an administrator mends it, and how much one command may do before it does.

A step raises Stop; the interpreter alone turns it, or any other exception of a step, into a Blocked event.
"""

from typing import Any

from engine.rules import Undecidable

# Entries of one step by one token in one command, each over other data; more is a circle that waits for nobody.
MAX_VISITS = 10
# Rows that one command may ask for: tasks, messages, timers, calls.
MAX_EFFECTS = 2_500
# People asked by one step, and people told by one notification.
MAX_ASKED, MAX_TOLD = 200, 1_000
# Bytes of JSON: all data of a request, and one answer of another system.
MAX_DATA, MAX_ANSWER = 1_000_000, 200_000


class Stop(Exception):
    """The step cannot go on with this definition, this data or these people.

    code: undecidable, setting, duration, nobody, no_level, no_way, late, circle, too_many_effects, too_many_people,
    too_large, wrong_type, missing_field, path, secret_place, reserved_status, undo_incomplete, undo_failed, internal.
    params: what a sentence in another language needs. then: the outcome to take when it is tried again, where the
    step's own work is done already.
    """

    def __init__(self, code: str, reason: str, then: str | None = None, **params: Any) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.then = then
        self.params = params


def stop_of(error: Exception, step: str, name: str) -> Stop:
    """An exception as what the record says of it. What is nobody's to know stays out: the shell logs it."""
    if isinstance(error, Stop):
        return error
    if isinstance(error, Undecidable):
        return Stop("undecidable", f"“{name}” cannot go on: {error}", step=step, why=str(error))
    return Stop("internal", f"“{name}” does not work; the log of the server says why.", step=step)
