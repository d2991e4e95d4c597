"""Pagers: messages go to a list."""

from app.channels import Message
from app.config import Settings, Variable
from engine.people import Person

LABEL = "Pager"
DEFAULT = False
SETTINGS = {"PAGER_URL": Variable("", "Where the pagers are. Unset: they are a list.", "none")}
SENT: list[Message] = []


def is_set_up(_: Settings) -> bool:
    return True


def address(person: Person) -> str:
    return f"pager:{person.handle}" if person.active else ""


def send(message: Message, _: Settings) -> None:
    SENT.append(message)
