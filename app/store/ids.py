"""UUIDv7 (RFC 9562): identifiers that sort by the time they were made."""

import os
import time
from datetime import datetime
from uuid import UUID

from engine.ids import from_parts


def uuid7(at: datetime | None = None) -> UUID:
    """`at`: when it was made, for stories of the past."""
    return from_parts(int(at.timestamp() * 1000) if at else time.time_ns() // 1_000_000, os.urandom(10))
