"""Incidents: why a request stops until an administrator mends it, and how much one command may do before it does.

A step raises Stop; the interpreter alone turns it, or any other exception of a step, into a Blocked event.
"""

from engine.reasons import Coded
from engine.rules import Undecidable

# Entries of one step by one token in one command, each over other data; more is a circle that waits for nobody.
MAX_VISITS = 10
# Rows that one command may ask for: tasks, messages, timers, calls.
MAX_EFFECTS = 2_500
# People asked by one step, and people told by one notification.
MAX_ASKED, MAX_TOLD = 200, 1_000
# Bytes of JSON: all data of a request, and one answer of another system.
MAX_DATA, MAX_ANSWER = 1_000_000, 200_000


class Stop(Coded):
    """The step cannot go on with this definition, these data or these people. Codes: engine/wording/catalogue/stops.py.

    then: the outcome to take when it is tried again, where the step's own work is done already.
    """

    def __init__(self, code: str, then: str | None = None, **params: object) -> None:
        super().__init__(code, **params)
        self.then = then


def stop_of(error: Exception, step: str) -> Stop:
    """An exception as what the record says of it. What is nobody's to know stays out: the shell logs it."""
    if isinstance(error, Stop):
        return error
    if isinstance(error, Undecidable):
        return Stop("undecidable", step=step, why=error.reason)
    return Stop("internal", step=step)
