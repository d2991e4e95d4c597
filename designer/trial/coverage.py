"""What the tests of a definition reach: the ways out they take, and the steps on which they pass or fail."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from designer.trial.cases import Result, results
from designer.trial.trace import Edge
from engine.check import check_document
from engine.definition import Definition
from engine.json_text import Unfit, normal


class Coverage(NamedTuple):
    """The tests of a draft. many: how many it has. found: what came of them, nothing where they cannot be run.

    missed: the steps that none of them comes to.
    """

    many: int = 0
    found: Sequence[Result] = ()
    missed: Sequence[str] = ()

    @property
    def red(self) -> int:
        return sum(not one.passed for one in self.found)


def coverage(document: dict[str, Any]) -> Coverage:
    """Of a draft of any shape."""
    tests = document.get("tests")
    if not isinstance(tests, list) or not tests:
        return Coverage()
    try:
        kept = normal(document)
    except (Unfit, RecursionError, ValueError):
        return Coverage(len(tests))
    if check_document(kept):
        return Coverage(len(tests))
    found, definition = results(kept), Definition(kept)
    return Coverage(len(tests), found, missed(definition, found))


def missed(definition: Definition, found: Sequence[Result]) -> list[str]:
    """Steps that no test comes to, in the order of the document."""
    come_to = {definition.steps[step].outcomes.get(outcome) for step, outcome in covered(found)}
    return [key for key in definition.steps if key not in come_to and key != definition.start]


def covered(found: Sequence[Result]) -> frozenset[Edge]:
    return frozenset(edge for result in found for edge in result.path)


def untested(definition: Definition, found: Sequence[Result]) -> list[Edge]:
    """Ways out that no test takes, in the order of the document."""
    taken = covered(found)
    edges = [(key, outcome) for key, step in definition.steps.items() for outcome in step.outcomes]
    return [edge for edge in edges if edge not in taken]


def marks(found: Sequence[Result]) -> dict[str, str]:
    """By step: failed where a test that comes through fails, otherwise passed."""
    through = [(step, result.passed) for result in found for step, _ in result.path]
    return {step: "passed" if all(good for one, good in through if one == step) else "failed" for step, _ in through}
