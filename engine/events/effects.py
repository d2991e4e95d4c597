"""Events of work outside: calls made and answered, people told."""

from collections.abc import Iterator
from typing import Annotated, Any

from msgspec import UNSET, UnsetType, field

from engine.apply import change
from engine.events import EACH, PERSONAL, SAID, Context, StepEvent, answers
from engine.phrases import Phrase, phrase, remarked
from engine.reasons import Reason
from engine.state import State, Undo


class CallRequested(StepEvent, frozen=True):
    """call: filled in, but for secrets."""

    LABEL, ICON = "Call made", "zap"

    effect: str
    call: Annotated[dict[str, Any] | None, PERSONAL]

    def sentence(self, _: Context) -> Phrase:
        return phrase("{step} called another system: {call}", step=self.step, call=self.call)

    def apply(self, state: State) -> None:
        state.token(self.token).effect = self.effect


class CallDone(StepEvent, frozen=True):
    """result: the answer, null where it was too long. undo: the call that takes it back; or undo_lacks: why."""

    LABEL, ICON, TONE = "Call done", "check", "good"

    effect: str
    result: Annotated[Any, PERSONAL]
    values: Annotated[dict[str, Any], EACH] = field(default_factory=dict, name="set")
    undo: Annotated[dict[str, Any] | UnsetType | None, PERSONAL] = UNSET
    undo_lacks: Annotated[Reason | UnsetType | None, SAID] = UNSET

    def sentence(self, _: Context) -> Phrase:
        if self.values:
            return phrase("{step} was done by the other system, which answered:", step=self.step)
        return phrase("{step} was done by the other system", step=self.step)

    def facts(self) -> Iterator[Phrase]:
        bodies = {key: it.get("body", it) if isinstance(it, dict) else it for key, it in self.values.items()}
        return answers(bodies) if bodies else iter(())

    def apply(self, state: State) -> None:
        state.token(self.token).effect = None
        change(state, self.values)
        if self.undo is not UNSET or self.undo_lacks is not UNSET:
            state.undo = [*state.undo, Undo(self.step, self.undo or None, self.undo_lacks or None)]


class CallFailed(StepEvent, frozen=True):
    """After the last attempt."""

    LABEL, ICON, TONE = "Call failed", "triangle-alert", "bad"

    effect: str
    error: Annotated[str | None, PERSONAL]

    def sentence(self, _: Context) -> Phrase:
        return phrase("{step} failed: {error}", step=self.step, error=self.error)

    def apply(self, state: State) -> None:
        state.token(self.token).effect = None


class PeopleTold(StepEvent, frozen=True):
    """By a message that asks nothing."""

    LABEL, ICON = "People told", "megaphone"

    people: list[str]
    subject: Annotated[str | None, PERSONAL]

    def sentence(self, _: Context) -> Phrase:
        return remarked(phrase("{step} told {people}", step=self.step, people=self.people), self.subject)

    def apply(self, state: State) -> None:
        """A trace for the reader, nothing for the flow."""
