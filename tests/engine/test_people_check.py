"""Who is asked is looked up before publishing: groups that are not there, people who left, quorums nobody can reach."""

from typing import Any

import msgspec
import pytest

from engine.definition import Definition
from engine.people import Directory
from engine.people_check import people_problems
from engine.wording.labels import labels_of
from engine.wording.sentences import sentence
from tests.engine.cast import directory
from tests.engine.documents import approval, document, level, notify


def told(step: dict[str, Any], people: Directory) -> list[str]:
    labels = labels_of(document(step), people)
    found = people_problems(Definition(document(step)), people, ("approver", "admin"))
    return [f"{problem.step} {problem.field}: {sentence(problem.reason, labels)}" for problem in found]


def without(*gone: str) -> Directory:
    known = directory(legal=(), old=("fay",))
    people = {key: msgspec.structs.replace(one, active=key not in gone) for key, one in known.people.items()}
    return Directory(people, known.groups, {"legal": "Legal"})


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (level(who=[{"group": "bord"}]), "first /levels/0/who/0: “Approval” asks the group “bord”"),
        (level(who=[{"group": "bord"}]), "Did you mean “board”?"),
        (level(who=[{"group": "sales"}]), "Make the group first"),
        (level(who=[{"group": "legal"}]), "the group “Legal”, and nobody is in it"),
        (level(who=[{"group": "old"}]), "nobody is in it"),
        (level(who=[{"manager": 1}, {"group": "sales"}]), "/levels/0/who/1"),
        (
            level(who=[{"role": "pilot"}]),
            "the role “pilot”, and there is no such role. Choose one of: admin, approver.",
        ),
        (level(who=[{"user": "nobody@demo.test"}]), "there is nobody of that name"),
        (level(who=[{"user": "fay"}]), "Fay, who has left"),
        (level(who=[{"group": "board"}], policy={"quorum": 3}), "needs 3 signatures, and only 2 people are asked"),
        (level(who=[{"user": "gus"}], policy={"quorum": 2}), "only one person is asked"),
        (approval(timeout={"then": "escalate", "to": [{"group": "sales"}]}), "first /timeout/to/0"),
        ({**notify("approved"), "who": [{"group": "sales"}]}, "“News” asks the group “sales”"),
    ],
)
def test_nobody_is_asked_who_is_not_there(step: dict[str, Any], words: str) -> None:
    assert any(words in text for text in told(step, without("fay"))), told(step, without("fay"))


@pytest.mark.parametrize(
    "step",
    [
        level(who=[{"group": "board"}], policy={"quorum": 2}),
        level(who=[{"manager": 1}, {"field": "boss"}, {"requester": True}]),
        level(who=[{"group": "board"}, {"manager": 1}], policy={"quorum": 4}),
        level(who=[{"user": "gus@demo.test"}]),
        level(who=[{"role": "admin"}]),
        level(who=[{"role": "approver"}]),
    ],
)
def test_whoever_is_there_or_depends_on_the_request_is_fine(step: dict[str, Any]) -> None:
    assert told(step, without("fay")) == []
