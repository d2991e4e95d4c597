"""Slows down guessing of passwords. Nobody is locked out by what others try.

An attempt counts as wrong before the password is looked at, so many at once cannot slip past. Too many from one place
at one account have to wait; many from one address, at one account or at all are answered later and later, but for a
browser that has logged in to this account before.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from math import ceil

import structlog
from sqlalchemy import ColumnElement, delete, extract, func, insert, select, text

from app.errors import TooMany
from app.store.db import Db
from app.store.ids import uuid7
from app.store.tables import login_failures as failures

log = structlog.get_logger()

PER_ACCOUNT, ACCOUNT_SECONDS = 10, 5 * 60
# Wrong tries without a delay: of an address and at an account in an hour, of everybody in a minute.
FREE_OF_ADDRESS, FREE_AT_ACCOUNT, FREE_OF_ALL = 100, 50, 300
PACE_SECONDS = 60 * 60
LONGEST_DELAY = 8.0
MOST_WAITING = 100
KEPT_SECONDS = 24 * 60 * 60

# One attempt from a place is counted at a time; the lock goes with the transaction.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:place, 0))")
_AGE = extract("epoch", func.now() - failures.c.at)


def attempt(db: Db, account: str, address: str, device: str = "") -> float:
    """Count an attempt; the answer is for how many seconds it has to be held back. Raises TooMany.

    `device`: names a browser that this account was used in before, and is a place of its own.
    """
    place = _place(address, device)
    db.execute(_LOCK, {"place": place})
    wait = _wait(db, [failures.c.address == place, failures.c.account == account])
    if wait > 0:
        log.warning("login slowed down", address=address, wait=wait)
        raise TooMany(f"Too many wrong tries from here. Try again in {_words(wait)}.", retry_after=wait)
    delay = 0.0 if device else _delay(db, account, address)
    db.execute(insert(failures).values(id=uuid7(), account=account, address=place))
    return delay


def _place(address: str, device: str) -> str:
    return f"device {device}" if device else address


def _wait(db: Db, where: list[ColumnElement[bool]]) -> int:
    """Seconds until the oldest of the last PER_ACCOUNT failures is old enough; 0 when there are fewer."""
    query = select(_AGE).where(*where, _AGE < ACCOUNT_SECONDS)
    oldest = db.execute(query.order_by(failures.c.at.desc()).offset(PER_ACCOUNT - 1).limit(1)).scalar()
    return 0 if oldest is None else max(1, ceil(ACCOUNT_SECONDS - float(oldest)))


def _delay(db: Db, account: str, address: str) -> float:
    lately = failures.c.at > func.now() - func.make_interval(0, 0, 0, 0, 0, 0, PACE_SECONDS)
    minute_ago = uuid7(datetime.now(UTC) - timedelta(minutes=1))
    return max(
        _pace(db, [failures.c.address == address, lately], FREE_OF_ADDRESS),
        _pace(db, [failures.c.account == account, lately], FREE_AT_ACCOUNT),
        _pace(db, [failures.c.id > minute_ago], FREE_OF_ALL),
    )


def _pace(db: Db, where: list[ColumnElement[bool]], free: int) -> float:
    """A second once `free` tries were wrong, one more for as many again, up to LONGEST_DELAY."""
    some = select(failures.c.id).where(*where).limit(int(free * LONGEST_DELAY)).subquery()
    wrong: int = db.execute(select(func.count()).select_from(some)).scalar_one()
    return wrong / free if wrong >= free else 0.0


def _words(seconds: int) -> str:
    if seconds <= 90:
        return f"{seconds} seconds"
    return f"{ceil(seconds / 60)} minutes"


def forgive(db: Db, account: str, address: str, device: str = "") -> None:
    """After the right password; old failures of everybody go too."""
    place = _place(address, device)
    db.execute(delete(failures).where(failures.c.account == account, failures.c.address == place))
    db.execute(delete(failures).where(_AGE > KEPT_SECONDS))


class Held:
    """Attempts held back in this process. They wait on the event loop, where they cost no thread."""

    def __init__(self) -> None:
        self._waiting = 0

    async def wait(self, seconds: float) -> None:
        """Raises TooMany where so many wait already that memory is at stake."""
        if not seconds:
            return
        if self._waiting >= MOST_WAITING:
            wait = ceil(LONGEST_DELAY)
            raise TooMany(f"Very many are trying to log in. Try again in {wait} seconds.", retry_after=wait)
        self._waiting += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self._waiting -= 1


held = Held()
