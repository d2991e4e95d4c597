"""Quick fixes: ordinary edits that mend a problem of a draft, to be pressed instead of looked for. Pure.

A file per family, found by discovery: its MENDS are a function per code. A code without one has nothing to press.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from designer.edits import Edit
from designer.edits.draft_flow import steps_of
from engine.problems import Problem
from engine.reasons import Coded
from engine.registry import discover

Json = dict[str, Any]
MOST = 2
# What a document of another shape than the problem's raises when it is read.
ELSEWHERE = (AttributeError, Coded, IndexError, KeyError, TypeError, ValueError)


class Mend(NamedTuple):
    """label: what its button says. edits: one change, undone together."""

    label: str
    edits: tuple[Edit, ...]


Mender = Callable[[Problem, Json], Iterator[Mend]]


def mends(problem: Problem, document: Json) -> list[Mend]:
    """Two at most, the likeliest first. document: the one that has the problem; never raises."""
    found = menders().get(problem.code)
    if found is None or (problem.step is not None and problem.step not in steps_of(document)):
        return []
    try:
        return list(islice(found(problem, document), MOST))
    except ELSEWHERE:
        return []


@cache
def menders() -> Mapping[str, Mender]:
    """By code."""
    return {code: one for module in discover("designer.mends").values() for code, one in module.MENDS.items()}
