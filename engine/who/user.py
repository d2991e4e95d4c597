"""A person by name: e-mail address, handle or id."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from engine.definition import Step
from engine.people import Directory
from engine.problems import Problem, problem
from engine.who import Cast, Looked

LABEL = "A person"
SCHEMA = {
    "title": "Person",
    "description": "Their e-mail address.",
    "type": "string",
    "format": "person",
    "minLength": 1,
    "maxLength": 200,
}
MEMBERS, OF_REQUEST = False, False


def people(value: Any, looked: Looked) -> Iterable[str]:
    person = looked.directory.find(str(value))
    return [person.id] if person else []


def belongs(value: Any, person: str, directory: Directory) -> bool:
    found = directory.find(str(value))
    return found is not None and found.id == person


def cast(value: Any) -> Cast:
    return Cast(people=(str(value),))


def text(value: Any, directory: Directory | None) -> str:
    person = directory.find(str(value)) if directory else None
    return person.name if person else str(value)


def look_up(step: Step, field: str, value: Any, directory: Directory, _: Collection[str]) -> Iterator[Problem]:
    person = directory.find(str(value))
    if person is None:
        yield problem("person_unknown", step.id, field, text=str(value))
    elif not person.active:
        yield problem("person_left", step.id, field, person=person.id)
