"""Who is asked: entries such as {"group": "board"}, a file for each kind, and the assignees of a list of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from engine.people import Directory
from engine.registry import plugins, some

if TYPE_CHECKING:
    from engine.definition import Step
    from engine.problems import Problem

Entry = dict[str, Any]
Who = list[Entry]


class Looked(Struct, frozen=True):
    """Where people are looked up, and for which request. barred: who may not be asked.

    deciding: only those who may decide are looked for.
    """

    directory: Directory
    requester: str
    data: dict[str, Any]
    barred: frozenset[str] = frozenset()
    deciding: bool = False

    def able(self, person: str) -> bool:
        return person not in self.barred and self.directory.able(person, self.deciding)


class Kind(Protocol):
    """SCHEMA: of an entry's value. An entry is an object whose one key is the name of the file.

    MEMBERS: whether those who were asked by it may answer only as long as they belong to it.
    OF_REQUEST: whether it means other people for another request.
    """

    LABEL: str
    SCHEMA: dict[str, Any]
    MEMBERS: bool
    OF_REQUEST: bool

    def people(self, value: Any, looked: Looked, /) -> Iterable[str]:
        """Ids of whoever it names; those who are not able are left out by the caller."""

    def belongs(self, value: Any, person: str, directory: Directory, /) -> bool:
        """Whether it means this person, whatever the request."""

    def text(self, value: Any, directory: Directory | None, /) -> str:
        """In words that follow "asks": "the group Board"."""


class Reads(Protocol):
    """Finds people in the request's data."""

    def reads(self, value: Any, /) -> list[str]:
        """The fields; each is a text or a list of texts: ids, e-mail addresses or handles."""


class Cast(Struct, frozen=True):
    """Who has to be there, so that an entry finds somebody: people by id, e-mail address or handle; groups and roles
    with people in them; managers above the requester, so many.
    """

    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    line: int = 0


class Played(Protocol):
    """Finds nobody among made-up people, where definitions are tested, unless some are made up for it."""

    def cast(self, value: Any, /) -> Cast: ...


class LookedUp(Protocol):
    """Can be wrong about the people that there are."""

    def look_up(
        self, step: Step, field: str, value: Any, directory: Directory, roles: Collection[str], /
    ) -> Iterator[Problem]:
        """Why it cannot be published here. roles: those that people can have."""


def kinds() -> Mapping[str, Kind]:
    return plugins(__name__, Kind)


def named(entry: Entry) -> tuple[Kind | None, Any]:
    """The kind of an entry and its value; None for a kind that is not known."""
    name = next(iter(entry), "")
    return kinds().get(name), entry.get(name)


def assignees(
    who: Who,
    directory: Directory,
    requester: str,
    data: dict[str, Any],
    excluded: Iterable[str] = (),
    *,
    deciding: bool = False,
) -> dict[str, Entry | None]:
    """Who is able, in the order of `who`, without the excluded; with the entry by whose membership each was found.

    deciding: only those who may decide. Empty when nobody is left.
    """
    looked = Looked(directory, requester, data, frozenset(excluded), deciding)
    found: dict[str, Entry | None] = {}
    for entry in who:
        kind, value = named(entry)
        for person in kind.people(value, looked) if kind else ():
            if looked.able(person):
                found.setdefault(person, entry if kind and kind.MEMBERS else None)
    return found


def entitled(person: str, through: Entry | None, who: Who, directory: Directory, *, deciding: bool) -> bool:
    """Whether somebody who was asked may still answer: here, able, and still among those whom they were asked with."""
    stays = through is None or any(belongs(person, entry, directory) for entry in (through, *who))
    return stays and directory.able(person, deciding)


def belongs(person: str, entry: Entry, directory: Directory) -> bool:
    kind, value = named(entry)
    return kind is not None and kind.belongs(value, person, directory)


def who_text(who: Who, directory: Directory | None = None) -> str:
    """In words: "the requester's manager or the group Board"."""
    texts = [kind.text(value, directory) for kind, value in map(named, who) if kind]
    return " or ".join(texts) or "nobody"


def of_request(who: Who) -> bool:
    """Whether the request says who is asked."""
    return any(kind.OF_REQUEST for kind, _ in map(named, who) if kind)


def fields_read(entry: Entry) -> list[str]:
    """The fields of the request's data that say who it is."""
    reading = some(__name__, Reads)
    return [field for name, value in entry.items() if name in reading for field in reading[name].reads(value)]


def look_up(step: Step, field: str, entry: Entry, directory: Directory, roles: Collection[str]) -> Iterator[Problem]:
    looking = some(__name__, LookedUp)
    for name, value in entry.items():
        if name in looking:
            yield from looking[name].look_up(step, field, value, directory, roles)


def cast_of(entry: Entry) -> Cast:
    """Whom its tests need. Other kinds have to do with whoever is there anyway."""
    played = some(__name__, Played)
    found = [played[name].cast(value) for name, value in entry.items() if name in played]
    return found[0] if found else Cast()


def who_schema() -> dict[str, Any]:
    """Of a list of entries, of every kind that there is."""
    options = [
        {
            "title": kind.LABEL,
            "type": "object",
            "required": [name],
            "properties": {name: kind.SCHEMA},
            "additionalProperties": False,
        }
        for name, kind in sorted(kinds().items(), key=lambda one: one[1].LABEL)
    ]
    return {
        "title": "Who",
        "type": "array",
        "format": "who",
        "minItems": 1,
        "maxItems": 50,
        "items": {"oneOf": options},
    }
