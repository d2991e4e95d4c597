"""Calls another system, with retries, and knows how to undo what it did."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from engine import answers
from engine.clauses import Clause, capital
from engine.commands import Command, EffectFailed, EffectSucceeded
from engine.context import Run
from engine.definition import Definition, Step
from engine.effects import Call
from engine.events.effects import CallDone, CallFailed, CallRequested
from engine.filled import Known, without
from engine.people import Directory
from engine.placeholders import fill_call
from engine.problems import Problem, problem
from engine.reasons import said
from engine.settings import CALL, RETRY, SAVE
from engine.state import Token
from engine.stops import Stop
from engine.timers import DurationError, parse_duration
from engine.wording.values import count

LABEL, ICON, SHAPE = "Action", "zap", "box"
ROLE = "step"
BPMN = "serviceTask"
LEFT_BY = {"failed": "error"}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["call"],
    "properties": {
        "call": {**CALL, "title": "Call"},
        "retry": RETRY,
        "save": SAVE,
        "undo": {
            **CALL,
            "title": "What undoes it",
            "description": "Called when the request is rolled back. {result.body.…} stands for a part of the answer.",
        },
    },
}
FIRST_AT_LEAST, FIRST_AT_MOST = timedelta(seconds=1), timedelta(days=1)
# The least that a call comes back with.
ANSWER: dict[str, Any] = {"status": 200, "body": {}}
SCHEMES = ("https://", "http://", "{base_url}")


def outcomes(_: Step) -> list[str]:
    return ["done", "failed"]


def sentence(step: Step, _: Directory | None = None) -> str:
    back = "; can be undone" if "undo" in step.settings else ""
    return f"Calls {_host(step.settings.get('call', {}).get('url', ''))}{back}"


def clauses(_: Definition, step: Step, __: Directory | None = None) -> Iterator[Clause]:
    settings = step.settings
    yield Clause(f"{capital(_host(settings['call']['url']))} is called automatically")
    yield Clause(
        f"If that fails, it is tried again, {count(settings.get('retry', {}).get('attempts', 5), 'time')} in all"
    )
    if "undo" in settings:
        yield Clause("When the request fails or is rejected later, another call undoes this one")


def _host(url: str) -> str:
    host, _, _ = url.removeprefix("https://").removeprefix("http://").partition("/")
    return "this server" if host == "{base_url}" else host


def check(_: Definition, step: Step) -> Iterator[Problem]:
    for field in ("call", "undo"):
        url = step.settings.get(field, {}).get("url", "https://")
        if not url.startswith(SCHEMES):
            yield problem("address_scheme", step.id, f"/{field}/url", text=url[:60])
    first = step.settings.get("retry", {}).get("first", "PT2M")
    try:
        wait = parse_duration(first)
    except DurationError as wrong:
        yield problem("retry_wrong", step.id, "/retry/first", why=wrong.reason)
        return
    if wait.months or not FIRST_AT_LEAST <= wait.rest <= FIRST_AT_MOST:
        yield problem("retry_range", step.id, "/retry/first")


def known_after(_: Definition, step: Step, outcome: str, before: Known) -> Known:
    kept = {step.settings["save"]} if outcome == "done" and "save" in step.settings else set()
    return without(before, kept) | kept


def passes(token: Token) -> Command | None:
    return EffectSucceeded(token.effect, dict(ANSWER)) if token.effect else None


def enter(run: Run, token: Token) -> None:
    settings = run.step(token).settings
    retry = settings.get("retry", {})
    first = max(parse_duration(retry.get("first", "PT2M")).after(run.now) - run.now, FIRST_AT_LEAST)
    effect, call = run.new_id(), fill_call(settings["call"], _facts(run))
    run.emit(CallRequested(token.id, token.step, effect=effect, call=call))
    run.want(Call(effect, "call", token.step, call, retry.get("attempts", 5), first.total_seconds()))


def answered(run: Run, token: Token, command: EffectSucceeded | EffectFailed) -> None:
    settings = run.step(token).settings
    if isinstance(command, EffectFailed):
        run.emit(CallFailed(token.id, token.step, effect=command.effect, error=command.error))
        run.save()
        if not run.state.closing:
            run.leave(token, "failed", reason=said("call_failed", command.error))
        return
    answer = {settings["save"]: command.result} if "save" in settings else {}
    unfit = answers.unfit(run, token, answer, command.result, "done")
    kept = None if unfit and unfit.code == "answer_too_large" else command.result
    facts = {**run.state.data, **answer, **_own_facts(run), "result": command.result}
    undo = _undo(settings["undo"], facts) if "undo" in settings else {}
    values = {} if unfit else answer
    run.emit(CallDone(token.id, token.step, effect=command.effect, result=kept, values=values, **undo))
    run.save()
    if run.state.closing:
        return
    if unfit:
        raise unfit
    run.leave(token, "done")


def _undo(template: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    """With the values of now: later changes must not make it undo something else."""
    try:
        return {"undo": fill_call(template, facts)}
    except Stop as stop:
        return {"undo_lacks": stop.reason}


def _facts(run: Run) -> dict[str, Any]:
    return {**run.state.data, **_own_facts(run)}


def _own_facts(run: Run) -> dict[str, Any]:
    """What no field of the data can take the place of."""
    requester = run.directory.people.get(run.state.requester)
    who = {"name": requester.name, "email": requester.email} if requester else {}
    return {"requester": who, "request": run.state.instance}
