"""Where a request begins: the requester's form. Reached again, it asks the requester to change and resubmit."""

from collections.abc import Iterator
from typing import Any

from engine import escalation, human_tasks
from engine.card_rows import Row, field_rows
from engine.clauses import Clause, form_clauses
from engine.commands import Decide, Refused, Submit
from engine.context import Run
from engine.definition import Definition, Step
from engine.events.tasks import TaskOpened
from engine.filled import Known, after_form
from engine.people import Directory, up_the_line
from engine.problems import Problem
from engine.settings import FORM
from engine.state import Token
from engine.stops import Stop

LABEL, ICON, SHAPE = "Request form", "file-pen", "box"
ROLE = "start"
BPMN = "userTask"
LEFT_BY: dict[str, str] = {}
DECIDES = False
SCHEMA: dict[str, Any] = {"type": "object", "properties": {"form": FORM}}


def outcomes(_: Step) -> list[str]:
    return ["submitted"]


def sentence(_: Step, __: Directory | None = None) -> str:
    return "The requester fills the form"


def rows(definition: Definition, step: Step, _: Directory | None = None) -> list[Row]:
    return field_rows(definition, step)


def clauses(definition: Definition, step: Step, _: Directory | None = None) -> Iterator[Clause]:
    yield Clause("Whoever may make requests can ask for this")
    yield from form_clauses(definition, step)


def check(_: Definition, __: Step) -> Iterator[Problem]:
    return iter(())


def has_form(_: Step) -> bool:
    """Without a schema of its own it asks for the request's data."""
    return True


def waits(_: Step, __: str) -> bool:
    return True


def known_after(definition: Definition, step: Step, _: str, before: Known) -> Known:
    return after_form(definition, step, before)


def enter(run: Run, token: Token) -> None:
    """Of a requester who left, the manager is asked."""
    requester, name = run.state.requester, run.step(token).name
    people = [requester] if run.directory.able(requester, deciding=False) else []
    people = people or up_the_line(run.directory, requester, 1, set(), deciding=False)
    if people:
        human_tasks.ask(run, token, TaskOpened, dict.fromkeys(people), "resubmit", name)
    else:
        raise Stop("nobody_resubmits", step=token.step)


def resume(run: Run, token: Token, command: Decide | Submit) -> None:
    if not isinstance(command, Submit):
        raise Refused("asks_correction")
    human_tasks.submit(run, token, command)


def hand_on(run: Run, token: Token, person: str) -> None:
    escalation.hand_on(run, token, person, run.step(token).name, "resubmit", need=1, barred=set())
