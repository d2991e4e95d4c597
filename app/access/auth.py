"""Passwords and logging in. They open their own transactions: hashing is slow and must hold none."""

import re
from collections.abc import Sequence
from functools import cache
from threading import BoundedSemaphore
from typing import Any
from uuid import UUID

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Row, func, select, update

from app.access import keys, sessions, throttle
from app.access.devices import Place, account_of
from app.access.principal import Principal
from app.audit import tenant_log
from app.errors import Forbidden, Invalid
from app.store.db import Db, across_tenants, transaction
from app.store.tables import tenants, users
from engine.events.access import LoggedIn, LoginFailed, PasswordChanged
from engine.reasons import reason

log = structlog.get_logger()

SHORTEST, LONGEST = 8, 256
# How what stands in place of a password begins, while there is none.
NONE = "!"
# Of a log-in: enough that an address known to two or three tenants takes no longer than one known to nobody.
USUAL_CHECKS = 3
WRONG = "That e-mail address and password do not belong together."
# What guessing starts with, besides the person's own names; compared without case and last digits.
GUESSED = frozenset(
    """
    abc access admin administrator asdfgh asdfghjkl baseball changeme charlie computer default dragon
    football freedom hello iloveyou internet letmein login lovely master michael monkey nothing p@ssw0rd
    passw0rd passwd password passwort princess qazwsx qwerty qwertyui qwertyuiop qwertz qwertzuiop secret
    shadow signoff starwars sunshine superman trustno welcome whatever willkommen winter summer zxcvbnm
    1q2w3e4r
    """.split()
)

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Each takes 19 MiB and a core, and whoever is not logged in can ask for it.
_at_once = BoundedSemaphore(4)


def hashed(password: str) -> str:
    with _at_once:
        return _hasher.hash(password)


def check_strength(password: str, *names: str) -> None:
    """Raises Invalid for a password that is too short, too long or among the first to be guessed."""
    why = None
    if len(password) < SHORTEST:
        why = reason("short_password", least=SHORTEST)
    elif len(password) > LONGEST:
        why = reason("long_password", most=LONGEST)
    elif _easy(password.casefold(), [name.casefold() for name in names]):
        why = reason("easy_password")
    if why:
        raise Invalid.because("/new", why, heading="The password needs another look.")


def _easy(password: str, names: list[str]) -> bool:
    bare = re.sub(r"[\W\d_]+$", "", password)
    parts = {part for name in names for part in re.split(r"[\s@.]+", name) if len(part) > 2}
    rows = ("0123456789012345", "9876543210987654", "abcdefghijklmnopqrstuvwxyz")
    return (
        password in GUESSED
        or bare in {*GUESSED, *parts, *names}
        or len(set(password)) < 4
        or any(password in row for row in rows)
    )


class Ambiguous(Invalid):
    """The same address and password in more than one tenant; `tenants`: key and name of each."""

    def __init__(self, tenants: list[tuple[str, str]]) -> None:
        super().__init__("You have an account at more than one company here. Which one?")
        self.tenants = tenants


def attempt(email: str, place: Place) -> float:
    """Before every `log_in`: counts it, and says for how many seconds to hold it back. Raises TooMany."""
    account = account_of(email)
    with across_tenants() as db:
        return throttle.attempt(db, account, place.address, place.known(account))


def log_in(email: str, password: str, place: Place, old_token: str | None = None, tenant: str = "") -> str:
    """The token of a new session; the one the browser came with ends. Raises Invalid.

    An unknown address takes as long and reads the same as a wrong password. `tenant`: its key, where the same address
    is known to several.
    """
    account = account_of(email)
    with across_tenants() as db:
        known, checks = _by_email(db, account, tenant)
    fitting = [user for user in known if _fits(user, password) and user.active]
    for _ in range(checks - len(known)):
        _fits(None, password)
    if not fitting:
        _note_refused(known)
        log.warning("login refused", address=place.address, users=[str(user.id) for user in known])
        raise Invalid(WRONG)
    if len(fitting) > 1:
        raise Ambiguous([(user.tenant, user.tenant_name) for user in fitting])
    return _enter(fitting[0], account, password, place, old_token)


def _note_refused(known: Sequence[Row[Any]]) -> None:
    """For each tenant that knows the address, in its own transaction: one tenant does not wait for another."""
    for user in known:
        with transaction(user.tenant_id) as db:
            failed = LoginFailed(str(user.id), why="password" if user.active else "closed")
            tenant_log.note(db, user.tenant_id, None, failed)


def _enter(user: Row[Any], account: str, password: str, place: Place, old_token: str | None) -> str:
    if old_token:
        sessions.end(old_token)
    with transaction(user.tenant_id) as db:
        throttle.forgive(db, account, place.address, place.known(account))
        _refresh_hash(db, user, password)
        tenant_log.note(db, user.tenant_id, sessions.person(user), LoggedIn(str(user.id)))
        log.info("logged in", user=str(user.id), address=place.address)
        return sessions.begin(db, user.tenant_id, user.id, place.address, place.agent)


def change_password(principal: Principal, current: str, new: str, place: Place, *, end_keys: bool = False) -> str:
    """One's own password. All sessions of the person end; the answer is the token of a new one."""
    if principal.via != "session":
        raise Forbidden("A password is changed by the person, not by a key.")
    account = account_of(principal.email)
    own = users.c.tenant_id == principal.tenant_id, users.c.id == principal.user_id
    with transaction(principal.tenant_id) as db:
        throttle.attempt(db, account, place.address, place.known(account))
        user = db.execute(select(users).where(*own)).one()
    if not _fits(user, current):
        raise Invalid.because("/current", reason("wrong_password"))
    check_strength(new, principal.name, principal.email)
    password_hash = hashed(new)
    with transaction(principal.tenant_id) as db:
        throttle.forgive(db, account, place.address, place.known(account))
        set_hash(db, principal.tenant_id, principal.user_id, password_hash)
        sessions.end_all(db, principal.tenant_id, principal.user_id)
        tenant_log.note(db, principal.tenant_id, principal, PasswordChanged(str(principal.user_id)))
        if end_keys:
            keys.revoke_all(db, principal, principal.user_id)
        log.info("password changed", user=str(principal.user_id))
        return sessions.begin(db, principal.tenant_id, principal.user_id, place.address, place.agent)


def set_hash(db: Db, tenant_id: UUID, user_id: UUID, password_hash: str) -> None:
    own = (users.c.id == user_id, users.c.tenant_id == tenant_id)
    db.execute(update(users).where(*own).values(password_hash=password_hash))


def is_none(password_hash: str | None) -> bool:
    """True until the person has set a password."""
    return password_hash is None or password_hash.startswith(NONE)


def _by_email(db: Db, account: str, tenant: str) -> tuple[Sequence[Row[Any]], int]:
    """Everybody with this address, and how many passwords to check, so that the time says nothing about them."""
    query = select(users, tenants.c.key.label("tenant"), tenants.c.name.label("tenant_name")).join(tenants)
    query = query.where(func.lower(users.c.email) == account)
    some = select(tenants.c.id).limit(USUAL_CHECKS).subquery()
    checks: int = db.execute(select(func.count()).select_from(some)).scalar_one()
    return db.execute(query.where(tenants.c.key == tenant) if tenant else query).all(), max(checks, 1)


def _fits(user: Row[Any] | None, password: str) -> bool:
    nobody = _nobodys_hash()
    known = None if user is None or is_none(user.password_hash) else user.password_hash
    with _at_once:
        try:
            _hasher.verify(known or nobody, password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return known is not None


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("the password of nobody")


def _refresh_hash(db: Db, user: Row[Any], password: str) -> None:
    if _hasher.check_needs_rehash(user.password_hash):
        fresh = _hasher.hash(password)
        db.execute(
            update(users).where(users.c.tenant_id == user.tenant_id, users.c.id == user.id).values(password_hash=fresh)
        )
