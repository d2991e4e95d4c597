"""Known devices: a browser that has logged in to an account before is not slowed down by what others try there."""

import secrets
from dataclasses import dataclass
from hashlib import sha256

from itsdangerous import BadData

from app.access import links
from app.config import settings

PURPOSE, SECONDS = "signoff/device", 180 * 24 * 60 * 60


def account_of(email: str) -> str:
    return email.replace("\0", "").strip().lower()[:254]


@dataclass(frozen=True)
class Place:
    """Where somebody logs in. device: what the browser's cookie of an earlier log-in says."""

    address: str
    agent: str | None = None
    device: str | None = None

    def known(self, account: str) -> str:
        """The device, where it was this account that was used in it; else empty."""
        try:
            name, whose = links.signer(settings().secret_key, PURPOSE).loads(self.device or "", max_age=SECONDS)
        except (BadData, ValueError):
            return ""
        return str(name) if whose == _digest(account) else ""


def remembered(email: str, place: Place) -> str:
    """The cookie by which this browser is known from now on."""
    account = account_of(email)
    name = place.known(account) or secrets.token_hex(8)
    return str(links.signer(settings().secret_key, PURPOSE).dumps([name, _digest(account)]))


def _digest(account: str) -> str:
    return sha256(account.encode()).hexdigest()[:32]
