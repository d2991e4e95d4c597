"""What sorts of events there are, as filters and tables call them, and how a line of each is marked."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from msgspec import ValidationError

from engine.events import Tone, all_types, recorded


@cache
def kinds() -> dict[str, str]:
    """What a filter calls each type of event."""
    return {name: event.LABEL for name, event in all_types().items()}


def kind(event_type: str) -> str:
    """What sort of thing happened, as a filter and a table call it."""
    return kinds().get(event_type, event_type)


def tone(event: Mapping[str, Any]) -> Tone:
    """How the line is marked, besides its words; plain where this release does not know the event."""
    try:
        return recorded(event["type"], event["data"]).tone
    except (KeyError, ValidationError):
        return "plain"


def icon(event_type: str) -> str:
    """A name in static/icons.svg."""
    event = all_types().get(event_type)
    return event.ICON if event else "circle"
