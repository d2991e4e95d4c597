"""Whoever a field of the request names, by id, e-mail address or handle; of a list, all of them."""

from collections.abc import Iterable
from typing import Any

from engine.people import Directory
from engine.who import Looked

LABEL = "Whoever the request names"
SCHEMA = {
    "title": "Field",
    "description": "The field of the request that says who it is.",
    "type": "string",
    "format": "data-field",
    "minLength": 1,
    "maxLength": 200,
}
MEMBERS, OF_REQUEST = False, True


def people(value: Any, looked: Looked) -> Iterable[str]:
    given = looked.data.get(value)
    words = given if isinstance(given, list) else [given]
    found = (looked.directory.find(word) for word in words if isinstance(word, str))
    return [person.id for person in found if person]


def belongs(_: Any, __: str, ___: Directory) -> bool:
    return False


def text(value: Any, _: Directory | None) -> str:
    return f"the person named in “{value}”"


def reads(value: Any) -> list[str]:
    return [value]
