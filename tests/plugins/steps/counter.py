"""Asks somebody to count one more, as often as it says; then the flow goes on."""

from collections.abc import Iterator
from typing import Any

from engine import escalation, human_tasks
from engine.commands import Command, Decide, Refused, Submit
from engine.context import Run
from engine.definition import Definition, Step
from engine.effects import CloseTasks
from engine.events import Context, StepEvent
from engine.events.tasks import TaskOpened, TaskSubmitted
from engine.people import Directory
from engine.phrases import Phrase, phrase
from engine.problems import Problem, check_who, problem
from engine.reasons import reason
from engine.settings import WHO
from engine.state import State, Token
from engine.stops import Stop
from engine.who import assignees, who_text

LABEL, ICON, SHAPE = "Counter", "clock", "circle"
ROLE = "step"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["who", "times"],
    "properties": {
        "who": WHO,
        "times": {"title": "How often", "type": "integer", "minimum": 1, "maximum": 9, "default": 2},
    },
}

TEXTS = {
    "no_count": "The data of {step} has no field “counted”.",
    "nobody_counts": "Nobody can do {step}.",
    "asks_to_count": "This asks to count.",
    "counted_up": "{person} counted",
}


class CountedUp(StepEvent, frozen=True):
    """Enough were counted."""

    LABEL, ICON = "Counted", "check"

    counted: int

    def sentence(self, _: Context) -> Phrase:
        return phrase("{step} came to {counted}", step=self.step, counted=self.counted)

    def apply(self, state: State) -> None:
        """A trace for the reader."""


def outcomes(_: Step) -> list[str]:
    return ["counted", "enough"]


def sentence(step: Step, directory: Directory | None = None) -> str:
    return f"{who_text(step.settings['who'], directory)} count to {step.settings['times']}"


def check(definition: Definition, step: Step) -> Iterator[Problem]:
    yield from check_who(definition, step, "/who", step.settings["who"])
    if "counted" not in definition.data_schema["properties"]:
        yield problem("no_count", step.id, "/times")


def enter(run: Run, token: Token) -> None:
    step = run.step(token)
    if run.state.data.get("counted", 0) >= step.settings["times"]:
        run.emit(CountedUp(token.id, token.step, counted=run.state.data["counted"]))
        run.leave(token, "enough")
        return
    people = assignees(step.settings["who"], run.directory, run.state.requester, run.state.data)
    if not people:
        raise Stop("nobody_counts", step=step.id)
    human_tasks.ask(run, token, TaskOpened, people, "form", step.name)


def resume(run: Run, token: Token, command: Decide | Submit) -> None:
    if not isinstance(command, Submit):
        raise Refused("asks_to_count")
    human_tasks.require_own(run, token, command.task, command.person)
    data = {"counted": run.state.data.get("counted", 0) + 1}
    told = TaskSubmitted(token.id, token.step, task=command.task, person=command.person, data=data)
    run.emit(told, by="actor")
    run.want(CloseTasks([command.task], "submitted", command.person))
    run.save()
    human_tasks.close_rest(run, token, "cancelled", reason("counted_up", person=command.person))
    run.leave(token, "counted")


def hand_on(run: Run, token: Token, person: str) -> None:
    escalation.hand_on(run, token, person, run.step(token).name, "form", need=1, barred=set())


def waits(_: Step, outcome: str) -> bool:
    return outcome == "counted"


def passes(token: Token) -> Command | None:
    task = token.wait.tasks[0] if token.wait and token.wait.tasks else None
    return Submit(task.id, task.assignee, {}) if task else None
