"""A reason a definition cannot be published, and the checks that several step types share."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from engine.definition import Definition, Step
from engine.rules import RuleError
from engine.timers import parse_duration
from engine.who import Who, fields_read


class Problem(Struct, frozen=True):
    """step: its id, None for the definition. field: JSON pointer inside it. text: plain words and the way out."""

    step: str | None
    field: str
    text: str


def check_rule(definition: Definition, step: Step, field: str, text: str) -> Iterator[Problem]:
    try:
        definition.rule(text)
    except RuleError as wrong:
        yield Problem(step.id, field, f"The rule “{text[:80]}” of “{step.name}” does not work: {wrong}")


def check_who(definition: Definition, step: Step, field: str, who: Who) -> Iterator[Problem]:
    known = definition.data_schema.get("properties", {})
    for name in (name for entry in who for name in fields_read(entry) if name not in known):
        text = f"“{step.name}” asks the person named in “{name}”, and there is no such field."
        yield Problem(step.id, field, f"{text} Choose one, or add it to the data.")


def check_timeout(step: Step) -> Iterator[Problem]:
    policy = step.settings.get("timeout") or {}
    durations = [("after", policy.get("after")), ("within", policy.get("within"))]
    durations += [(f"remind/{number}", text) for number, text in enumerate(policy.get("remind", []))]
    for field, text in durations:
        if isinstance(text, str):
            try:
                parse_duration(text)
            except ValueError as wrong:
                yield Problem(step.id, f"/timeout/{field}", f"In the time limit of “{step.name}”: {wrong}")


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
