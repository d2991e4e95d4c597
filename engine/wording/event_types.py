"""What sorts of events there are, as filters and tables call them, and how a line of each is marked."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from msgspec import ValidationError

from engine.events import Tone, read, types
from engine.wording import log_events

LOG_KINDS = {name: word for name, (word, _) in log_events.KINDS.items()}


@cache
def kinds() -> dict[str, str]:
    """What a filter calls each type of event of a request."""
    return {name: event.LABEL for name, event in types().items()}


def kind(event_type: str) -> str:
    """What sort of thing happened, as a filter and a table call it."""
    return kinds().get(event_type) or log_events.KINDS.get(event_type, (event_type,))[0]


def tone(event: Mapping[str, Any]) -> Tone:
    """How the line is marked, besides its words; plain where this release does not know the event."""
    try:
        return read(event["type"], event["data"]).tone
    except (KeyError, ValidationError):
        return "plain"


def icon(event_type: str) -> str:
    """A name in static/icons.svg."""
    event = types().get(event_type)
    return event.ICON if event else log_events.KINDS.get(event_type, ("", "circle"))[1]
