"""A reason a definition cannot be published, and the checks that several step types share."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from engine.definition import Definition, Step
from engine.reasons import Params, Reason, reason
from engine.rules import RuleError
from engine.timers import DurationError, parse_duration
from engine.who import Who, fields_read


class Problem(Struct, frozen=True):
    """step: its id, None for the definition. field: pointer inside it. Codes: engine/wording/catalogue/problems.py."""

    code: str
    step: str | None
    field: str
    params: Params = {}

    @property
    def reason(self) -> Reason:
        """As engine/wording/sentences.py tells it."""
        return Reason(self.code, {"step": self.step, **self.params})


def problem(code: str, step: str | None, field: str = "", **params: Any) -> Problem:
    return Problem(code, step, field, reason(code, **params).params)


def check_rule(definition: Definition, step: Step, field: str, text: str) -> Iterator[Problem]:
    try:
        definition.rule(text)
    except RuleError as wrong:
        if wrong.reason.code == "rule_empty":
            yield problem("rule_missing", step.id, field)
        else:
            yield problem("rule_broken", step.id, field, rule=text, why=wrong.reason)


def check_who(definition: Definition, step: Step, field: str, who: Who) -> Iterator[Problem]:
    known = definition.data_schema.get("properties", {})
    for name in (name for entry in who for name in fields_read(entry) if name not in known):
        yield problem("who_no_field", step.id, field, name=name)


def check_timeout(step: Step) -> Iterator[Problem]:
    policy = step.settings.get("timeout") or {}
    durations = [("after", policy.get("after")), ("within", policy.get("within"))]
    durations += [(f"remind/{number}", text) for number, text in enumerate(policy.get("remind", []))]
    for field, text in durations:
        if isinstance(text, str):
            try:
                parse_duration(text)
            except DurationError as wrong:
                yield problem("limit_wrong", step.id, f"/timeout/{field}", why=wrong.reason)


def may_time_out(step: Step) -> bool:
    """Whether its time limit says that it goes on without an answer; a field that says so is checked with the data."""
    policy = step.settings.get("timeout") or {}
    return "timed_out" in (policy.get("then"), policy.get("finally"))


def settings_named(part: Any, name: str, of: type, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every setting of that name, wherever it stands; forms and calls are no settings."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key == name and isinstance(value, of):
                yield f"{pointer}/{key}", value
            elif key not in ("form", "call", "undo", "set"):
                yield from settings_named(value, name, of, f"{pointer}/{key}")
    elif isinstance(part, list):
        for number, item in enumerate(part):
            yield from settings_named(item, name, of, f"{pointer}/{number}")
