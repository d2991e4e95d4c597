"""Who sends a request, and what they may do: the same for a person's session and a program's key."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Moment(NamedTuple):
    """When somebody was told apart, and the revision of the tenant's directory then."""

    now: datetime
    rev: int


@dataclass(frozen=True)
class Principal:
    """via: session, key, link or system. scopes: what a key is limited to, whoever it speaks for.

    key_owner: who made the key, and stays answerable for it when it speaks for somebody else.
    moment: only where this was read in the transaction that goes on with it.
    zone: whose clock this person reads, a name of the IANA database.
    """

    tenant_id: UUID
    user_id: UUID
    name: str
    email: str
    roles: frozenset[str]
    permissions: frozenset[str]
    via: str = "session"
    key_id: UUID | None = None
    key_name: str | None = None
    key_owner: UUID | None = None
    speaks_for_others: bool = False
    scopes: frozenset[str] | None = None
    moment: Moment | None = None
    zone: str = "UTC"

    def may(self, permission: str) -> bool:
        return permission in self.permissions


def system(tenant_id: UUID) -> Principal:
    """Whoever may run commands on the server."""
    return Principal(tenant_id, UUID(int=0), "Command line", "", frozenset(), frozenset(), via="system")
