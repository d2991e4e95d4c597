"""Opaque bearer tokens of keys and sessions: random, and kept as their SHA-256 alone.

A token ends with its tenant's id, so that it is looked up where that tenant's rows are. The digest is of all of it.
"""

import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from uuid import UUID

RANDOM_BYTES = 32
# Of the id at the end: 16 bytes in base64, without the padding that would always be the same.
OF_TENANT = 22
SHAPE = re.compile(r"[A-Za-z0-9_-]{65}")


def make(tenant_id: UUID) -> str:
    return secrets.token_urlsafe(RANDOM_BYTES) + urlsafe_b64encode(tenant_id.bytes).rstrip(b"=").decode()


def tenant_of(token: str) -> UUID | None:
    """Where to look it up; None for what is no token of ours. Whether there is such a token is not said."""
    if not SHAPE.fullmatch(token):
        return None
    return UUID(bytes=urlsafe_b64decode(f"{token[-OF_TENANT:]}=="))


def digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
