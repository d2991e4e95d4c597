"""Making tenants and keys from the command line, for installations that are not a demo."""

import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from app.access import auth, keys, sessions
from app.access.devices import Place
from app.errors import Conflict, Invalid
from app.people import Details
from app.people.tenancy import found
from app.store.db import across_tenants

pytestmark = pytest.mark.usefixtures("database")

ROOT = Path(__file__).parent.parent.parent


def run(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "app", *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout.strip()


def test_a_tenant_with_its_first_administrator_and_a_key() -> None:
    name = secrets.token_hex(4)
    email = f"{name}@example.com"
    code, said = run("tenant", f"Tenant {name}", "Fay First", email)
    password = re.search(r"logs in with ([a-z0-9-]{19}) ", said)
    assert code == 0
    assert password
    token = auth.log_in(email, password[1], Place("2001:db8::5"))
    code, secret = run("key", "make", email, "Nightly", "--may", "people:read", "--days", "3")
    assert code == 0
    with across_tenants() as db:
        admin, program = sessions.principal(db, token), keys.find(db.query, secret)
    assert admin
    assert program
    assert (admin.name, set(admin.roles)) == ("Fay First", {"admin", "designer", "requester"})
    assert (program.principal.user_id, set(program.principal.permissions)) == (admin.user_id, {"people:read"})
    assert run("key", "revoke", secret[: keys.SHOWN]) == (0, "Revoked 1.")
    with across_tenants() as db:
        assert keys.find(db.query, secret) is None
    listed = run("key", "list")[1]
    assert re.search(rf"{secret[: keys.SHOWN]}  revoked  {email} +Nightly", listed)


def test_mistakes_are_told_in_one_line() -> None:
    assert run("key", "make", "nobody@example.com", "x") == (1, "Nobody has the address nobody@example.com.")
    assert run("key", "revoke", "sk_000000") == (1, "No working key begins with sk_000000.")


def test_a_tenant_is_made_once_and_needs_an_address() -> None:
    name = f"Tenant {secrets.token_hex(4)}"
    with across_tenants() as db:
        found(db, name, Details("Fay", f"{secrets.token_hex(4)}@example.com", roles=("admin",)))
    with pytest.raises(Conflict), across_tenants() as db:
        found(db, name.upper(), Details("Fay", f"{secrets.token_hex(4)}@example.com"))
    with pytest.raises(Invalid), across_tenants() as db:
        found(db, f"{name} 2", Details("Fay", "nowhere"))
