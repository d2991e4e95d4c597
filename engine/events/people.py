"""Events of the directory: people, groups, what is erased of somebody who left."""

from typing import Annotated

from msgspec import field

from engine.events import PERSONAL, Context, LogEvent
from engine.phrases import Phrase, Plural, phrase


class _Person(LogEvent, frozen=True, kw_only=True):
    """What an administrator says about somebody. user: the id. manager, groups: ids."""

    user: str
    name: Annotated[str | None, PERSONAL]
    email: Annotated[str | None, PERSONAL]
    title: Annotated[str | None, PERSONAL] = ""
    roles: list[str]
    manager: str | None = None
    groups: list[str] = field(default_factory=list)


class PersonAdded(_Person, frozen=True):
    """With an account that nobody has entered yet."""

    LABEL, ICON = "Person added", "user-plus"

    def sentence(self, _: Context) -> Phrase:
        if not self.roles:
            return phrase("{actor} added {name}, without roles", name=self.name)
        return phrase("{actor} added {name}: roles {words}", name=self.name, words=self.roles)


class PersonChanged(_Person, frozen=True):
    """All that is said of somebody, whatever of it is new."""

    LABEL, ICON = "Person changed", "user"

    def sentence(self, _: Context) -> Phrase:
        if not self.roles:
            return phrase("{actor} changed {name}, without roles", name=self.name)
        return phrase("{actor} changed {name}: roles {words}", name=self.name, words=self.roles)


class PersonInvited(LogEvent, frozen=True):
    """By a mail with a link to choose a password."""

    LABEL, ICON = "Person invited", "mail"

    user: str

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} sent {person} a link to set a new password", person=self.user)


class PersonActivated(LogEvent, frozen=True):
    """May log in again."""

    LABEL, ICON = "Person activated", "user-check"

    user: str

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} activated {person}", person=self.user)


class PersonDeactivated(LogEvent, frozen=True):
    """Is out: what waited for them went to others."""

    LABEL, ICON = "Person deactivated", "user"

    user: str

    def sentence(self, _: Context) -> Phrase:
        return phrase("{actor} deactivated {person}", person=self.user)


class _Group(LogEvent, frozen=True, kw_only=True):
    """members: ids of people."""

    group: str
    name: Annotated[str | None, PERSONAL]
    members: list[str]


class GroupAdded(_Group, frozen=True, kw_only=True):
    """key: by which definitions name it."""

    LABEL, ICON = "Group added", "users"

    key: str

    def sentence(self, _: Context) -> Phrase:
        return phrase(ADDED, name=self.name, count=len(self.members))


class GroupChanged(_Group, frozen=True):
    """Its name or its members."""

    LABEL, ICON = "Group changed", "users"

    def sentence(self, _: Context) -> Phrase:
        return phrase(CHANGED, name=self.name, count=len(self.members))


class ValuesErased(LogEvent, frozen=True, kw_only=True):
    """list: a digest of which values of which events are gone. files, messages, reports: how many were emptied."""

    LABEL, ICON = "Personal data erased", "trash-2"

    user: str
    values: int
    list: str
    files: int
    messages: int
    reports: int

    def sentence(self, _: Context) -> Phrase:
        return phrase(ERASED, person=self.user, count=self.values)


ADDED = Plural(
    "{actor} added the group “{name}”, {count} member", "{actor} added the group “{name}”, {count} members", "count"
)
CHANGED = Plural(
    "{actor} changed the group “{name}”, {count} member", "{actor} changed the group “{name}”, {count} members", "count"
)
ERASED = Plural(
    "{actor} erased what was personal to {person}: {count} value",
    "{actor} erased what was personal to {person}: {count} values",
    "count",
)
