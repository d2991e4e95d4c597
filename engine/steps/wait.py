"""Rests until time has passed, or an external event comes in; nobody is asked. BPMN: an intermediate catch event."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from engine import answers
from engine.card_rows import limit_length
from engine.clauses import Clause, field_title, filled, limit_words
from engine.commands import Command, FireTimer, Receive
from engine.context import Run
from engine.definition import Definition, Step
from engine.effects import ClearTimer, Expect
from engine.events.waits import EventReceived, WaitBegun
from engine.filled import Known, without
from engine.human_tasks import arm
from engine.people import Directory
from engine.placeholders import empty_place, fill_exact
from engine.problems import Problem, problem
from engine.rules.types import MOMENT, inside, kind, reader
from engine.settings import FIELD, SAVE
from engine.state import Token
from engine.stops import Stop
from engine.timers import DurationError, Plan, at_least, limit_end, parse_duration
from engine.wording.values import plain_name, quote

LABEL, ICON, SHAPE = "Wait", "hourglass", "box"
ROLE = "step"
MAX_KEY = 200
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "after": {
            "title": "How long",
            "description": "For an event: at most.",
            "format": "time-limit",
            "anyOf": [{"type": "string", "maxLength": 40}, FIELD],
        },
        "until": {
            "title": "Or until the date in",
            "description": "A field of the request with a date or a moment. One that is past is not waited for.",
            "type": "string",
            "format": "data-field",
            "minLength": 1,
            "maxLength": 200,
        },
        "event": {
            "title": "For an event from outside",
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {
                    "title": "Its name",
                    "description": "As the other system sends it, such as payment.received.",
                    "type": "string",
                    "pattern": "^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$",
                },
                "key": {
                    "title": "What it is about",
                    "description": "As the event has it, such as {order}. Without it: the id of the request.",
                    "type": "string",
                    "format": "template",
                    "minLength": 1,
                    "maxLength": MAX_KEY,
                },
            },
            "additionalProperties": False,
        },
        "save": {**SAVE, "title": "Keep what comes with it as"},
    },
}
# A circle that surely rests so long may go round by itself.
LONG = "PT1H"


def begin(_: str) -> dict[str, Any]:
    return {"after": "P1D"}


def outcomes(step: Step) -> list[str]:
    timed = not step.settings.keys().isdisjoint(("after", "until"))
    return [*(["received"] if "event" in step.settings else []), *(["elapsed"] if timed else [])] or ["elapsed"]


def sentence(step: Step, _: Directory | None = None) -> str:
    if "event" in step.settings:
        return f"Waits for {quote(step.settings['event']['name'])}{_at_most(step)}"
    if "until" in step.settings:
        return f"Waits until {quote(plain_name(step.settings['until']))}"
    return f"Waits {limit_length(step.settings['after'])}" if "after" in step.settings else "Waits"


def _at_most(step: Step) -> str:
    if "until" in step.settings:
        return f", until {quote(plain_name(step.settings['until']))} at most"
    return f", {limit_length(step.settings['after'])} at most" if "after" in step.settings else ""


def clauses(definition: Definition, step: Step, _: Directory | None = None) -> Iterator[Clause]:
    settings = step.settings
    if "event" in settings:
        about = f" about {quote(filled(definition, settings['event']['key']))}" if "key" in settings["event"] else ""
        yield Clause(f"It goes on when another system reports {quote(settings['event']['name'])}{about}", "received")
    least = "If nothing was reported by" if "event" in settings else "Nothing happens before"
    if "until" in settings:
        yield Clause(f"{least} the date in {quote(field_title(definition, settings['until']))}", _timed(settings))
    elif "after" in settings and "event" in settings:
        yield Clause(f"If nothing was reported within {limit_words(definition, settings['after'])}", "elapsed")
    elif "after" in settings:
        yield Clause(f"Nothing happens for {limit_words(definition, settings['after'])}")


def _timed(settings: dict[str, Any]) -> str:
    return "elapsed" if "event" in settings else ""


def check(definition: Definition, step: Step) -> Iterator[Problem]:
    after, until = step.settings.get("after"), step.settings.get("until")
    if (after is not None and until is not None) or (after is until is None and "event" not in step.settings):
        yield problem("wait_for_one", step.id, "/after")
    elif until is not None:
        part = inside(definition.data_schema, until, definition.data_schema)
        if part is None or kind(part, definition.data_schema) != MOMENT:
            yield problem("wait_no_date", step.id, "/until", name=until)
    elif isinstance(after, str):
        try:
            parse_duration(after)
        except DurationError as wrong:
            yield problem("wait_wrong", step.id, "/after", why=wrong.reason)
    if "save" in step.settings and "event" not in step.settings:
        yield problem("wait_saves_nothing", step.id, "/save")


def waits(step: Step, outcome: str) -> bool:
    """A date that is past is not waited for, and what a field says may be short."""
    after = step.settings.get("after")
    return outcome == "received" or (isinstance(after, str) and at_least(after, LONG))


def known_after(_: Definition, step: Step, outcome: str, before: Known) -> Known:
    kept = {step.settings["save"]} if outcome == "received" and "save" in step.settings else set()
    return without(before, kept) | kept


def passes(token: Token) -> Command | None:
    wait = token.wait
    if wait and wait.expects:
        return Receive(wait.expects, "tried")
    return FireTimer(wait.timer) if wait and wait.timer else None


def enter(run: Run, token: Token) -> None:
    settings = run.step(token).settings
    until = _until(run, token)
    if until is not None and until <= run.now:
        run.leave(token, "elapsed")
        return
    armed = arm(run, Plan(until, []) if until else None)
    begun = WaitBegun(token.id, token.step, until=armed.due, timer=armed.timer)
    if "event" in settings:
        expected = Expect(run.new_id(), token.step, settings["event"]["name"], _key(run, token))
        begun = replace(begun, expects=expected.id, name=expected.name, about=expected.key)
        run.want(expected)
    run.emit(begun)


def _key(run: Run, token: Token) -> str:
    """Raises Stop where the request does not say what the event is about."""
    template = run.step(token).settings["event"].get("key")
    if template is None:
        return run.state.instance
    if field := empty_place(template, run.state.data):
        raise Stop("key_empty", step=token.step, field=field)
    key = fill_exact(template, run.state.data)
    if len(key) > MAX_KEY:
        raise Stop("key_long", step=token.step, most=MAX_KEY)
    return key


def _until(run: Run, token: Token) -> datetime | None:
    """Raises Stop where the request does not say it."""
    settings = run.step(token).settings
    if "after" in settings:
        return max(limit_end(settings["after"], run.now, run.state.data), run.soonest)
    if "until" not in settings:
        return None
    given = run.state.data.get(settings["until"])
    if given in (None, ""):
        raise Stop("no_date", step=token.step, field=settings["until"])
    try:
        found: datetime = reader(MOMENT, run.definition.zone)(given).astimezone(UTC)
    except (ValueError, TypeError, OverflowError) as wrong:
        raise Stop("no_moment", step=token.step, field=settings["until"]) from wrong
    return max(found, run.soonest)


def fire(run: Run, token: Token) -> None:
    run.leave(token, "elapsed", by="timer")


def receive(run: Run, token: Token, command: Receive) -> None:
    if token.wait and token.wait.timer:
        run.want(ClearTimer(token.wait.timer))
    settings = run.step(token).settings
    given = {settings["save"]: command.data} if "save" in settings else {}
    unfit = answers.unfit(run, token, given, command.data, "received")
    kept = None if unfit and unfit.code == "answer_too_large" else command.data
    came = EventReceived(
        token.id,
        token.step,
        source=command.event,
        person=command.person,
        result=kept,
        values={} if unfit else given,
    )
    run.emit(came)
    run.save()
    if unfit:
        raise unfit
    run.leave(token, "received")
