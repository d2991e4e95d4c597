"""Why a request ended as it did, in words; nothing where the reason only repeats the end."""

from collections.abc import Container

from engine.approvals import level_of
from engine.definition import Definition
from engine.people import Directory
from engine.reasons import Reason, says_more
from engine.signatures import at, counting
from engine.state import State
from engine.wording.labels import NOBODY, Labels, level_name
from engine.wording.sentences import sentence
from engine.wording.values import clean, listed, quote

SILENT = ("rejected", "changes_requested", "withdrawn", "cancelled")


def why_ended(reason: Reason | None, silent: Container[str] = SILENT, labels: Labels = NOBODY) -> str:
    """silent: codes that need no words beside the status. What was erased is empty."""
    return sentence(reason, labels) if reason and says_more(reason, silent) else ""


def unanswered(definition: Definition, state: State, people: Directory) -> str:
    """Which levels the clock approved, and who had answered them; empty where there are none."""
    counted = counting(definition, state)
    told = []
    for late in (one for one in counted if one.by == "timer"):
        signed = [one.person for one in at(counted, late.step, late.level) if one.person]
        only = f"Only {listed(clean(people.name(person), 80) for person in signed)}" if signed else "Nobody"
        told.append(f"{only} answered {quote(level_name(level_of(definition, late.step, late.level)))} in time")
    return f"{'; '.join(told)}; that counted as approved." if told else ""
