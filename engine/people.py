"""A snapshot of who is who, and who may act: assignees of a task, never the requester of the request."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from msgspec import Struct

MAX_LINE = 50

Who = list[dict[str, Any]]


class Person(Struct, frozen=True):
    """decides: whether the person's roles let them decide on requests."""

    id: str
    email: str
    handle: str
    name: str
    title: str = ""
    roles: tuple[str, ...] = ()
    manager: str | None = None
    active: bool = True
    decides: bool = True


class Directory(Struct, frozen=True, dict=True):
    """groups: member ids by group key."""

    people: dict[str, Person]
    groups: dict[str, tuple[str, ...]]
    group_names: dict[str, str]

    @cached_property
    def _words(self) -> dict[str, str]:
        words: dict[str, str] = {}
        for person in self.people.values():
            words |= {person.email.lower(): person.id, person.handle.lower(): person.id, person.id: person.id}
        return words

    def find(self, word: str) -> Person | None:
        """By id, e-mail address or handle."""
        found = self._words.get(word.strip().lower())
        return self.people[found] if found else None

    def name(self, person: str) -> str:
        return self.people[person].name if person in self.people else "somebody who left"

    def able(self, person: str, deciding: bool) -> bool:
        """Whether the person is here and, for a decision, may decide."""
        found = self.people.get(person)
        return found is not None and found.active and (found.decides or not deciding)

    def belongs(self, person: str, entry: dict[str, Any]) -> bool:
        """Whether an entry of `who` that names a group, a role or a person means this one."""
        if "group" in entry:
            return person in self.groups.get(entry["group"], ())
        if "role" in entry:
            return person in self.people and entry["role"] in self.people[person].roles
        named = self.find(str(entry["user"])) if "user" in entry else None
        return named is not None and named.id == person

    def entitled(self, person: str, through: dict[str, Any] | None, who: Who, *, deciding: bool) -> bool:
        """Whether somebody who was asked may still answer: here, able, and in the group or role they were asked for."""
        stays = through is None or any(self.belongs(person, entry) for entry in (through, *who))
        return stays and self.able(person, deciding)

    def line(self, person: str) -> Iterator[str]:
        """The managers above a person, nearest first."""
        seen = {person}
        while person in self.people and len(seen) < MAX_LINE:
            manager = self.people[person].manager
            if manager is None or manager in seen:
                return
            seen.add(manager)
            yield manager
            person = manager


def assignees(
    who: Who,
    directory: Directory,
    requester: str,
    data: dict[str, Any],
    excluded: Iterable[str] = (),
    *,
    deciding: bool = False,
) -> dict[str, dict[str, Any] | None]:
    """Who is able, in the order of `who`, without the excluded; with the group or role by which each was found.

    deciding: only those who may decide. Empty when nobody is left.
    """
    barred = set(excluded)
    found: dict[str, dict[str, Any] | None] = {}
    for entry in who:
        through = entry if "group" in entry or "role" in entry else None
        for person in _named(entry, directory, requester, data, barred, deciding):
            if person not in barred and directory.able(person, deciding):
                found.setdefault(person, through)
    return found


def _named(
    entry: dict[str, Any], directory: Directory, requester: str, data: dict[str, Any], barred: set[str], deciding: bool
) -> Iterable[str]:
    if "user" in entry:
        person = directory.find(str(entry["user"]))
        return [person.id] if person else []
    if "group" in entry:
        return directory.groups.get(entry["group"], ())
    if "role" in entry:
        return [person.id for person in directory.people.values() if entry["role"] in person.roles]
    if "manager" in entry:
        return up_the_line(directory, requester, int(entry["manager"]), barred, deciding)
    if "field" in entry:
        return _from_field(data.get(entry["field"]), directory)
    if entry.get("requester"):
        return [requester]
    return []


def up_the_line(directory: Directory, person: str, steps: int, barred: set[str], deciding: bool) -> list[str]:
    """The manager so many steps up; where that one may not or cannot act, the next one above."""
    above = list(directory.line(person))[max(steps, 1) - 1 :]
    for manager in above:
        if manager not in barred and directory.able(manager, deciding):
            return [manager]
    return []


def _from_field(value: Any, directory: Directory) -> list[str]:
    words = value if isinstance(value, list) else [value]
    people = (directory.find(word) for word in words if isinstance(word, str))
    return [person.id for person in people if person]


def who_text(who: Who, directory: Directory | None = None) -> str:
    """In words: "the requester's manager or the group Board"."""
    return " or ".join(_entry_text(entry, directory) for entry in who) or "nobody"


def _entry_text(entry: dict[str, Any], directory: Directory | None) -> str:
    if "user" in entry:
        person = directory.find(str(entry["user"])) if directory else None
        return person.name if person else str(entry["user"])
    if "group" in entry:
        names = directory.group_names if directory else {}
        return names.get(entry["group"], str(entry["group"]).replace("-", " ").capitalize())
    if "role" in entry:
        return f"anyone who is {entry['role']}"
    if "manager" in entry:
        steps = int(entry["manager"])
        return "the requester's manager" if steps == 1 else f"the manager {steps} levels above the requester"
    if "field" in entry:
        return f"the person named in “{entry['field']}”"
    return "the requester"
