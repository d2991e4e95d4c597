"""What changed in a request since somebody looked at it: per field the old and the new value, and who changed it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from engine.apply import replay
from engine.definition import Definition
from engine.forms import describe
from engine.state import State
from engine.wording.values import clean, plain_name, value


class Change(Struct, frozen=True):
    """old and new as people read them, "empty" where there was nothing."""

    field: str
    label: str
    old: str
    new: str
    by: str
    at: datetime


def changes(
    definition: Definition, events: Iterable[Mapping[str, Any]], since: int, *, masked: bool = False
) -> list[Change]:
    """events: all of the request, oldest first. since: a seq. masked: without what a form calls sensitive."""
    state, before = State("", "", {}), dict[str, Any]()
    last: dict[str, Mapping[str, Any]] = {}
    for event in events:
        replay(state, event["type"], event["data"])
        if state.seq <= since:
            before = dict(state.data)
        else:
            last |= {name: event for name, at in state.changed.items() if at == state.seq}
    return [
        Change(name, *_told(definition, name, before, state.data, masked), clean(event["actor_name"], 80), event["at"])
        for name, event in last.items()
        if before.get(name) != state.data.get(name)
    ]


def _told(
    definition: Definition, name: str, before: dict[str, Any], now: dict[str, Any], masked: bool
) -> tuple[str, str, str]:
    """Label, old and new, in the words of the form that asks for the field."""
    form = _form(definition, name)
    label, texts = plain_name(name).capitalize(), []
    for data in (before, now):
        given = data.get(name)
        shown = describe(*form, {name: given}, masked=masked) if form else []
        label = shown[0].label if len(shown) == 1 else label
        texts.append(", ".join(one.value for one in shown) if shown else value(given))
    return clean(label, 80), clean(texts[0], 200), clean(texts[1], 200)


def _form(definition: Definition, name: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    steps = [definition.start, *(key for key, step in definition.steps.items() if "form" in step.settings)]
    forms = (definition.form(step) for step in steps)
    return next((form for form in forms if name in form[0].get("properties", {})), None)
