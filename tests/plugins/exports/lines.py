"""How many events, in a text."""

from collections.abc import Callable

from app.reports.model import Material

LABEL = "Plain count"
HINT = "How many events there are."
MEDIA_TYPE = "text/plain"
EXTENSION = "txt"
PLACE = 9


def write(material: Material, progress: Callable[[int], None]) -> bytes:
    progress(50)
    return f"{material.events} events\n".encode()
