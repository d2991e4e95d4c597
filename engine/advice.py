"""Advice: what does not stand in the way of publishing, and is hardly meant: levels that leave a hole, or overlap."""

from collections.abc import Iterator
from typing import Any

from engine.level_bands import Arrivals, bands
from engine.problems import Problem, problem


def advice(document: dict[str, Any]) -> Iterator[Problem]:
    """document: in any shape."""
    steps, arrivals = document.get("steps"), Arrivals()
    for key, step in steps.items() if isinstance(steps, dict) else ():
        if isinstance(step, dict) and isinstance(step.get("levels"), list):
            yield from _levels(document, key, step, arrivals)


def _levels(document: dict[str, Any], key: str, step: dict[str, Any], arrivals: Arrivals) -> Iterator[Problem]:
    found = bands(document, key, step, arrivals)
    if found.gaps:
        yield problem("levels_gap", key, "/levels", gaps=list(found.gaps))
    for number, band in enumerate(found.levels):
        for mark in band.marks if band else ():
            yield problem("level_odd", key, f"/levels/{number}", number=number + 1, why=mark)
