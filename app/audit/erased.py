"""Which values of an event were erased, and when, in words."""

from datetime import datetime
from typing import Any

from engine.wording.values import day, listed

COLUMNS = {"/actor_name": "name", "/address": "address", "/agent": "browser"}


def erased_words(event: Any) -> str:
    """Name, address and comment, on 3 March 2026. Empty where nothing was. `event`: a row of the events table."""
    gone = event.erased["gone"] if event.erased else {}
    days: dict[str, list[str]] = {}
    for place, told in gone.items():
        name = COLUMNS.get(place) or place.rpartition("/")[2].replace("~1", "/").replace("~0", "~").replace("_", " ")
        days.setdefault(day(datetime.fromisoformat(told["at"])), []).append(name)
    return "; ".join(f"{listed(names)} erased on {when}" for when, names in days.items())
