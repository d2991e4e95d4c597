"""Events of what is done outside: an administrator tries it again or lets it go."""

from typing import Annotated

from engine.events import PERSONAL, Context, LogEvent
from engine.phrases import Phrase, phrase


class DeliveryRetried(LogEvent, frozen=True):
    """subject: what it is about, in words."""

    LABEL, ICON = "Delivery tried again", "rotate-ccw"

    effect: str
    subject: Annotated[str | None, PERSONAL]

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} tried again: {subject}", subject=self.subject)


class DeliveryDiscarded(LogEvent, frozen=True):
    """reason: why nobody needs it."""

    LABEL, ICON = "Delivery discarded", "trash-2"

    effect: str
    subject: Annotated[str | None, PERSONAL]
    reason: Annotated[str | None, PERSONAL]

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} discarded: {subject}. {reason}", subject=self.subject, reason=self.reason)
