"""Rate limits: how many requests one key or person makes, and how many mails one person gets.

Counted in Redis by the clock's minute and hour. Without Redis nothing is counted and nothing refused.
"""

from datetime import UTC, datetime
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


def spend(who: Principal) -> None:
    """Before a request is made, outside of any transaction. Raises TooMany with the seconds to wait."""
    by_key = who.key_id is not None
    per_minute, per_hour = settings().asks_per_minute, settings().asks_per_hour
    minute = Window(MINUTE, per_minute if by_key else PERSON_PER_MINUTE)
    hour = Window(HOUR, per_hour if by_key else PERSON_PER_HOUR)
    now = datetime.now(UTC).timestamp()
    over = _count(f"asks:{who.key_id or who.user_id}", [minute, hour], now)
    if over:
        wait = max(1, over.seconds - int(now) % over.seconds)
        span = "minute" if over.seconds == MINUTE else "hour"
        raise TooMany(
            f"{over.most:,} requests in one {span} are the most. Try again in {wait} seconds.", retry_after=wait
        )


def mail_is_held(user_id: UUID) -> bool:
    """Count a mail to this person, and say whether it is one too many to leave."""
    hour = Window(HOUR, settings().mails_per_hour)
    return _count(f"mails:{user_id}", [hour], datetime.now(UTC).timestamp()) is not None


def _count(name: str, windows: list[Window], now: float) -> Window | None:
    """One more in each window; the first that is full."""
    limited = [window for window in windows if window.most]
    if not limited:
        return None

    def add() -> list[int]:
        with wake.redis().pipeline(transaction=False) as pipeline:
            for window in limited:
                key = f"{wake.NAMESPACE}:{name}:{window.seconds}:{int(now) // window.seconds}"
                pipeline.incr(key)
                pipeline.expire(key, window.seconds)
            return [int(count) for count in pipeline.execute()[::2]]

    counts = wake.hint("requests not counted", add) or []
    return next((window for window, count in zip(limited, counts, strict=False) if count > window.most), None)
