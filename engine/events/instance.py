"""Events of a request as a whole: made, renamed, withdrawn, ended."""

from typing import Annotated, Any

from msgspec import field

from engine.events import EACH, OUTCOME_TONES, PERSONAL, SAID, Event, StepEvent, Tone
from engine.reasons import Reason, said
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

    def apply(self, state: State) -> None:
        state.instance, state.requester, state.data = self.instance, self.requester, dict(self.data)
        state.v, state.title = self.v, self.title or ""
        state.tokens = [Token(1, self.to, visit=1, trail=[Passed(self.step, 1)])]


class TitleChanged(Event, frozen=True):
    """The title says what the data says now."""

    LABEL, ICON = "Title changed", "pencil"

    title: Annotated[str | None, PERSONAL]

    def apply(self, state: State) -> None:
        state.title = self.title or ""


class Withdrawn(Event, frozen=True):
    """By whoever asked."""

    LABEL, ICON = "Withdrawn", "ban"

    reason: Annotated[str | None, PERSONAL]

    def apply(self, state: State) -> None:
        state.closing, state.reason = "cancelled", said("said", self.reason) if self.reason else Reason("withdrawn")


class Cancelled(Event, frozen=True):
    """By an administrator."""

    LABEL, ICON = "Cancelled", "ban"

    reason: Annotated[str | None, PERSONAL]

    def apply(self, state: State) -> None:
        state.closing, state.reason = "cancelled", said("said", self.reason) if self.reason else Reason("cancelled")


class InstanceEnded(StepEvent, frozen=True):
    """remains: the steps whose work an administrator left as it is."""

    LABEL, ICON = "Ended", "flag"

    status: str
    reason: Annotated[Reason | None, SAID] = None
    remains: list[str] = field(default_factory=list)

    def apply(self, state: State) -> None:
        state.ended, state.tokens, state.closing = self.status, [], None
        state.reason, state.remains = self.reason, self.remains

    @property
    def tone(self) -> Tone:
        return OUTCOME_TONES.get(self.status, "plain")
