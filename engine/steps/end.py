"""Where a request ends, and as what."""

from collections.abc import Iterator
from typing import Any

from engine.clauses import Clause
from engine.context import Run
from engine.definition import Definition, Step
from engine.ending import UNDONE_AFTER, finish
from engine.people import Directory
from engine.problems import Problem, problem
from engine.state import Token
from engine.stops import Stop

LABEL, ICON, SHAPE = "End", "flag", "circle"
ROLE = "end"
# What a request, or a question of it, is called on its way, and after its compensations.
RESERVED = frozenset("running waiting waiting_approval pending blocked escalated closing undoing rolled_back".split())
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["status"],
    "properties": {
        "status": {"title": "Ends as", "type": "string", "pattern": "^[a-z][a-z0-9_ -]{0,39}$"},
        "undo": {
            "title": "Undo what actions did",
            "type": "boolean",
            "description": "Left out: yes for rejected, cancelled and failed, no for every other status.",
        },
    },
}


# What a request ends as, by the way out that leads to a new end; after every other one it is approved.
BEGINS = {"rejected": "rejected", "timed_out": "expired", "failed": "failed", "otherwise": "rejected"}


def begin(outcome: str) -> dict[str, Any]:
    """The settings of a new one on that way out of another step."""
    status = BEGINS.get(outcome, "approved")
    return {"name": status.capitalize(), "status": status}


def outcomes(_: Step) -> list[str]:
    return []


def sentence(step: Step, _: Directory | None = None) -> str:
    return f"The request is {step.settings['status'].replace('_', ' ')}"


def clauses(definition: Definition, step: Step, _: Directory | None = None) -> Iterator[Clause]:
    status = str(step.settings["status"]).replace("_", " ")
    if status != step.name.casefold():
        yield Clause(f"It is recorded as {status}")
    undoes = step.settings.get("undo", status in UNDONE_AFTER)
    if undoes and any(isinstance(one.settings.get("undo"), dict) for one in definition.steps.values()):
        yield Clause("What was done in other systems is undone")


def check(_: Definition, step: Step) -> Iterator[Problem]:
    status = step.settings["status"]
    if status.replace(" ", "_") in RESERVED:
        yield problem("status_reserved", step.id, "/status", status=status)


def enter(run: Run, token: Token) -> None:
    settings = run.step(token).settings
    if settings["status"] in RESERVED:
        raise Stop("reserved_status", step=token.step, status=settings["status"])
    finish(run, token, settings["status"], settings.get("undo"))
