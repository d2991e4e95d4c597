"""Whoever is in a group, by its key."""

import difflib
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from engine.definition import Step
from engine.people import Directory
from engine.problems import Problem
from engine.who import Looked

LABEL = "A group"
SCHEMA = {"title": "Group", "description": "The group's key.", "type": "string", "minLength": 1, "maxLength": 200}
MEMBERS, OF_REQUEST = True, False


def people(value: Any, looked: Looked) -> Iterable[str]:
    return looked.directory.groups.get(value, ())


def belongs(value: Any, person: str, directory: Directory) -> bool:
    return person in directory.groups.get(value, ())


def text(value: Any, directory: Directory | None) -> str:
    names = directory.group_names if directory else {}
    return names.get(value, str(value).replace("-", " ").capitalize())


def look_up(step: Step, field: str, value: Any, directory: Directory, _: Collection[str]) -> Iterator[Problem]:
    if value not in directory.groups:
        words = f"the group “{value}”, and there is no such group.{_close(value, directory.groups)}"
        yield Problem(step.id, field, f"“{step.name}” asks {words}")
    elif not any(directory.able(person, deciding=False) for person in directory.groups[value]):
        name = directory.group_names.get(value, value)
        words = f"the group “{name}”, and nobody is in it. Add somebody to the group first."
        yield Problem(step.id, field, f"“{step.name}” asks {words}")


def _close(name: str, groups: dict[str, tuple[str, ...]]) -> str:
    found = difflib.get_close_matches(name, groups, 1)
    return f" Did you mean “{found[0]}”?" if found else " Make the group first, or choose another."
