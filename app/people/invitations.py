"""Invitations: a person gets a mail with a link to set a password, at the start or after losing it."""

from uuid import UUID

import structlog
from sqlalchemy import insert

from app import people
from app.access import auth, keys, password_links, sessions
from app.access.permissions import require
from app.access.principal import Principal
from app.audit import tenant_log
from app.channels import channels, defaults
from app.config import settings
from app.errors import Conflict, Forbidden
from app.runtime import wake
from app.store.db import Db
from app.store.ids import uuid7
from app.store.tables import effects
from engine.events.people import PersonInvited

log = structlog.get_logger()

ATTEMPTS = 4


def invite(db: Db, principal: Principal, user_id: UUID, *, end_keys: bool = False) -> None:
    """What the person logged in with stops working, and a mail with a link to set a password goes out."""
    require(principal, "people:manage")
    person = people.get(db, principal, user_id)
    if user_id == principal.user_id:
        raise Forbidden("Change your own password on the page made for it.")
    if not person.active:
        raise Conflict(f"{person.name} is deactivated. Activate the account first.")
    auth.set_hash(db, principal.tenant_id, user_id, password_links.no_password())
    sessions.end_everywhere(db, principal.tenant_id, user_id)
    if end_keys:
        keys.revoke_all(db, principal, user_id)
    key = uuid7()
    payload = {"to": str(user_id), "by": str(principal.user_id)}
    work = {
        "id": key,
        "tenant_id": principal.tenant_id,
        "kind": "invitation",
        "payload": payload,
        "max_attempts": ATTEMPTS,
    }
    db.execute(insert(effects).values(work))
    db.after_commit(lambda: wake.workers(principal.tenant_id, [key]))
    tenant_log.note(db, principal.tenant_id, principal, PersonInvited(str(user_id)))
    log.info("person invited", user=str(user_id), by=str(principal.user_id))


def link_to_hand_over(db: Db, principal: Principal, user_id: UUID) -> str:
    """The link itself, for an administrator of an installation that sends no mail; empty where mail goes out."""
    require(principal, "people:manage")
    person = people.get(db, principal, user_id)
    sends = channels()[defaults()[0]].is_set_up(settings())
    waits = not sends and auth.is_none(person.password_hash) and user_id != principal.user_id
    return password_links.make(person) if waits else ""
