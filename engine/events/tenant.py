"""Events of the tenant itself: set up, its rules, its time zone."""

from typing import Annotated

from engine.events import PERSONAL, Context, LogEvent
from engine.phrases import Phrase, msgid, phrase

ALLOWED = {
    "authors_may_ask": msgid("{actor} allowed requests of whoever published the version"),
    "calls_may_approve": msgid(
        "{actor} allowed programs to have what they ask for approved automatically, or when the time is up"
    ),
}
FORBIDDEN = {
    "authors_may_ask": msgid("{actor} forbade requests of whoever published the version"),
    "calls_may_approve": msgid(
        "{actor} forbade programs to have what they ask for approved automatically, or when the time is up"
    ),
}


class TenantFounded(LogEvent, frozen=True):
    """The first event of the chain."""

    LABEL, ICON = "Set up", "building-2"

    key: str
    name: Annotated[str | None, PERSONAL]

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} set up this tenant")


class RuleChanged(LogEvent, frozen=True):
    """By the command line."""

    LABEL, ICON = "Rule changed", "scale"

    rule: str
    value: bool

    def sentence(self, _: Context) -> Phrase:
        if self.value:
            return phrase(ALLOWED.get(self.rule, msgid("{actor} allowed “{rule}”")), rule=self.rule)
        return phrase(FORBIDDEN.get(self.rule, msgid("{actor} forbade “{rule}”")), rule=self.rule)


class ZoneChanged(LogEvent, frozen=True):
    """zone: a name of the IANA database."""

    LABEL, ICON = "Time zone changed", "clock"

    zone: str

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} set the time zone of the company to “{zone}”", zone=self.zone)
