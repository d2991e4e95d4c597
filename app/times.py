"""Moments and lengths of time as programs read and write them: RFC 3339 in UTC, milliseconds."""

from datetime import UTC, datetime
from typing import overload


@overload
def moment(at: datetime) -> str: ...


@overload
def moment(at: None) -> None: ...


@overload
def moment(at: datetime | None) -> str | None: ...


def moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None


def duration(milliseconds: int) -> str:
    """ISO 8601."""
    return f"PT{milliseconds // 1000}.{milliseconds % 1000:03}S"
