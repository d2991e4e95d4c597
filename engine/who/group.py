"""Whoever is in a group, by its key."""

import difflib
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from engine.definition import Step
from engine.people import Directory
from engine.problems import Problem, problem
from engine.who import Cast, Looked

LABEL = "A group"
SCHEMA = {
    "title": "Group",
    "description": "The group's key.",
    "type": "string",
    "format": "group",
    "minLength": 1,
    "maxLength": 200,
}
MEMBERS, OF_REQUEST = True, False


def people(value: Any, looked: Looked) -> Iterable[str]:
    return looked.directory.groups.get(value, ())


def belongs(value: Any, person: str, directory: Directory) -> bool:
    return person in directory.groups.get(value, ())


def cast(value: Any) -> Cast:
    return Cast(groups=(str(value),))


def text(value: Any, directory: Directory | None) -> str:
    names = directory.group_names if directory else {}
    return names.get(value, str(value).replace("-", " ").capitalize())


def look_up(step: Step, field: str, value: Any, directory: Directory, _: Collection[str]) -> Iterator[Problem]:
    if value not in directory.groups:
        close = difflib.get_close_matches(value, directory.groups, 1)
        if close:
            yield problem("group_unknown_close", step.id, field, text=value, close=close[0])
        else:
            yield problem("group_unknown", step.id, field, text=value)
    elif not any(directory.able(person, deciding=False) for person in directory.groups[value]):
        yield problem("group_empty", step.id, field, group=value)
