"""Where a person can go from any page, by what they may do. Pure."""

from collections.abc import Callable, Mapping
from typing import NamedTuple


class Place(NamedTuple):
    """permission: "" for everybody. also: further addresses that belong to it."""

    href: str
    text: str
    icon: str
    permission: str = ""
    also: tuple[str, ...] = ()


class Shown(NamedTuple):
    href: str
    text: str
    icon: str
    current: bool
    stuck: int


MAIN = (
    Place("/tasks", "My work", "inbox", "approval:view:pending"),
    Place("/instances/new", "New request", "circle-plus", "instance:start"),
    Place("/instances", "My requests", "files", "instance:start"),
    Place("/definitions", "Definitions", "workflow", "definition:read"),
    Place("/audit", "Audit", "scroll-text", "audit:read", ("/reports",)),
    Place("/people", "People", "users", "people:read", ("/groups",)),
)
ADMIN = (
    Place("/mail", "Mail", "mail", "mail:read"),
    Place("/effects", "Deliveries", "webhook", "effect:manage"),
    Place("/keys", "API keys", "key-round", "key:manage"),
)
OWN = (
    Place("/mail", "Mail", "mail"),
    Place("/keys", "API keys", "key-round"),
    Place("/profile", "Time zone", "clock"),
    Place("/sessions", "Where you are logged in", "monitor"),
    Place("/password", "Change password", "lock"),
)


def shown(places: tuple[Place, ...], can: Callable[[str], bool], path: str, counts: Mapping[str, int]) -> list[Shown]:
    """Those a person may see. The current one is the one with the longest address above the page's.

    counts: by address, what is stuck there.
    """
    here = max((_depth(place, path), place.href) for place in MAIN + ADMIN + OWN)
    return [
        Shown(place.href, place.text, place.icon, here[0] > 0 and here[1] == place.href, counts.get(place.href, 0))
        for place in places
        if not place.permission or can(place.permission)
    ]


def _depth(place: Place, path: str) -> int:
    return max(len(href) if path == href or path.startswith(f"{href}/") else 0 for href in (place.href, *place.also))
