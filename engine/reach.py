"""Which values of one number a request can have when it reaches a step (a may-analysis of the data flow).

It reads drafts: whatever is not as it should be lets every value through.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.definition import Step
from engine.forms.settled import Conditions
from engine.registry import some
from engine.rules.fields import Field
from engine.rules.intervals import NO_CELLS, Cells, Partition, about_one
from engine.steps import Forms, Routes, asks_form

Json = dict[str, Any]


def rules_between(document: Json) -> Iterator[str]:
    """The rules by which the flow chooses its ways."""
    routing = some("engine.steps", Routes)
    for step in _steps(document).values():
        if step.type in routing:
            for outcome in step.outcomes:
                yield from (rule for way in routing[step.type].routed(step, outcome) for rule, _ in way)


def arriving(document: Json, numbers: Partition, fields: Mapping[str, Field]) -> dict[str, Cells]:
    """By step, the cells that can arrive there; steps that nothing leads to are left out."""
    steps, start = _steps(document), document.get("start")
    known = {start: numbers.possible} if isinstance(start, str) and start in steps else {}
    ahead = list(known)
    while ahead:
        step = steps[ahead.pop()]
        for outcome, target in step.outcomes.items():
            before = known[step.id]
            after = numbers.possible if _rewrites(document, step, numbers.path) else before
            after = _through(step, outcome, after, numbers, fields)
            if target in steps and not after <= known.get(target, NO_CELLS):
                known[target] = known.get(target, NO_CELLS) | after
                ahead.append(target)
    return known


def _steps(document: Json) -> dict[str, Step]:
    found, steps = {}, document.get("steps")
    for key, step in steps.items() if isinstance(steps, dict) else ():
        if isinstance(step, dict):
            led = step.get("outcomes")
            ways = {way: to for way, to in led.items() if isinstance(to, str)} if isinstance(led, dict) else {}
            found[key] = Step(key, str(step.get("type")), key, ways, step)
    return found


def _through(step: Step, outcome: str, before: Cells, numbers: Partition, fields: Mapping[str, Field]) -> Cells:
    routing = some("engine.steps", Routes)
    if step.type not in routing:
        return before
    found = NO_CELLS
    for way in routing[step.type].routed(step, outcome):
        cells = before
        for rule, held in way:
            if about_one(rule, fields) == numbers.path:
                where = numbers.where(rule)
                cells = cells & where if held else cells - where
        found |= cells
    return found


def _rewrites(document: Json, step: Step, path: str) -> bool:
    """Whether the number may be another one when the step is left."""
    name, settings = path.partition(".")[0], step.settings
    branches = settings.get("branches")
    sets = [one.get("set") for one in branches if isinstance(one, dict)] if isinstance(branches, list) else []
    if settings.get("save") == name or any(isinstance(values, dict) and name in values for values in sets):
        return True
    if step.type not in some("engine.steps", Forms):
        return False
    form = settings.get("form")
    if form is not None and not isinstance(form, dict):
        return True
    schema = (form or {}).get("schema") or document.get("data")
    return asks_form(step) and isinstance(schema, dict) and name in Conditions(schema).claimed(schema)
