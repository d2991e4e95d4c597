"""Ways to reach a person, one file each: LABEL, and send(message, settings), which returns once that is done.

It keeps no books but raises Retry or GiveUp (app/effects/results.py); attempts and waits are in app/effects/work.py.
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
