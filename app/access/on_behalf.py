"""On whose behalf a call is made, and whose work it reads: the caller's, or somebody else's where that is allowed."""

from dataclasses import replace
from uuid import UUID

from app.access.permissions import permissions_of
from app.access.principal import Principal
from app.errors import Forbidden, Invalid
from app.runtime.directories import directory_of
from app.store.db import Db
from engine.people import Directory, Person
from engine.reasons import reason

SILENT = "This key or session may not speak for somebody else: leave out userId, or use your own."
BLIND = "This key or session may not look at somebody else's work: leave out userId, or use your own."


def speaker(db: Db, who: Principal, user: str | None) -> Principal:
    """The person meant by `userId` (id, e-mail or handle), with that person's own rights.

    Raises Forbidden unless it is the caller, or the caller's key may speak for others.
    """
    if user is None:
        return who
    person = directory_of(db, who).find(user)
    if person is not None and person.id == str(who.user_id):
        return who
    if not who.speaks_for_others:
        raise Forbidden(SILENT)
    return _as(who, meant(directory_of(db, who), user, "/userId"))


def looked_at(db: Db, who: Principal, user: str | None) -> Principal:
    """Likewise where nothing is done: whoever may read every request may also ask about everybody."""
    if user is None or not who.may("audit:read"):
        try:
            return speaker(db, who, user)
        except Forbidden:
            raise Forbidden(BLIND) from None
    person = directory_of(db, who).find(user)
    if person is None:
        raise _unknown(user, "/userId")
    return _as(who, person)


def sees_everybody(who: Principal) -> bool:
    return who.speaks_for_others or who.may("audit:read")


def meant(people: Directory, word: str, pointer: str) -> Person:
    """Somebody active by id, e-mail address or handle. Raises Invalid about that place in the body."""
    person = people.find(word)
    if person is None or not person.active:
        raise _unknown(word, pointer)
    return person


def _unknown(word: str, pointer: str) -> Invalid:
    return Invalid.because(pointer, reason("unknown_person", name=word[:80]))


def _as(who: Principal, person: Person) -> Principal:
    return replace(
        who,
        user_id=UUID(person.id),
        name=person.name,
        email=person.email,
        roles=frozenset(person.roles),
        permissions=permissions_of(person.roles, who.scopes),
    )
