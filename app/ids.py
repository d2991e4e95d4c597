"""UUIDv7 (RFC 9562): identifiers that sort by the time they were made."""

import os
import time
from uuid import UUID

from engine.ids import from_parts


def uuid7() -> UUID:
    return from_parts(time.time_ns() // 1_000_000, os.urandom(10))
