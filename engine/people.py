"""A snapshot of who is who: people, their managers and groups. Whom an entry of `who` means is in engine/who."""

from collections.abc import Collection, Iterator
from functools import cached_property

from msgspec import Struct

MAX_LINE = 50


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


def up_the_line(directory: Directory, person: str, steps: int, barred: Collection[str], deciding: bool) -> list[str]:
    """The manager so many steps up; where that one may not or cannot act, the next one above."""
    above = list(directory.line(person))[max(steps, 1) - 1 :]
    for manager in above:
        if manager not in barred and directory.able(manager, deciding):
            return [manager]
    return []
