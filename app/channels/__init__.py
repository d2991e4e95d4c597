"""Ways to reach a person, one file each: what a file must state is a Channel.

It keeps no books but raises Retry or GiveUp (app/effects/results.py); attempts and waits are in app/effects/work.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from engine.registry import plugins

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.config import Settings, Variable
    from engine.definition import Definition
    from engine.people import Person


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


class Channel(Protocol):
    """DEFAULT: whether it takes the messages of a definition that says nothing of channels."""

    LABEL: str
    DEFAULT: bool

    def is_set_up(self, settings: Settings, /) -> bool:
        """Whether messages really leave by it; where they do not, they are only kept."""

    def address(self, person: Person, /) -> str:
        """Where it reaches them; empty where it cannot."""

    def send(self, message: Message, settings: Settings, /) -> None:
        """Returns once that is done. Raises Retry, GiveUp."""


class Configured(Protocol):
    """SETTINGS: its own, by variable of the environment; `settings.channels` holds what is set, as text."""

    SETTINGS: Mapping[str, Variable]


class Headed(Protocol):
    """Says more about a message than its text."""

    def headers(self, message: Message, settings: Settings, /) -> list[tuple[str, str]]: ...


def channels() -> Mapping[str, Channel]:
    return plugins(__name__, Channel)


def defaults() -> list[str]:
    return [name for name, channel in channels().items() if channel.DEFAULT]


def channels_of(definition: Definition) -> list[str]:
    """Those that every message of its requests takes, whether they are there or not."""
    return defaults() if definition.channels is None else list(dict.fromkeys(definition.channels))
