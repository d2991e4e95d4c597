"""Events of coming in: log-ins, log-outs, passwords and API keys."""

from typing import Annotated, Literal

from engine.events import PERSONAL, Context, LogEvent
from engine.phrases import Phrase, msgid, phrase

SPEAKING = msgid("{actor} made the API key “{name}” for {person}, which may speak for others")


class LoggedIn(LogEvent, frozen=True):
    """With a password."""

    LABEL, ICON = "Logged in", "user-check"

    user: str

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} logged in")


class LoginFailed(LogEvent, frozen=True):
    """why: the password was wrong, or the account is closed."""

    LABEL, ICON = "Log-in failed", "lock"

    user: str
    why: Literal["password", "closed"]

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} tried to log in as {person} and failed", person=self.user)


class LoggedOut(LogEvent, frozen=True):
    """where: of which browsers; the one that was used, all others, or all."""

    LABEL, ICON = "Logged out", "log-out"

    user: str
    where: Literal["here", "elsewhere", "everywhere"] = "here"

    def sentence(self, _: Context) -> Phrase:
        match self.where:
            case "elsewhere":
                return phrase("{actor} logged out in another browser")
            case "everywhere":
                return phrase("{actor} logged out everywhere, and ended the links in mails")
        return phrase("{actor} logged out")


class PasswordChanged(LogEvent, frozen=True):
    """By the person, with the present one or with a link."""

    LABEL, ICON = "Password changed", "lock"

    user: str

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} chose a new password")


class KeyMade(LogEvent, frozen=True, kw_only=True):
    """user: whom the key belongs to. days: that it lasts."""

    LABEL, ICON = "API key made", "key-round"

    key: str
    user: str
    name: Annotated[str | None, PERSONAL]
    scopes: list[str]
    speaks_for_others: bool
    days: int | None = None

    def sentence(self, _: Context) -> Phrase:
        if self.speaks_for_others:
            return phrase(SPEAKING, name=self.name, person=self.user)
        return phrase("{actor} made the API key “{name}” for {person}", name=self.name, person=self.user)


class KeyRevoked(LogEvent, frozen=True):
    """For good."""

    LABEL, ICON = "API key revoked", "key-round"

    key: str

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} revoked an API key")
