"""Moments as programs read them: RFC 3339 in UTC with milliseconds."""

from datetime import UTC, datetime


def moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None
