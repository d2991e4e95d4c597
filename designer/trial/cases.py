"""The tests of a definition: run among made-up people, and compared with what they expect."""

from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from designer.trial.company import company
from designer.trial.play import MOST_COMMANDS, Turn, run
from designer.trial.script import Case
from designer.trial.trace import Edge, followed
from designer.trial.verdict import failures
from engine import json_text
from engine.definition import Definition
from engine.problems import Problem
from engine.reasons import Reason, reason

# Of all tests of a definition together: each edit of a draft waits for them.
MOST_TOGETHER = 2_000


class Result(Struct, frozen=True):
    """number: of the test in the document, from 0. path: the (step, outcome) pairs followed."""

    number: int
    name: str
    problems: tuple[Problem, ...]
    path: tuple[Edge, ...]

    @property
    def passed(self) -> bool:
        return not self.problems


def results(document: dict[str, Any]) -> tuple[Result, ...]:
    """Of a document that has passed `check_document`; of the same one only the first time it takes long."""
    return _results(json_text.canonical(document)) if document.get("tests") else ()


def problems(document: dict[str, Any]) -> list[Problem]:
    """Every way in which a test fails."""
    return [one for result in results(document) for one in result.problems]


def cases(document: dict[str, Any]) -> list[Case]:
    """Raises msgspec.ValidationError for what does not fit the published schema."""
    return msgspec.convert(document.get("tests", []), list[Case])


def play(definition: Definition, case: Case) -> list[Turn]:
    return run(definition, company(definition, case), case)


@lru_cache(maxsize=64)
def _results(text: bytes) -> tuple[Result, ...]:
    document = json_text.loads(text)
    definition = Definition(document)
    found: list[Result] = []
    left = MOST_TOGETHER
    for number, case in enumerate(cases(document)):
        result, spent = _result(definition, number, case) if left >= MOST_COMMANDS else _left_out(number, case)
        left -= spent
        if any(case.name == other.name for other in found):
            twice = _problem(number, reason("test_twice", name=case.name))
            result = msgspec.structs.replace(result, problems=(twice, *result.problems))
        found.append(result)
    return tuple(found)


def _result(definition: Definition, number: int, case: Case) -> tuple[Result, int]:
    """With the number of commands that it took."""
    turns = play(definition, case)
    wrong = tuple(_problem(number, why) for why in failures(definition, case, turns))
    path = tuple(followed(definition, turns))
    return Result(number, case.name, wrong, path), sum(len(turn.happened) for turn in turns)


def _left_out(number: int, case: Case) -> tuple[Result, int]:
    return Result(number, case.name, (_problem(number, reason("tests_long", most=MOST_TOGETHER)),), ()), 0


def _problem(number: int, why: Reason) -> Problem:
    return Problem(why.code, None, f"/tests/{number}", why.params)
