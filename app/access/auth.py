"""Passwords and logging in. They open their own transactions: hashing is slow and must hold none."""

import re
from functools import cache
from threading import BoundedSemaphore
from typing import Any
from uuid import UUID

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Row, func, select, update

from app.access import sessions, throttle
from app.access.principal import Principal
from app.errors import Forbidden, Invalid
from app.store.db import Db, transaction
from app.store.tables import users

log = structlog.get_logger()

SHORTEST, LONGEST = 8, 256
# How what stands in place of a password begins, while there is none.
NONE = "!"
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
    message = None
    if len(password) < SHORTEST:
        message = f"At least {SHORTEST} characters. A few words in a row are easy to keep."
    elif len(password) > LONGEST:
        message = f"At most {LONGEST} characters."
    elif _easy(password.casefold(), [name.casefold() for name in names]):
        message = "This is one of the first that would be guessed. Take something less common."
    if message:
        raise Invalid("The password needs another look.", [{"pointer": "/new", "message": message}])


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


def log_in(email: str, password: str, address: str, agent: str | None, old_token: str | None) -> str:
    """The token of a new session; the one the browser came with ends. Raises Invalid or TooMany.

    An unknown address takes as long and reads the same as a wrong password.
    """
    account = _account(email)
    with transaction() as db:
        throttle.attempt(db, account, address)
    with transaction() as db:
        user = _by_email(db, account)
    if not _fits(user, password) or user is None or not user.active:
        log.warning("login refused", address=address, user=str(user.id) if user else None)
        raise Invalid(WRONG)
    with transaction() as db:
        throttle.forgive(db, account, address)
        _refresh_hash(db, user, password)
        if old_token:
            sessions.end(db, old_token)
        log.info("logged in", user=str(user.id), address=address)
        return sessions.begin(db, user.tenant_id, user.id, address, agent)


def change_password(principal: Principal, current: str, new: str, address: str, agent: str | None) -> str:
    """One's own password. All sessions of the person end; the answer is the token of a new one."""
    if principal.via != "session":
        raise Forbidden("A password is changed by the person, not by a key.")
    account = _account(principal.email)
    with transaction() as db:
        throttle.attempt(db, account, address)
    with transaction() as db:
        user = _by_email(db, account)
    if not _fits(user, current):
        message = "This is not your present password."
        raise Invalid(message, [{"pointer": "/current", "message": message}])
    check_strength(new, principal.name, principal.email)
    password_hash = hashed(new)
    with transaction() as db:
        throttle.forgive(db, account, address)
        set_hash(db, principal.tenant_id, principal.user_id, password_hash)
        sessions.end_all(db, principal.tenant_id, principal.user_id)
        log.info("password changed", user=str(principal.user_id))
        return sessions.begin(db, principal.tenant_id, principal.user_id, address, agent)


def set_hash(db: Db, tenant_id: UUID, user_id: UUID, password_hash: str) -> None:
    own = (users.c.id == user_id, users.c.tenant_id == tenant_id)
    db.execute(update(users).where(*own).values(password_hash=password_hash))


def is_none(password_hash: str | None) -> bool:
    """True until the person has set a password."""
    return password_hash is None or password_hash.startswith(NONE)


def _account(email: str) -> str:
    return email.replace("\0", "").strip().lower()[:254]


def _by_email(db: Db, account: str) -> Row[Any] | None:
    return db.execute(select(users).where(func.lower(users.c.email) == account)).first()


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
        db.execute(update(users).where(users.c.id == user.id).values(password_hash=fresh))
