"""Whoever made the request."""

from collections.abc import Iterable
from typing import Any

from engine.people import Directory
from engine.who import Looked

LABEL = "The requester"
SCHEMA = {"title": "Requester", "const": True}
MEMBERS, OF_REQUEST = False, True


def people(value: Any, looked: Looked) -> Iterable[str]:
    return [looked.requester] if value else []


def belongs(_: Any, __: str, ___: Directory) -> bool:
    return False


def text(_: Any, __: Directory | None) -> str:
    return "the requester"
