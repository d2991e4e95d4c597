"""Diff of two versions of a definition, in the words its steps are explained in. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from engine.wording.steps import Explained
from engine.wording.values import clean, plain_name, quote


class Difference(NamedTuple):
    """where: "Field “Amount”", "“Approval”, Time limit". before, after: empty where there was or is nothing."""

    where: str
    before: str
    after: str


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], steps_before: list[Explained], steps_after: list[Explained]
) -> list[Difference]:
    """before, after: the documents. Nothing where only the order of keys is another one."""
    return [*_heads(before, after), *_fields(before, after), *_steps(steps_before, steps_after)]


def _heads(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in ("name", "description", "category", "prefix", "title", "start"):
        yield from _one(name.capitalize(), str(before.get(name, "")), str(after.get(name, "")))


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    old, new = before["data"].get("properties", {}), after["data"].get("properties", {})
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) != new.get(key):
            name = quote(_label(key, new.get(key) or old.get(key)))
            yield Difference(f"Field {name}", _field(old, key), _field(new, key))


def _label(key: str, schema: Any) -> str:
    return str(schema.get("title", plain_name(key))) if isinstance(schema, dict) else plain_name(key)


def _field(properties: Mapping[str, Any], key: str) -> str:
    """Its limits as they are written: they are the author's own words."""
    schema = properties.get(key)
    if not isinstance(schema, dict):
        return ""
    return clean(", ".join(f"{plain_name(name)} {value}" for name, value in schema.items() if name != "title"), 200)


def _steps(before: list[Explained], after: list[Explained]) -> Iterator[Difference]:
    old, new = {step.id: step for step in before}, {step.id: step for step in after}
    for key in dict.fromkeys((*old, *new)):
        was, now = _told(old.get(key)), _told(new.get(key))
        name = quote((new.get(key) or old[key]).name)
        if key not in old or key not in new:
            yield from _one(f"Step {name}", was.get("Kind", ""), now.get("Kind", ""))
            continue
        for what in dict.fromkeys((*was, *now)):
            yield from _one(f"{name}, {what}", was.get(what, ""), now.get(what, ""))


def _told(step: Explained | None) -> dict[str, str]:
    """Everything that is said of a step, by what it is about."""
    if step is None:
        return {}
    levels = {f"level {name}": f"{when}: {who}, {many.lower()}" for name, when, who, many in step.levels}
    leads = {f"after {outcome.lower()}": to for outcome, to, _ in step.leads}
    return {
        "Kind": step.kind,
        "name": step.name,
        "description": step.description,
        **dict(step.facts),
        **levels,
        **leads,
    }


def _one(where: str, before: str, after: str) -> Iterator[Difference]:
    if before != after:
        yield Difference(where, before, after)
