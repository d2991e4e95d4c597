"""On whose behalf a call is made: the caller's own, or somebody else's where a trusted key says so."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from app.db import Db
from app.directory import directory
from app.errors import Forbidden, Invalid
from app.permissions import permissions_of
from app.principal import Principal
from app.tables import tenants
from engine.people import Directory


def people(db: Db, who: Principal) -> Directory:
    """The tenant's present directory."""
    rev = db.execute(select(tenants.c.directory_rev).where(tenants.c.id == who.tenant_id)).scalar_one()
    return directory(db, who.tenant_id, rev)


def speaker(db: Db, who: Principal, user: str | None) -> Principal:
    """The person meant by `userId` (id, e-mail or handle), with that person's own rights.

    Raises Forbidden unless it is the caller, or the caller's key may speak for others.
    """
    if user is None:
        return who
    person = people(db, who).find(user)
    if person is not None and person.id == str(who.user_id):
        return who
    if not who.speaks_for_others:
        raise Forbidden("This key or session may not speak for somebody else: leave out userId, or use your own.")
    if person is None or not person.active:
        words = f"Nobody here is called “{user[:80]}”. Use an e-mail address, a handle or an id."
        raise Invalid(words, [{"pointer": "/userId", "message": words}])
    return replace(
        who,
        user_id=UUID(person.id),
        name=person.name,
        email=person.email,
        roles=frozenset(person.roles),
        permissions=permissions_of(person.roles, who.scopes),
    )
