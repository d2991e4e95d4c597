"""Secrets for calls to other systems: each belongs to a tenant and names its hosts; hidden in whatever comes back."""

import json
import tomllib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus
from uuid import UUID

from sqlalchemy import select

from app.config import settings
from app.outgoing.url_policy import Target
from app.store.db import Db
from app.store.tables import tenants

# A shorter one cannot be told from ordinary text, so it could not be hidden in an answer.
SHORTEST = 8


class SecretsError(ValueError):
    """The file cannot be used; the message says what is wrong with it and holds no value."""


@dataclass(frozen=True)
class Secret:
    """hosts: names, or name:port, of the hosts it may be sent to."""

    name: str
    value: str
    hosts: frozenset[str]

    def problem(self, target: Target, allow: Collection[str]) -> str | None:
        """Why it does not go to this address. `allow`: places that tests and our own network may use without https."""
        if target.host not in self.hosts and target.place not in self.hosts:
            return f"The secret {self.name} is not for {target.host}."
        if target.scheme != "https" and target.place not in allow:
            return f"The secret {self.name} is sent over https:// only."
        return None

    @cached_property
    def written(self) -> list[str]:
        """The ways in which an answer may repeat it, longest first."""
        quoted = quote(self.value, safe="")
        forms = {self.value, quoted, quoted.lower(), quote_plus(self.value), self.value.replace("/", "\\/")}
        forms |= {json.dumps(self.value)[1:-1], self.value.encode().hex(), *_in_base64(self.value.encode())}
        return sorted(forms, key=len, reverse=True)


def _in_base64(value: bytes) -> Iterable[str]:
    """Inside a longer text it begins at one of three places; the letters that it shares with others are left out."""
    for shift in range(3):
        first, last = -(-shift * 8 // 6), (shift + len(value)) * 8 // 6
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(bytes(shift) + value).decode()[first:last]


def of_tenant(db: Db, tenant_id: UUID, names: Collection[str]) -> dict[str, Secret]:
    """Those of the names that the tenant has. Raises SecretsError."""
    path = settings().secrets_file
    if not names or not path:
        return {}
    key = db.execute(select(tenants.c.key).where(tenants.c.id == tenant_id)).scalar_one()
    own = _read(Path(path)).get(key, {})
    return {name: _secret(name, own[name]) for name in names if name in own}


def names_of(db: Db, tenant_id: UUID) -> tuple[str, ...]:
    """Those that the tenant has, whether they can be used or not; none where the file cannot be read."""
    path = settings().secrets_file
    if not path:
        return ()
    key = db.execute(select(tenants.c.key).where(tenants.c.id == tenant_id)).scalar_one()
    try:
        return tuple(sorted(_read(Path(path)).get(key, {})))
    except SecretsError:
        return ()


def _read(path: Path) -> dict[str, Any]:
    """Read anew each time, so that a changed secret needs no restart."""
    try:
        return tomllib.loads(path.read_text())
    except (OSError, ValueError) as wrong:
        raise SecretsError(f"The file of secrets cannot be read ({type(wrong).__name__}).") from None


def _secret(name: str, entry: Any) -> Secret:
    value, hosts = (entry.get("value"), entry.get("hosts")) if isinstance(entry, dict) else (None, None)
    if not isinstance(value, str) or len(value) < SHORTEST:
        raise SecretsError(f"The secret {name} needs a value of at least {SHORTEST} characters.")
    if not isinstance(hosts, list) or not hosts or not all(isinstance(host, str) for host in hosts):
        raise SecretsError(f"The secret {name} needs the hosts it may be sent to.")
    return Secret(name, value, frozenset(host.lower() for host in hosts))


def hidden(text: str, secrets: Mapping[str, Secret]) -> str:
    for secret in secrets.values():
        for written in secret.written:
            text = text.replace(written, f"{{secret:{secret.name}}}")
    return text
