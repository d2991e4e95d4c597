"""Everybody whom the requester's manager manages, but the requester."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from engine.definition import Step
from engine.people import Directory
from engine.problems import Problem, problem
from engine.who import Looked

LABEL = "Colleagues"
SCHEMA = {"title": "At most", "type": "integer", "minimum": 1}
MEMBERS, OF_REQUEST = False, True
TEXTS = {"too_few_colleagues": "There are no {most} colleagues."}


def people(value: Any, looked: Looked) -> Iterable[str]:
    everybody = looked.directory.people
    manager = everybody[looked.requester].manager
    found = [key for key, one in everybody.items() if manager and one.manager == manager and key != looked.requester]
    return found[:value]


def belongs(_: Any, __: str, ___: Directory) -> bool:
    return False


def text(_: Any, __: Directory | None) -> str:
    return "the requester's colleagues"


def look_up(step: Step, field: str, value: Any, directory: Directory, _: Collection[str]) -> Iterator[Problem]:
    if value > len(directory.people):
        yield problem("too_few_colleagues", step.id, field, most=value)
