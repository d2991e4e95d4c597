"""Where a request begins: the requester's form. Reached again, it asks the requester to change and resubmit."""

from collections.abc import Iterator
from typing import Any

from engine import human_tasks
from engine.commands import Decide, Refused, Submit
from engine.context import Run
from engine.definition import Definition, Step
from engine.problems import Problem
from engine.settings import FORM
from engine.state import Token

LABEL, ICON, SHAPE = "Request form", "file-pen", "box"
SCHEMA: dict[str, Any] = {"type": "object", "properties": {"form": FORM}}


def outcomes(_: Step) -> list[str]:
    return ["submitted"]


def sentence(_: Step) -> str:
    return "The requester fills the form"


def check(_: Definition, __: Step) -> Iterator[Problem]:
    return iter(())


def enter(run: Run, token: Token) -> None:
    requester = run.state.requester
    human_tasks.ask(run, token, "TaskOpened", [requester], "resubmit", run.step(token).name)
    wait = token.wait
    for task in wait.tasks if wait else []:
        run.tell("changes_requested", requester, token.step, task.id, reason=run.state.reason)


def resume(run: Run, token: Token, command: Decide | Submit) -> None:
    if not isinstance(command, Submit):
        raise Refused("outcome", "This asks for the corrected form, not for a decision.")
    human_tasks.submit(run, token, command)
