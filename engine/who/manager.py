"""The requester's manager, or who is more steps up the line."""

from collections.abc import Iterable
from typing import Any

from engine.people import Directory, up_the_line
from engine.who import Cast, Looked

LABEL = "The requester's manager"
SCHEMA = {
    "title": "Steps up the line",
    "description": "1 is the requester's manager, 2 that one's manager.",
    "type": "integer",
    "minimum": 1,
    "maximum": 10,
}
MEMBERS, OF_REQUEST = False, True


def people(value: Any, looked: Looked) -> Iterable[str]:
    return up_the_line(looked.directory, looked.requester, int(value), looked.barred, looked.deciding)


def belongs(_: Any, __: str, ___: Directory) -> bool:
    return False


def cast(value: Any) -> Cast:
    return Cast(line=int(value))


def text(value: Any, _: Directory | None) -> str:
    steps = int(value)
    return "the requester's manager" if steps == 1 else f"the manager {steps} levels above the requester"
