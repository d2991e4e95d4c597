"""Rate limits: how many requests one key or person makes, and how many mails one person gets.

Counted in Redis by the clock's minute and hour. Without Redis nothing is counted and nothing refused.
"""

from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from app.access.principal import Principal
from app.config import settings
from app.errors import TooMany
from app.runtime import wake

MINUTE, HOUR = 60, 60 * 60
# Of a person at a browser, who presses buttons.
PERSON_PER_MINUTE, PERSON_PER_HOUR = 60, 600


class Window(NamedTuple):
    """At most so many in so many seconds; no limit where it is 0."""

    seconds: int
    most: int


class Account(NamedTuple):
    """Whose requests are counted together."""

    name: str
    by_key: bool

    @property
    def windows(self) -> list[Window]:
        per_minute, per_hour = settings().asks_per_minute, settings().asks_per_hour
        minute = Window(MINUTE, per_minute if self.by_key else PERSON_PER_MINUTE)
        return [minute, Window(HOUR, per_hour if self.by_key else PERSON_PER_HOUR)]


def of(who: Principal) -> Account:
    return Account(f"asks:{who.key_id or who.user_id}", who.key_id is not None)


def of_secret(secret: str) -> Account:
    """Of a key's secret, which does not stand in Redis."""
    return Account(f"asks:{sha256(secret.encode()).hexdigest()[:32]}", by_key=True)


def check(account: Account) -> None:
    """Before a request is made, outside of any transaction. Raises TooMany with the seconds to wait."""
    now = datetime.now(UTC).timestamp()
    for window, count in zip(account.windows, _counts(account, now), strict=False):
        if window.most and count >= window.most:
            wait = max(1, window.seconds - int(now) % window.seconds)
            span = "minute" if window.seconds == MINUTE else "hour"
            words = f"{window.most:,} requests in one {span} are the most. Try again in {wait} seconds."
            raise TooMany(words, retry_after=wait)


def note(account: Account) -> None:
    """A request was made. What nobody is known to have sent leaves no trace."""
    _count(account.name, account.windows, datetime.now(UTC).timestamp())


def _counts(account: Account, now: float) -> list[int]:
    keys = [_key(account.name, window, now) for window in account.windows]
    found = wake.hint("requests not counted", lambda: wake.redis().mget(keys)) or []
    return [int(count or 0) for count in found]


def mail_is_held(user_id: UUID) -> bool:
    """Count a mail to this person, and say whether it is one too many to leave."""
    hour = Window(HOUR, settings().mails_per_hour)
    return _count(f"mails:{user_id}", [hour], datetime.now(UTC).timestamp()) is not None


def _count(name: str, windows: list[Window], now: float) -> Window | None:
    """One more in each window; the first that is full."""
    limited = [window for window in windows if window.most]
    if not limited:
        return None

    keys = [_key(name, window, now) for window in limited]

    def add() -> list[int]:
        with wake.redis().pipeline(transaction=False) as pipeline:
            for key in keys:
                pipeline.incr(key)
            counts = [int(count) for count in pipeline.execute()]
        for key, window, count in zip(keys, limited, counts, strict=True):
            if count == 1:
                wake.redis().expire(key, window.seconds)
        return counts

    counts = wake.hint("requests not counted", add) or []
    return next((window for window, count in zip(limited, counts, strict=False) if count > window.most), None)


def _key(name: str, window: Window, now: float) -> str:
    return f"{wake.NAMESPACE}:{name}:{window.seconds}:{int(now) // window.seconds}"
