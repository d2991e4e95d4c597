"""Events of a wait for the clock or for another system, with nobody asked: begun, and what came in."""

from collections.abc import Iterator
from typing import Annotated, Any

from msgspec import field

from engine.apply import change
from engine.events import EACH, PERSONAL, Context, StepEvent, answers, due
from engine.phrases import Phrase, phrase
from engine.state import State, Wait


class WaitBegun(StepEvent, frozen=True):
    """until: when the timer is due, in ISO 8601. expects: id of the wait for an event; name, about: which one."""

    LABEL, ICON = "Wait begun", "hourglass"

    until: str | None = None
    timer: str | None = None
    expects: str | None = None
    name: str = ""
    about: Annotated[str | None, PERSONAL] = None

    def sentence(self, _: Context) -> Phrase:
        if self.expects is None:
            return phrase("{step} waits until {due}", step=self.step, due=self.until)
        return phrase("{step} waits for “{name}” about “{about}”", step=self.step, name=self.name, about=self.about)

    def facts(self) -> Iterator[Phrase]:
        return due(self.until if self.expects else None)

    def apply(self, state: State) -> None:
        token = state.token(self.token)
        token.blocked = None
        token.wait = Wait([], need=0, timer=self.timer, due=self.until, expects=self.expects)


class EventReceived(StepEvent, frozen=True):
    """source: the sender's id of it. person: whose program sent it. result: what came, null where it was too long."""

    LABEL, ICON, TONE = "Event came in", "webhook", "good"

    source: Annotated[str | None, PERSONAL]
    person: str
    result: Annotated[Any, PERSONAL]
    values: Annotated[dict[str, Any], EACH] = field(default_factory=dict, name="set")

    def sentence(self, _: Context) -> Phrase:
        if self.values:
            return phrase("{step} received what it waited for, with:", step=self.step)
        return phrase("{step} received what it waited for", step=self.step)

    def facts(self) -> Iterator[Phrase]:
        return answers(self.values) if self.values else iter(())

    def apply(self, state: State) -> None:
        change(state, self.values)
