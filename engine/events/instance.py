"""Events of a request as a whole: made, renamed, withdrawn, ended."""

from typing import Annotated, Any

from msgspec import field

from engine.events import EACH, OUTCOME_TONES, PERSONAL, SAID, Context, Event, StepEvent, Tone
from engine.phrases import Phrase, phrase, remarked
from engine.reasons import Reason, said, says_more
from engine.state import Passed, State, Token


class InstanceStarted(Event, frozen=True):
    """v: format of all events of the request. files: SHA-256 in hex of each file that the data names, by its id."""

    LABEL, ICON = "Request made", "send"

    v: int
    instance: str
    requester: str
    data: Annotated[dict[str, Any], EACH]
    title: Annotated[str | None, PERSONAL]
    definition: str
    version: int
    content_hash: str
    step: str
    to: str
    files: dict[str, str] = field(default_factory=dict)

    def sentence(self, context: Context) -> Phrase:
        told = {"title": self.title, "version": self.version, "person": self.requester}
        if context.actor == self.requester:
            return phrase("{actor} asked: “{title}” with “{definition}”, version {version}", **told)
        return phrase("{actor} asked for {person}: “{title}” with “{definition}”, version {version}", **told)

    def apply(self, state: State) -> None:
        state.instance, state.requester, state.data = self.instance, self.requester, dict(self.data)
        state.v, state.title = self.v, self.title or ""
        state.tokens = [Token(1, self.to, visit=1, trail=[Passed(self.step, 1)])]


class TitleChanged(Event, frozen=True):
    """The title says what the data says now."""

    LABEL, ICON = "Title changed", "pencil"

    title: Annotated[str | None, PERSONAL]

    def sentence(self, _: Context) -> Phrase:
        return phrase("Is now called “{title}”", title=self.title)

    def apply(self, state: State) -> None:
        state.title = self.title or ""


class Withdrawn(Event, frozen=True):
    """By whoever asked."""

    LABEL, ICON = "Withdrawn", "ban"

    reason: Annotated[str | None, PERSONAL]

    def sentence(self, _: Context) -> Phrase:
        return remarked(phrase("{actor} withdrew the request"), self.reason)

    def apply(self, state: State) -> None:
        state.closing, state.reason = "cancelled", said("said", self.reason) if self.reason else Reason("withdrawn")


class Cancelled(Event, frozen=True):
    """By an administrator."""

    LABEL, ICON = "Cancelled", "ban"

    reason: Annotated[str | None, PERSONAL]

    def sentence(self, _: Context) -> Phrase:
        return remarked(phrase("{actor} cancelled the request"), self.reason)

    def apply(self, state: State) -> None:
        state.closing, state.reason = "cancelled", said("said", self.reason) if self.reason else Reason("cancelled")


class InstanceEnded(StepEvent, frozen=True):
    """remains: the steps whose work an administrator left as it is."""

    LABEL, ICON = "Ended", "flag"

    status: str
    reason: Annotated[Reason | None, SAID] = None
    remains: list[str] = field(default_factory=list)

    def sentence(self, _: Context) -> Phrase:
        told = phrase("Ended as {status}", status=self.status)
        if self.status == "rolled_back":
            told = phrase("Ended, with everything undone")
        if self.reason and says_more(self.reason, (self.status,)):
            told = phrase("{told}: {why}", told=told, why=self.reason)
        return phrase("{told}; not undone: {steps}", told=told, steps=self.remains) if self.remains else told

    def apply(self, state: State) -> None:
        state.ended, state.tokens, state.closing = self.status, [], None
        state.reason, state.remains = self.reason, self.remains

    @property
    def tone(self) -> Tone:
        return OUTCOME_TONES.get(self.status, "plain")
