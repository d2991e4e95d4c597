"""The effect "invitation": a mail with a link to set a password, made anew at each attempt."""

from uuid import UUID

from sqlalchemy import select

from app.access import auth, password_links
from app.channels import Message, channels, defaults
from app.config import settings
from app.effects.results import Done, Effect
from app.messages.notify import kept
from app.messages.render import fill
from app.store.db import transaction
from app.store.tables import tenants, users
from engine.people import Person


def perform(effect: Effect) -> Done:
    """Nothing is sent to somebody who has left or has a password by now."""
    with transaction(effect.tenant_id) as db:
        own = (users.c.tenant_id == effect.tenant_id, tenants.c.id == users.c.tenant_id)
        person = db.execute(
            select(users, tenants.c.name.label("tenant")).where(*own, users.c.id == UUID(effect.payload["to"]))
        ).first()
        by = db.execute(
            select(users.c.name).where(users.c.tenant_id == effect.tenant_id, users.c.id == UUID(effect.payload["by"]))
        ).scalar()
    if person is None or not person.active or not auth.is_none(person.password_hash):
        return Done({"skipped": "this person needs no invitation any more"})
    values = {
        "about": {"tenant": person.tenant},
        "name": person.name,
        "email": person.email,
        "by": by or "",
        "url": password_links.make(person),
        "days": password_links.LASTS.days,
    }
    written = fill("invitation", values)
    key = str(effect.id)
    name = defaults()[0]
    channel = channels()[name]
    address = channel.address(Person(str(person.id), person.email, person.handle, person.name))
    channel.send(Message(key, key, person.name, address, written.subject, written.text, written.html), settings())
    return Done({"to": address}, kept=kept(person.id, address, written, name))
