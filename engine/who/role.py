"""Whoever has a role. A role may have nobody yet: roles come with whoever is invited next."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from engine.definition import Step
from engine.people import Directory
from engine.problems import Problem, problem
from engine.who import Cast, Looked

LABEL = "Anyone with a role"
SCHEMA = {"title": "Role", "type": "string", "format": "role", "minLength": 1, "maxLength": 200}
MEMBERS, OF_REQUEST = True, False


def people(value: Any, looked: Looked) -> Iterable[str]:
    return [person.id for person in looked.directory.people.values() if value in person.roles]


def belongs(value: Any, person: str, directory: Directory) -> bool:
    return person in directory.people and value in directory.people[person].roles


def cast(value: Any) -> Cast:
    return Cast(roles=(str(value),))


def text(value: Any, _: Directory | None) -> str:
    return f"anyone with the role {value}"


def look_up(step: Step, field: str, value: Any, _: Directory, roles: Collection[str]) -> Iterator[Problem]:
    if value not in roles:
        yield problem("role_unknown", step.id, field, role=value, offered=sorted(roles))
