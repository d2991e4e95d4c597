"""Tells people something and waits for nobody."""

from collections.abc import Iterator
from typing import Any

from engine.clauses import Clause, filled, people_told
from engine.context import Run
from engine.definition import Definition, Step
from engine.events.effects import PeopleTold
from engine.people import Directory
from engine.placeholders import fill
from engine.problems import Problem, check_who
from engine.settings import WHO
from engine.state import Token
from engine.stops import MAX_TOLD, Stop
from engine.who import assignees, who_text
from engine.wording.values import quote

LABEL, ICON, SHAPE = "Notification", "bell", "box"
ROLE = "step"
BPMN = "sendTask"
LEFT_BY: dict[str, str] = {}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["who", "subject", "message"],
    "properties": {
        "who": {**WHO, "default": [{"requester": True}]},
        "subject": {
            "title": "Subject",
            "format": "template",
            "type": "string",
            "minLength": 1,
            "maxLength": 200,
            "default": "About your request",
        },
        "message": {
            "title": "Message",
            "format": "template",
            "type": "string",
            "minLength": 1,
            "maxLength": 5000,
            "default": "There is news about your request.",
        },
    },
}


def outcomes(_: Step) -> list[str]:
    return ["sent"]


def sentence(step: Step, directory: Directory | None = None) -> str:
    return f"Tells {who_text(step.settings['who'], directory)}"


def clauses(definition: Definition, step: Step, directory: Directory | None = None) -> Iterator[Clause]:
    subject = quote(filled(definition, step.settings["subject"]))
    message = quote(filled(definition, step.settings["message"]))
    yield Clause(f"A message goes to {people_told(definition, step.settings['who'], directory)}: {subject}")
    yield Clause(f"It says: {message}")


def check(definition: Definition, step: Step) -> Iterator[Problem]:
    yield from check_who(definition, step, "/who", step.settings["who"])


def enter(run: Run, token: Token) -> None:
    settings = run.step(token).settings
    people = list(assignees(settings["who"], run.directory, run.state.requester, run.state.data))
    if len(people) > MAX_TOLD:
        raise Stop("too_many_told", step=token.step, count=len(people), most=MAX_TOLD)
    facts = {
        "subject": fill(settings["subject"], run.state.data),
        "text": fill(settings["message"], run.state.data),
    }
    for person in people:
        run.tell("told", person, token.step, **facts)
    run.emit(PeopleTold(token.id, token.step, people=people, subject=facts["subject"]))
    run.leave(token, "sent")
