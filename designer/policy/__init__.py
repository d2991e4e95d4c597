"""A definition as a policy document: numbered sections of plain sentences that refer to one another by name. Pure.

Each step type words its own clauses; one that does not is told by its sentence. Where the ways out lead is said here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from designer.drawable import drawable
from designer.drawing.faces import INCOMPLETE, UNFINISHED
from designer.drawing.flow import Flow, flow_of
from designer.drawing.words import outcome_label
from engine.clauses import Clause, capital
from engine.definition import Definition, Step
from engine.people import Directory
from engine.registry import some
from engine.steps import Worded, role, step_types
from engine.wording.values import clean

CASES = {
    "submitted": "Once that is filled in",
    "done": "Once that is done",
    "approved": "If it is approved",
    "rejected": "If it is rejected",
    "changes_requested": "If changes are asked for",
    "timed_out": "If nobody answers in time",
    "failed": "If that fails for good",
}


class Line(Struct, frozen=True):
    """number: "3.2". to: id of the step that the sentence ends with, empty where it ends with its text."""

    number: str
    text: str
    points: tuple[str, ...] = ()
    to: str = ""


class Section(Struct, frozen=True):
    step: str
    number: int
    name: str
    kind: str
    icon: str
    description: str
    lines: tuple[Line, ...]


class Policy(Struct, frozen=True):
    """sections: in reading order, then what nothing leads to. ends: the steps that end it, in words.

    names: by step id, how a section or an end is referred to. groups: who is in those that are asked, by name.
    """

    sections: tuple[Section, ...]
    ends: tuple[tuple[str, str, str], ...]
    names: Mapping[str, str]


def policy_of(definition: Definition, directory: Directory | None = None) -> Policy:
    """What is not set up yet is said to be so."""
    steps = {key: step.settings | {"outcomes": step.outcomes} for key, step in definition.steps.items()}
    flow = flow_of(definition.start, steps)
    last = [key for key, step in definition.steps.items() if role(step.type) == "end"]
    order = [*flow.order, *(key for key in flow.loose if key not in last)]
    numbers = {key: number for number, key in enumerate(order, 1)}
    names = {key: _name(definition.steps[key], numbers) for key in definition.steps}
    telling = _Telling(definition, directory, flow, numbers)
    sections = tuple(telling.section(definition.steps[key]) for key in order)
    return Policy(sections, tuple(telling.end(definition.steps[key]) for key in last), names)


def policy_of_draft(document: Mapping[str, Any], directory: Directory | None = None) -> Policy:
    data = document.get("data")
    known = {"key": "", "name": "", **drawable(dict(document)), "data": data if isinstance(data, dict) else {}}
    return policy_of(Definition(known), directory)


def _name(step: Step, numbers: Mapping[str, int]) -> str:
    name = clean(step.name, 120)
    return f"step {numbers[step.id]} ({name})" if step.id in numbers else f"“{name}”"


class _Telling:
    def __init__(
        self, definition: Definition, directory: Directory | None, flow: Flow, numbers: Mapping[str, int]
    ) -> None:
        self._definition, self._directory, self._numbers = definition, directory, numbers
        self._kinds = {(edge.step, edge.outcome): edge.kind for edges in flow.edges.values() for edge in edges}
        self._worded = some("engine.steps", Worded)

    def section(self, step: Step) -> Section:
        kind, number = step_types().get(step.type), self._numbers[step.id]
        lines = tuple(self._lines(step, number))
        told = (kind.LABEL, kind.ICON) if kind else (clean(step.type), "circle")
        about = str(step.settings.get("description", ""))
        return Section(step.id, number, clean(step.name, 120), *told, about, lines)

    def end(self, step: Step) -> tuple[str, str, str]:
        return step.id, clean(step.name, 120), " ".join(_ended(clause) for clause in self._clauses(step))

    def _lines(self, step: Step, number: int) -> Iterator[Line]:
        clauses = self._clauses(step)
        told = {clause.outcome for clause in clauses}
        rest = [Clause(self._case(step, way), way) for way in step.outcomes if way not in told]
        for place, clause in enumerate([*clauses, *rest], 1):
            yield self._line(step, f"{number}.{place}", clause)

    def _line(self, step: Step, number: str, clause: Clause) -> Line:
        if not clause.outcome:
            return Line(number, _ended(clause), clause.points)
        to = step.outcomes.get(clause.outcome, "")
        if to not in self._definition.steps:
            text = f"{clause.text}, it is not said yet where it goes."
            return Line(number, _sentence(text), clause.points)
        return Line(number, _sentence(f"{clause.text}, {self._leads(step, clause.outcome, to)}"), clause.points, to)

    def _leads(self, step: Step, outcome: str, to: str) -> str:
        if role(self._definition.steps[to].type) == "end":
            return "the request ends as"
        back = self._kinds.get((step.id, outcome)) == "loop"
        return "it goes back to" if back else "it goes on with"

    def _case(self, step: Step, outcome: str) -> str:
        """A step with one way out is left by it whatever happens."""
        if len(step.outcomes) == 1:
            return "Then"
        return CASES.get(outcome) or f"If it comes to “{outcome_label(step.settings, outcome)}”"

    def _clauses(self, step: Step) -> list[Clause]:
        kind = step_types().get(step.type)
        try:
            if step.type in self._worded:
                return list(self._worded[step.type].clauses(self._definition, step, self._directory))
            return [Clause(capital(kind.sentence(step, self._directory)) or INCOMPLETE)] if kind else []
        except UNFINISHED:
            return [Clause(INCOMPLETE)]


def _ended(clause: Clause) -> str:
    """A quoted sentence has its full stop already."""
    return clause.text if clause.text.endswith(".”") else f"{clause.text}{':' if clause.points else '.'}"


def _sentence(text: str) -> str:
    """After "Then" no comma stands."""
    return text.replace("Then, ", "Then ", 1) if text.startswith("Then, ") else text
