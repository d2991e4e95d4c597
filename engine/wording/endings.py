"""Why a request ended as it did, in words; nothing where the reason only repeats the end."""

from collections.abc import Container

from engine.reasons import Reason, says_more
from engine.wording.labels import NOBODY, Labels
from engine.wording.sentences import sentence

SILENT = ("rejected", "changes_requested", "withdrawn", "cancelled")


def why_ended(reason: Reason | None, silent: Container[str] = SILENT, labels: Labels = NOBODY) -> str:
    """silent: codes that need no words beside the status. What was erased is empty."""
    return sentence(reason, labels) if reason and says_more(reason, silent) else ""
