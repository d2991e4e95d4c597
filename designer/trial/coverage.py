"""What the tests of a definition reach: the ways out they take, and the steps on which they pass or fail."""

from collections.abc import Sequence

from designer.trial.cases import Result
from designer.trial.trace import Edge
from engine.definition import Definition


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
