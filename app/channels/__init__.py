"""Ways to reach a person, one file each: LABEL, and send(message, settings), which returns once it is handed over.

A channel keeps no books. It raises Retry or GiveUp (app/outcomes.py); attempts and waits are app/effects.py's.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """id: the same on every attempt. thread: messages of one thread belong together at the reader's side."""

    id: str
    thread: str
    name: str
    address: str
    subject: str
    text: str
    html: str
