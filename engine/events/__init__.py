"""Domain events: what happened, past tense, never changed. A Struct for each type, found in this folder and the steps'.

Everything of a type stands in its class: the fields, how it changes the state, its label, icon, tone and sentence. The
interpreter changes state by `apply` alone, so replaying is exact. What an `apply` did it does for ever: what a later
release wants to be different is a new field, or a new type. What happens outside requests has no state to change.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct, field

from engine.phrases import Phrase, phrase
from engine.registry import discover
from engine.state import OpenTask, State, Wait

By = Literal["actor", "rule", "timer", "system"]
Tone = Literal["good", "bad", "late", "plain"]

OUTCOME_TONES: dict[str, Tone] = {
    "approved": "good",
    "completed": "good",
    "rejected": "bad",
    "failed": "bad",
    "cancelled": "plain",
    "rolled_back": "late",
    "changes_requested": "late",
    "timed_out": "late",
}

# Marks of fields that are hashed as salted digests, so that they can be erased (engine/record/fields.py): the value as
# a whole, each member of an object on its own, each parameter of a reason. What was erased is null.
PERSONAL = Meta(extra={"personal": "whole"}, extra_json_schema={"x-personal": "whole"})
EACH = Meta(extra={"personal": "each"}, extra_json_schema={"x-personal": "each"})
SAID = Meta(extra={"personal": {"params": "each"}}, extra_json_schema={"x-personal": {"params": "each"}})


class Key(Struct, frozen=True):
    """An API key, and the person it belongs to."""

    id: str
    owner: str


class Context(NamedTuple):
    """What the record says besides the event: the id of who did it, when, and since when tasks had waited, by id."""

    actor: str
    at: datetime
    opened: Mapping[str, datetime]


class Recorded(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """LABEL: what a filter calls the type. ICON: a name in static/icons.svg."""

    LABEL: ClassVar[str]
    ICON: ClassVar[str]
    TONE: ClassVar[Tone] = "plain"

    def sentence(self, context: Context) -> Phrase:
        """What happened. {actor}: the name of who did it; other parameters as engine/wording/events.py reads them."""
        raise NotImplementedError

    def facts(self) -> Iterator[Phrase]:
        """What a reader may want to know besides: until when, and why."""
        return iter(())

    @property
    def tone(self) -> Tone:
        return self.TONE


class LogEvent(Recorded, frozen=True):
    """One outside of requests, in the chain of the tenant."""


class Event(Recorded, frozen=True, kw_only=True):
    """key: by which a program sent it."""

    key: Key | None = None

    def apply(self, state: State) -> None:
        """Changes `state`, whose seq is still that of the event before."""
        raise NotImplementedError


class StepEvent(Event, frozen=True):
    """One that happens at a place of the flow."""

    token: int
    step: str


class Asking(StepEvent, frozen=True, kw_only=True):
    """name: what people are asked as. due, remind: moments in ISO 8601. timer: for the first of them."""

    name: str
    tasks: list[OpenTask]
    due: str | None = None
    timer: str | None = None
    remind: list[str] = field(default_factory=list)

    @property
    def people(self) -> list[str]:
        return [task.assignee for task in self.tasks]

    def facts(self) -> Iterator[Phrase]:
        yield from due(self.due)

    def begin(self, state: State, **facts: Any) -> None:
        token = state.token(self.token)
        token.blocked = None
        token.wait = Wait(self.tasks, timer=self.timer, due=self.due, left=self.remind, **facts)


def due(at: str | None) -> Iterator[Phrase]:
    """The fact until when it waits; none where it waits as long as it takes."""
    if at:
        yield phrase("due {due}", due=at)


def because(rule: str, values: Mapping[str, Any]) -> Phrase:
    """The fact which rule held, over which values."""
    return phrase("because {held}", held=(rule, values))


def answers(data: Mapping[str, Any]) -> Iterator[Phrase]:
    """What was filled in, as facts."""
    if not data:
        yield phrase("nothing")
    for item, content in data.items():
        yield phrase("{item} {content}", item=item, content=(item, content, data))


class Emitted(Struct, frozen=True):
    """by: whose doing it was; "actor" is whoever sent the command."""

    event: Event
    by: By = "system"

    @property
    def type(self) -> str:
        return type(self.event).__name__

    @property
    def data(self) -> dict[str, Any]:
        """As it is stored and hashed: JSON-like, with decimals."""
        return as_data(self.event)


def as_data(event: Recorded) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.to_builtins(event, builtin_types=(Decimal,))
    return made


def read(kind: str, data: Mapping[str, Any]) -> Event:
    """Raises KeyError for a type that this release does not know, msgspec.ValidationError for data not of its shape."""
    return msgspec.convert(data, types()[kind])


def recorded(kind: str, data: Mapping[str, Any]) -> Recorded:
    """Of a request, or of the tenant. Raises as `read` does."""
    return msgspec.convert(data, all_types()[kind])


@cache
def types() -> dict[str, type[Event]]:
    """Those of requests, by name."""
    return {name: kind for name, kind in all_types().items() if issubclass(kind, Event)}


@cache
def all_types() -> dict[str, type[Recorded]]:
    """With what happens outside of requests. Every process knows the same ones: they are files."""
    modules = (*discover("engine.events").values(), *discover("engine.steps").values())
    found = (thing for module in modules for thing in vars(module).values() if _is_type(thing, module.__name__))
    return {kind.__name__: kind for kind in found}


def _is_type(thing: Any, module: str) -> bool:
    """What several types share begins with an underscore."""
    own = isinstance(thing, type) and issubclass(thing, Recorded) and thing.__module__ == module
    return own and not thing.__name__.startswith("_")
