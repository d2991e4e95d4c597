"""Who sends a request, and what they may do: the same for a person's session and a program's key."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Principal:
    """via: session, key, link or system. scopes: what a key is limited to, whoever it speaks for.

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
    speaks_for_others: bool = False
    scopes: frozenset[str] | None = None
    zone: str = "UTC"

    def may(self, permission: str) -> bool:
        return permission in self.permissions
