"""Who is asked, as rows of entries: a person, a group, a manager, or any other kind of who that there is."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from engine import schemas, who
from engine.forms.controls import Control
from engine.forms.controls.group import Rows
from engine.people import Directory, Person
from engine.wording.values import count, listed

if TYPE_CHECKING:
    from engine.forms.nodes import Node
    from engine.forms.read import Reader

MOST_NAMED, MOST_FOUND = 3, 20


class Meant(Struct, frozen=True):
    """Whom an entry means today, in words; why that may not be enough."""

    text: str = ""
    warning: str = ""


class Who(Rows):
    name = form = "who"
    offer = None

    def content(self, node: "Node", value: Any) -> list[Meant]:
        directory, entries = node.form.around.directory, value if isinstance(value, list) else []
        return [meant(entry, directory) if directory else Meant() for entry in entries]


class Searched(Struct, frozen=True):
    """here: address of the search. found: people for what was typed, once it was searched for without scripts."""

    here: str
    person: str = ""
    asked: bool = False
    found: tuple[tuple[str, str], ...] = ()


class OnePerson(Control):
    """By e-mail address; a name that only one person has is understood, too."""

    name = form = "person"
    asks = frozenset({"string"})

    def text(self, node: "Node", value: Any) -> str:
        found = _known(node, value)
        return found.email if found else super().text(node, value)

    def read(self, node: "Node", reader: "Reader", held: Any) -> Any:
        value = reader.single(node, held)
        found = _known(node, value) or _only(node, value)
        before = _known(node, held)
        if found is None or not isinstance(value, str):
            return value
        return held if before and before.id == found.id else found.email

    def content(self, node: "Node", value: Any) -> Searched:
        around, found = node.form.around, _known(node, value)
        asked = around.did == f"find:{node.pointer}"
        people = search(around.directory, value) if asked and around.directory and isinstance(value, str) else []
        options = tuple((person.email, called(person)) for person in people)
        return Searched(around.here, found.name if found else "", asked, options)


def _known(node: "Node", value: Any) -> Person | None:
    directory = node.form.around.directory
    return directory.find(value) if directory and isinstance(value, str) else None


def _only(node: "Node", value: Any) -> Person | None:
    directory = node.form.around.directory
    words = value.casefold().split() if isinstance(value, str) else []
    if not directory or not words:
        return None
    named = [person for person in directory.people.values() if person.name.casefold().split() == words]
    return named[0] if len(named) == 1 else None


def search(directory: Directory, text: str, most: int = MOST_FOUND) -> list[Person]:
    """Active people in whose name, title or address all of the words begin something, by name."""
    words = text.casefold().split()
    found = [person for person in directory.people.values() if person.active and _has(person, words)] if words else []
    return sorted(found, key=lambda person: (person.name.casefold(), person.email))[:most]


def _has(person: Person, words: Iterable[str]) -> bool:
    parts = f"{person.name} {person.title} {person.email} {person.handle}".casefold().replace("@", " @ ").split()
    return all(any(part.startswith(word) for part in parts) or word in person.email.casefold() for word in words)


def called(person: Person) -> str:
    return f"{person.name}, {person.title}" if person.title else person.name


def meant(entry: Any, directory: Directory) -> Meant:
    kind, value = who.named(entry) if isinstance(entry, dict) else (None, None)
    if kind is None or schemas.validate(kind.SCHEMA, value):
        return Meant()
    if kind.OF_REQUEST:
        return Meant()
    ids = list(dict.fromkeys(kind.people(value, who.Looked(directory, "", {}))))
    able = [key for key in ids if directory.able(key, deciding=False)]
    away = [directory.name(key) for key in ids if key not in able]
    warning = f"{_names(away)} {'is' if len(away) == 1 else 'are'} not active." if away else ""
    if not able:
        return Meant("", warning or "That is nobody at present.")
    if len(ids) == 1:
        return Meant(called(directory.people[able[0]]), warning)
    return Meant(
        f"{count(len(able), 'person', 'people')} now: {_names([directory.name(key) for key in able])}", warning
    )


def _names(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return listed([*names[:MOST_NAMED], f"{more} more"] if more > 0 else names)


CONTROLS: tuple[Control, ...] = (Who(), OnePerson())
