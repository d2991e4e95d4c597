"""Why a request ended as it did, in words; nothing where the reason only repeats the end."""

from collections.abc import Container

from engine.definition import Definition
from engine.phrases import msgid, phrase
from engine.reasons import Reason, says_more
from engine.signatures import at, counting
from engine.state import State
from engine.wording.labels import NOBODY, Labels
from engine.wording.sentences import sentence, tell

SILENT = ("rejected", "changes_requested", "withdrawn", "cancelled")
ONLY = msgid("Only {people} answered “{level}” in time; that counted as approved.")
NONE = msgid("Nobody answered “{level}” in time; that counted as approved.")


def why_ended(reason: Reason | None, silent: Container[str] = SILENT, labels: Labels = NOBODY) -> str:
    """silent: codes that need no words beside the status. What was erased is empty."""
    return sentence(reason, labels) if reason and says_more(reason, silent) else ""


def unanswered(definition: Definition, state: State, labels: Labels) -> str:
    """Which levels the clock approved, and who had answered them; empty where there are none."""
    counted = counting(definition, state)
    told = []
    for late in (one for one in counted if one.by == "timer"):
        signed = [one.person for one in at(counted, late.step, late.level) if one.person]
        told.append(phrase(ONLY if signed else NONE, step=late.step, level=late.level, people=signed))
    return " ".join(tell(one, labels) for one in told)
