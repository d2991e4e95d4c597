"""Asks somebody to fill or correct data; nobody decides anything here. The first answer counts."""

from collections.abc import Iterator
from typing import Any

from engine import escalation, human_tasks
from engine.card_rows import Row, limit_rows
from engine.clauses import Clause, form_clauses, limit_clauses, people_asked
from engine.commands import Decide, Refused, Submit
from engine.context import Run
from engine.definition import Definition, Step
from engine.events.tasks import TaskOpened
from engine.filled import Known, after_form
from engine.people import Directory
from engine.problems import Problem, check_timeout, check_who, may_time_out, problem
from engine.reasons import reason
from engine.settings import FORM, TIMEOUT, WHO
from engine.state import Token
from engine.stops import Stop
from engine.who import assignees, who_text

LABEL, ICON, SHAPE = "Form", "clipboard-list", "box"
ROLE = "step"
BPMN = "userTask"
LEFT_BY = {"timed_out": "timer"}
DECIDES = False
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["who", "form"],
    "properties": {"who": WHO, "form": FORM, "timeout": TIMEOUT},
}


MORE = ("timed_out",)


def outcomes(step: Step) -> list[str]:
    timed = may_time_out(step) or "timed_out" in step.outcomes
    return ["submitted", "timed_out"] if timed else ["submitted"]


def sentence(step: Step, directory: Directory | None = None) -> str:
    return f"Filled in by {who_text(step.settings['who'], directory)}"


def rows(_: Definition, step: Step, directory: Directory | None = None) -> list[Row]:
    stops = "on without an answer" if "timed_out" in step.outcomes else "to an administrator"
    return limit_rows(step, directory, rejected=stops)


def clauses(definition: Definition, step: Step, directory: Directory | None = None) -> Iterator[Clause]:
    people = people_asked(definition, step.settings["who"], directory)
    several = "; the first answer counts" if len(step.settings["who"]) > 1 else ""
    yield Clause(f"It is filled in by {people}{several}")
    yield from form_clauses(definition, step)
    yield from limit_clauses(definition, step, directory, rejected="the request stops until an administrator helps")


def check(definition: Definition, step: Step) -> Iterator[Problem]:
    yield from check_who(definition, step, "/who", step.settings["who"])
    yield from check_timeout(step)
    for field in ("then", "finally"):
        if (step.settings.get("timeout") or {}).get(field) == "approve":
            yield problem("form_approves", step.id, f"/timeout/{field}")


def has_form(_: Step) -> bool:
    return True


def waits(_: Step, __: str) -> bool:
    return True


def known_after(definition: Definition, step: Step, outcome: str, before: Known) -> Known:
    return after_form(definition, step, before) if outcome == "submitted" else before


def enter(run: Run, token: Token) -> None:
    step = run.step(token)
    people = assignees(step.settings["who"], run.directory, run.state.requester, run.state.data)
    if not people:
        raise Stop("nobody_fills", step=step.id, who=step.settings["who"])
    human_tasks.ask(run, token, TaskOpened, people, "form", step.name)


def resume(run: Run, token: Token, command: Decide | Submit) -> None:
    if not isinstance(command, Submit):
        raise Refused("asks_form")
    human_tasks.submit(run, token, command)


def fire(run: Run, token: Token) -> None:
    then, wait = human_tasks.time_up(run, token), token.wait
    if then is None or wait is None:
        return
    name = run.step(token).name
    if then == "escalate":
        if escalation.escalate(run, token, wait, name, need=1, barred=set()):
            return
        then = human_tasks.last_action(run, token)
    human_tasks.finish(run, token, wait, "timed_out" if "timed_out" in run.step(token).outcomes else then)
    if "timed_out" in run.step(token).outcomes:
        run.leave(token, "timed_out", by="timer", reason=reason("timeout"))
    else:
        raise Stop("late", step=token.step)


def hand_on(run: Run, token: Token, person: str) -> None:
    escalation.hand_on(run, token, person, run.step(token).name, "form", need=1, barred=set())
