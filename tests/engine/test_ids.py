"""Identifiers without chance are what the library makes of the same number."""

from datetime import UTC, datetime
from hashlib import blake2b
from uuid import UUID

import pytest

from engine.ids import derive, from_parts

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("place", ["1.1", "2.1", "999.17", ""])
def test_a_derived_id_is_a_uuid_of_version_7(place: str) -> None:
    tail = blake2b(f"an instance/{place}".encode(), digest_size=10).digest()
    found = UUID(derive("an instance", place, NOW))
    assert found == from_parts(int(NOW.timestamp() * 1000), tail)
    assert (found.version, str(found)) == (7, derive("an instance", place, NOW))
