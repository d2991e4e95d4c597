"""A draft's steps as a graph that can be changed. It may be of any shape: what is no step or outcome is left alone."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from designer.edits.edit import EditRefused
from designer.edits.step_types import slug

MAX_STEPS, MAX_ID, MAX_NAME = 500, 60, 80
Json = dict[str, Any]


class Edge(NamedTuple):
    """A way out of a step; of no step, the way into the flow. Written `STEP:OUTCOME`, the way in as nothing."""

    step: str
    outcome: str


def edge(address: str) -> Edge:
    step, _, outcome = address.partition(":")
    return Edge(step, outcome)


class DraftFlow:
    """document: a copy of the edit's own, to be changed. Every method is defined on every JSON object."""

    def __init__(self, document: Json) -> None:
        self.document = document

    @property
    def steps(self) -> dict[str, Json]:
        """Those that are steps. A new dictionary; the steps in it are the document's own."""
        return steps_of(self.document)

    @property
    def start(self) -> str:
        first = self.document.get("start")
        return first if isinstance(first, str) else ""

    def step(self, key: str) -> Json:
        """Raises EditRefused where there is none."""
        found = self.steps.get(key)
        if found is None:
            raise EditRefused("no_step", key)
        return found

    def name(self, key: str) -> str:
        return name_of(self.steps.get(key, {}), key)

    def outcomes(self, key: str) -> dict[str, str]:
        """The step's own, to be changed. Raises EditRefused where they are of another shape."""
        found = self.step(key).setdefault("outcomes", {})
        if not isinstance(found, dict):
            raise EditRefused("outcomes", key)
        return found

    def target(self, at: Edge) -> str:
        """The step that stands there, or ""."""
        if not at.step:
            return self.start if self.start in self.steps else ""
        found = self.outcomes(at.step).get(at.outcome)
        return found if isinstance(found, str) and found in self.steps else ""

    def lead(self, at: Edge, target: str) -> None:
        """To no step: the outcome is open."""
        if not at.step:
            self.document["start"] = target
        elif target:
            self.outcomes(at.step)[at.outcome] = target
        else:
            self.outcomes(at.step).pop(at.outcome, None)

    def check_edge(self, at: Edge) -> None:
        """Raises EditRefused where no edge could be."""
        if at.step:
            self.outcomes(at.step)
            if not at.outcome:
                raise EditRefused("no_outcome", at.step)

    def sources(self, key: str) -> list[Edge]:
        """The edges that lead to a step."""
        first = [Edge("", "")] if self.start == key else []
        return first + [
            Edge(step, outcome)
            for step, settings in self.steps.items()
            for outcome, target in outcomes_of(settings).items()
            if target == key
        ]

    def first_edge(self, key: str) -> Edge | None:
        """The way on along the spine."""
        outcome = next(iter(outcomes_of(self.step(key))), None)
        return None if outcome is None else Edge(key, outcome)

    def onward(self, key: str) -> str:
        """Where the first outcome leads, other than back to the step itself."""
        first = self.first_edge(key)
        target = self.target(first) if first else ""
        return "" if target == key else target

    def reach(self, begin: Iterable[str], without: str = "") -> set[str]:
        """Steps that can be reached from these, themselves included, on ways that avoid `without`."""
        steps = self.steps
        ahead = [key for key in begin if key in steps and key != without]
        seen = set(ahead)
        while ahead:
            for target in outcomes_of(steps[ahead.pop()]).values():
                if target in steps and target not in seen and target != without:
                    seen.add(target)
                    ahead.append(target)
        return seen

    def branch(self, key: str) -> list[str]:
        """The step and all that only it leads to, in the order of the document."""
        below = self.reach([key])
        others = self.reach([self.start, *(other for other in self.steps if other not in below)], without=key)
        return [other for other in self.steps if other == key or (other in below and other not in others)]

    def exit(self, key: str, within: Iterable[str]) -> Edge | None:
        """The edge on which the spine from a step leaves a set of steps."""
        inside, seen = set(within), set()
        while key not in seen:
            seen.add(key)
            first = self.first_edge(key)
            if first is None:
                return None
            key = self.target(first)
            if key not in inside:
                return first
        return None

    def close_gap(self, key: str, onward: str, inside: Iterable[str]) -> list[str]:
        """What led to a step from outside leads on to `onward`. The steps that were changed."""
        own = set(inside)
        sources = [source for source in self.sources(key) if source.step not in own]
        for source in sources:
            self.lead(source, "" if source.step == onward else onward)
        return [source.step for source in sources]

    def free_id(self, wanted: str) -> str:
        steps, base = self.document.get("steps"), slug(wanted, MAX_ID - 4)
        taken = steps if isinstance(steps, dict) else {}
        return next(key for key in _numbered(base, "-") if key not in taken)

    def free_name(self, wanted: str) -> str:
        taken = {name_of(step, key) for key, step in self.steps.items()}
        return next(name for name in _numbered(wanted[: MAX_NAME - 4], " ") if name not in taken)

    def add(self, key: str, step: Json, after: str = "") -> None:
        """A step, in the document right after another one. Raises EditRefused where there are too many."""
        steps = self.document.setdefault("steps", {})
        if not isinstance(steps, dict):
            raise EditRefused("steps")
        if len(steps) >= MAX_STEPS:
            raise too_many_steps()
        keys = list(steps)
        place = keys.index(after) + 1 if after in steps else len(keys)
        self.document["steps"] = {
            other: step if other == key else steps[other] for other in [*keys[:place], key, *keys[place:]]
        }

    def remove(self, keys: Iterable[str]) -> None:
        for key in keys:
            del self.document["steps"][key]


def too_many_steps() -> EditRefused:
    return EditRefused("too_many_steps", most=MAX_STEPS)


def _numbered(base: str, mark: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}{mark}{number}"
        number += 1


def steps_of(document: Json) -> dict[str, Json]:
    steps = document.get("steps")
    return {key: step for key, step in steps.items() if isinstance(step, dict)} if isinstance(steps, dict) else {}


def outcomes_of(step: Json) -> dict[str, str]:
    found = step.get("outcomes")
    return {key: to for key, to in found.items() if isinstance(to, str)} if isinstance(found, dict) else {}


def name_of(step: Json, key: str) -> str:
    name = step.get("name")
    return name[:MAX_NAME] if isinstance(name, str) and name.strip() else key
