"""Rests for a length of time, or until a date in the request; nobody is asked. BPMN: an intermediate timer event."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from engine.card_rows import limit_length
from engine.clauses import Clause, field_title, limit_words
from engine.commands import Command, FireTimer
from engine.context import Run
from engine.definition import Definition, Step
from engine.events import Context, StepEvent
from engine.human_tasks import arm
from engine.people import Directory
from engine.phrases import Phrase, phrase
from engine.problems import Problem, problem
from engine.rules.types import MOMENT, inside, kind, reader
from engine.settings import FIELD
from engine.state import State, Token, Wait
from engine.stops import Stop
from engine.timers import DurationError, Plan, at_least, limit_end, parse_duration
from engine.wording.values import plain_name, quote

LABEL, ICON, SHAPE = "Wait", "hourglass", "box"
ROLE = "step"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "after": {
            "title": "How long",
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
    },
}
# A circle that surely rests so long may go round by itself.
LONG = "PT1H"


class WaitBegun(StepEvent, frozen=True):
    """until: when the timer is due, in ISO 8601."""

    LABEL, ICON = "Wait begun", "hourglass"

    until: str
    timer: str

    def sentence(self, _: Context) -> Phrase:
        return phrase("{step} waits until {due}", step=self.step, due=self.until)

    def apply(self, state: State) -> None:
        token = state.token(self.token)
        token.blocked = None
        token.wait = Wait([], need=0, timer=self.timer, due=self.until)


def begin(_: str) -> dict[str, Any]:
    return {"after": "P1D"}


def outcomes(_: Step) -> list[str]:
    return ["elapsed"]


def sentence(step: Step, _: Directory | None = None) -> str:
    if "until" in step.settings:
        return f"Waits until {quote(plain_name(step.settings['until']))}"
    return f"Waits {limit_length(step.settings['after'])}" if "after" in step.settings else "Waits"


def clauses(definition: Definition, step: Step, _: Directory | None = None) -> Iterator[Clause]:
    if "until" in step.settings:
        yield Clause(f"Nothing happens before the date in {quote(field_title(definition, step.settings['until']))}")
    else:
        yield Clause(f"Nothing happens for {limit_words(definition, step.settings['after'])}")


def check(definition: Definition, step: Step) -> Iterator[Problem]:
    after, until = step.settings.get("after"), step.settings.get("until")
    if (after is None) == (until is None):
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


def waits(step: Step, _: str) -> bool:
    """A date that is past is not waited for, and what a field says may be short."""
    after = step.settings.get("after")
    return isinstance(after, str) and at_least(after, LONG)


def passes(token: Token) -> Command | None:
    return FireTimer(token.wait.timer) if token.wait and token.wait.timer else None


def enter(run: Run, token: Token) -> None:
    until = max(_until(run, token), run.soonest)
    if until <= run.now:
        run.leave(token, "elapsed")
        return
    armed = arm(run, Plan(until, []))
    run.emit(WaitBegun(token.id, token.step, until=until.isoformat(), timer=str(armed.timer)))


def _until(run: Run, token: Token) -> datetime:
    """Raises Stop where the request does not say it."""
    settings = run.step(token).settings
    if "until" not in settings:
        return limit_end(settings["after"], run.now, run.state.data)
    field = settings["until"]
    given = run.state.data.get(field)
    if given in (None, ""):
        raise Stop("no_date", step=token.step, field=field)
    try:
        found: datetime = reader(MOMENT, run.definition.zone)(given).astimezone(UTC)
    except (ValueError, TypeError, OverflowError) as wrong:
        raise Stop("no_moment", step=token.step, field=field) from wrong
    return found


def fire(run: Run, token: Token) -> None:
    run.leave(token, "elapsed", by="timer")
