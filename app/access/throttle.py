"""Slows down guessing of passwords, without locking anybody out who logs in from elsewhere.

An attempt counts as wrong before the password is looked at, so many at once cannot slip past.
"""

from math import ceil

import structlog
from sqlalchemy import ColumnElement, delete, extract, func, insert, select, text

from app.errors import TooMany
from app.store.db import Db
from app.store.ids import uuid7
from app.store.tables import login_failures as failures

log = structlog.get_logger()

PER_ACCOUNT, ACCOUNT_SECONDS = 10, 5 * 60
PER_ADDRESS, ADDRESS_SECONDS = 100, 60 * 60
KEPT_SECONDS = 24 * 60 * 60

# One attempt from an address is counted at a time; the lock goes with the transaction.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:address, 0))")


def attempt(db: Db, account: str, address: str) -> None:
    """Count an attempt, or raise TooMany with the time to wait."""
    db.execute(_LOCK, {"address": address})
    here = failures.c.address == address
    wait = max(
        _wait(db, [here, failures.c.account == account], PER_ACCOUNT, ACCOUNT_SECONDS),
        _wait(db, [here], PER_ADDRESS, ADDRESS_SECONDS),
    )
    if wait > 0:
        log.warning("login slowed down", address=address, wait=wait)
        raise TooMany(f"Too many wrong tries from here. Try again in {_words(wait)}.", retry_after=wait)
    db.execute(insert(failures).values(id=uuid7(), account=account, address=address))


def _wait(db: Db, where: list[ColumnElement[bool]], limit: int, seconds: int) -> int:
    """Seconds until the oldest of the last `limit` failures is old enough; 0 when there are fewer."""
    age = extract("epoch", func.now() - failures.c.at)
    query = select(age).where(*where, age < seconds)
    oldest = db.execute(query.order_by(failures.c.at.desc()).offset(limit - 1).limit(1)).scalar()
    return 0 if oldest is None else max(1, ceil(seconds - float(oldest)))


def _words(seconds: int) -> str:
    if seconds <= 90:
        return f"{seconds} seconds"
    return f"{ceil(seconds / 60)} minutes"


def forgive(db: Db, account: str, address: str) -> None:
    """After the right password; old failures of everybody go too."""
    db.execute(delete(failures).where(failures.c.account == account, failures.c.address == address))
    age = extract("epoch", func.now() - failures.c.at)
    db.execute(delete(failures).where(age > KEPT_SECONDS))
