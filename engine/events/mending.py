"""Events of a request that is being closed: what was done is compensated, newest first."""

from typing import Annotated, Any

from msgspec import field

from engine.events import EACH, PERSONAL, Context, StepEvent
from engine.phrases import Phrase, phrase, remarked
from engine.state import Blocked, State


class CompensationStarted(StepEvent, frozen=True):
    """status: that it ends with. steps: whose work is to be undone."""

    LABEL, ICON = "Undo begun", "undo-2"

    status: str
    steps: list[str]

    def sentence(self, _: Context) -> Phrase:
        return phrase("Began to undo what was done: {steps}", steps=self.steps)

    def apply(self, state: State) -> None:
        state.closing = state.undone_after = self.status


class UndoRequested(StepEvent, frozen=True):
    """step: whose work is undone."""

    LABEL, ICON = "Undo requested", "undo-2"

    effect: str
    call: Annotated[dict[str, Any] | None, PERSONAL]

    def sentence(self, _: Context) -> Phrase:
        return phrase("Undoing {step}: {call}", step=self.step, call=self.call)

    def apply(self, state: State) -> None:
        state.undoing = self.effect
        state.token(self.token).blocked = None


class CompensationDone(StepEvent, frozen=True):
    """step: whose work is undone."""

    LABEL, ICON, TONE = "Undone", "undo-2", "good"

    effect: str

    def sentence(self, _: Context) -> Phrase:
        return phrase("{step} was undone", step=self.step)

    def apply(self, state: State) -> None:
        state.undoing, state.undo = None, state.undo[:-1]


class CompensationFailed(StepEvent, frozen=True):
    """After the last attempt: an administrator is needed."""

    LABEL, ICON, TONE = "Undo failed", "octagon-alert", "bad"

    effect: str
    code: str
    params: Annotated[dict[str, Any], EACH] = field(default_factory=dict)

    def sentence(self, _: Context) -> Phrase:
        error = self.params.get("error")
        return phrase("{step} could not be undone, an admin is needed: {error}", step=self.step, error=error)

    def apply(self, state: State) -> None:
        state.undoing = None
        state.token(self.token).blocked = Blocked(self.code, self.params)


class UndoneByHand(StepEvent, frozen=True):
    """An administrator did what the call could not."""

    LABEL, ICON = "Undone by hand", "undo-2"

    reason: Annotated[str | None, PERSONAL]

    def sentence(self, _: Context) -> Phrase:
        return remarked(phrase("{actor} undid {step} by hand", step=self.step), self.reason)

    def apply(self, state: State) -> None:
        state.token(self.token).blocked = None
        state.undo = state.undo[:-1]


class CompensationAbandoned(StepEvent, frozen=True):
    """steps: whose work stays as it is. The InstanceEnded that follows ends it."""

    LABEL, ICON, TONE = "Left as it is", "octagon-alert", "bad"

    steps: list[str]
    reason: Annotated[str | None, PERSONAL]

    def sentence(self, _: Context) -> Phrase:
        return remarked(phrase("{actor} ended it without undoing {steps}", steps=self.steps), self.reason)

    def apply(self, state: State) -> None:
        """A trace for the reader, nothing for the flow."""
