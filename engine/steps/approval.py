"""Asks people to decide, level by level; the heart of the product. Levels are in engine/approvals.py."""

from collections.abc import Iterator
from typing import Any

from engine import human_tasks
from engine.apply import Data, start_wait
from engine.apply import waiting as wait_of
from engine.approvals import barred, due_levels, open_level, signed_levels
from engine.commands import Decide, Refused, Submit
from engine.context import Run
from engine.definition import Definition, Step
from engine.effects import CloseTasks
from engine.people import who_text
from engine.problems import Problem, check_rule, check_timeout, check_who, may_time_out
from engine.settings import FIELD, FORM, TIMEOUT, WHO
from engine.state import Signature, State, Token
from engine.stops import Stop

LABEL, ICON, SHAPE = "Approval", "stamp", "box"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["levels"],
    "properties": {
        "reading": {"title": "Which levels sign", "enum": ["cumulative", "highest"], "default": "cumulative"},
        "levels": {
            "title": "Levels",
            "type": "array",
            "minItems": 1,
            "maxItems": 50,
            "items": {
                "type": "object",
                "required": ["who"],
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": 80},
                    "when": {"type": "string", "maxLength": 2000},
                    "who": WHO,
                    "policy": {
                        "anyOf": [
                            {"enum": ["any", "all"]},
                            {
                                "type": "object",
                                "required": ["quorum"],
                                "properties": {"quorum": {"anyOf": [{"type": "integer", "minimum": 1}, FIELD]}},
                                "additionalProperties": False,
                            },
                        ]
                    },
                },
                "additionalProperties": False,
            },
        },
        "automatic": {
            "type": "object",
            "required": ["when", "reason"],
            "properties": {"when": {"type": "string"}, "reason": {"type": "string"}},
            "additionalProperties": False,
        },
        "same_person_twice": {"type": "boolean", "default": False},
        "resubmit": {"enum": ["keep", "restart"], "default": "restart"},
        "comment": {"enum": ["optional", "required_on_reject", "required"], "default": "required_on_reject"},
        "form": FORM,
        "timeout": TIMEOUT,
    },
}
OWN_KEY = "This came through a key of {}, who asked for this or has signed it. Use a key of somebody else."
DECISIONS = ("approved", "rejected", "changes_requested")


def outcomes(step: Step) -> list[str]:
    """Which outcomes need somewhere to go. Asking for changes and timing out are offered where they lead somewhere."""
    optional = [outcome for outcome in ("changes_requested", "timed_out") if outcome in step.outcomes]
    if may_time_out(step) and "timed_out" not in optional:
        optional.append("timed_out")
    return ["approved", "rejected", *optional]


def sentence(step: Step) -> str:
    names = [level.get("name") or who_text(level["who"]) for level in step.settings.get("levels", [])]
    if len(names) <= 1 or step.settings.get("reading") == "highest":
        return " or ".join(names)
    return ", then ".join(names)


def check(definition: Definition, step: Step) -> Iterator[Problem]:
    for number, level in enumerate(step.settings.get("levels", [])):
        if "when" in level:
            yield from check_rule(definition, step, f"/levels/{number}/when", level["when"])
        yield from check_who(definition, step, f"/levels/{number}/who", level["who"])
    if "automatic" in step.settings:
        yield from check_rule(definition, step, "/automatic/when", step.settings["automatic"]["when"])
    yield from check_timeout(step)


def enter(run: Run, token: Token) -> None:
    if _by_rule(run, token):
        return
    numbers = due_levels(run, token)
    if numbers:
        open_level(run, token, numbers)
    elif run.state.passed.get(token.step):
        run.leave(token, "approved")
    else:
        raise Stop("no_level", f"No level of “{run.step(token).name}” covers this request, so nobody was asked.")


def _by_rule(run: Run, token: Token) -> bool:
    automatic = run.step(token).settings.get("automatic")
    if not automatic:
        return False
    rule = run.definition.rule(automatic["when"])
    if not rule.holds(run.state.data, run.now):
        return False
    told = {"rule": automatic["when"], "text": automatic["reason"], "values": rule.reads(run.state.data)}
    run.emit("ApprovedByRule", {**run.place(token), **told}, by="rule")
    run.leave(token, "approved", by="rule", reason=automatic["reason"])
    return True


def resume(run: Run, token: Token, command: Decide | Submit) -> None:
    if not isinstance(command, Decide):
        raise Refused("outcome", "This asks for a decision, not for a form.")
    wait = human_tasks.require_own(run, token, command.task, command.person)
    _may_decide(run, token, command)
    told: dict[str, Any] = {
        **run.place(token),
        "task": command.task,
        "level": wait.level,
        "outcome": command.outcome,
        "comment": command.comment,
    }
    asks = command.outcome == "approved" and "form" in run.step(token).settings
    if asks and (values := human_tasks.answers(run, token, command.values)):
        told["values"] = values
    if command.files:
        told["files"] = command.files
    if command.metadata:
        told["metadata"] = command.metadata
    run.emit("TaskDecided", told, by="actor")
    run.want(CloseTasks([command.task], command.outcome, command.person, command.comment))
    run.save()
    if command.outcome == "approved":
        _agreed(run, token)
        return
    human_tasks.close_rest(run, token, "cancelled", f"{run.directory.name(command.person)} decided: {command.outcome}")
    reason = command.comment if command.outcome == "rejected" else ""
    _leave(run, token, command.outcome, reason or command.outcome)


def _may_decide(run: Run, token: Token, command: Decide) -> None:
    step = run.step(token)
    if command.person == run.state.requester:
        raise Refused("own_request", "Nobody decides on their own request.")
    if command.through not in ("", command.person) and command.through in barred(run, token):
        raise Refused("own_request", OWN_KEY.format(run.directory.name(command.through)))
    if command.outcome not in DECISIONS or command.outcome not in step.outcomes:
        offered = ", ".join(outcome for outcome in DECISIONS if outcome in step.outcomes)
        raise Refused("outcome", f"“{command.outcome}” is not a decision here. Choose one of: {offered}.")
    rule = step.settings.get("comment", "required_on_reject")
    needs_words = rule == "required" or (rule == "required_on_reject" and command.outcome != "approved")
    if needs_words and not command.comment.strip():
        raise Refused("comment", "Say why, so that the person who asked knows what to do.")


def _agreed(run: Run, token: Token) -> None:
    wait = token.wait
    if wait and len(wait.agreed) >= wait.need:
        human_tasks.close_rest(run, token, "cancelled", "not needed any more: enough people approved")
        _next_level(run, token)


def _next_level(run: Run, token: Token) -> None:
    wait = token.wait
    if wait and wait.rest:
        open_level(run, token, wait.rest)
    else:
        _leave(run, token, "approved", None)


def fire(run: Run, token: Token) -> None:
    then = human_tasks.fire(run, token, barred(run, token))
    if then == "approve":
        _next_level(run, token)
    elif then:
        _leave(run, token, "timed_out" if then == "timed_out" else "rejected", "timeout", by="timer")


def _leave(run: Run, token: Token, outcome: str, reason: str | None, by: Any = "system") -> None:
    facts: dict[str, Any] = {"reason": reason} if reason else {}
    if outcome == "changes_requested":
        if run.step(token).settings.get("resubmit") == "keep":
            wait = token.wait
            facts["keep"] = signed_levels(run, token, [wait.level or 0, *wait.rest] if wait else [])
        else:
            facts["forget"] = True
    run.leave(token, outcome, by=by, **facts)


def _level_opened(state: State, data: Data) -> None:
    start_wait(state, data, level=data["level"], need=data["need"], rest=list(data["rest"]))


def _task_decided(state: State, data: Data) -> None:
    wait = wait_of(state, data)
    person = next(task.assignee for task in wait.tasks if task.id == data["task"])
    wait.tasks = [task for task in wait.tasks if task.id != data["task"]]
    if data["outcome"] == "approved":
        wait.agreed.append(person)
        state.signed.append(Signature(data["step"], data["level"], person))
        state.data |= data.get("values", {})


def _approved_by_rule(_: State, __: Data) -> None:
    """The StepCompleted that follows moves the token."""


APPLY = {"LevelOpened": _level_opened, "TaskDecided": _task_decided, "ApprovedByRule": _approved_by_rule}
