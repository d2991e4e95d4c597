"""Identifiers without chance: UUIDs of version 7, one for each place."""

from datetime import UTC, datetime
from uuid import RFC_4122, UUID

import pytest

from engine.ids import derive, from_parts, prefix

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("place", ["1.1", "2.1", "999.17", ""])
def test_a_derived_id_is_a_uuid_of_version_7(place: str) -> None:
    text = derive(prefix(NOW), "an instance", place)
    found = UUID(text)
    assert (found.version, found.variant, str(found)) == (7, RFC_4122, text)
    assert found.int >> 80 == int(NOW.timestamp() * 1000)


def test_each_place_of_each_instance_has_an_id_of_its_own() -> None:
    whole = prefix(NOW)
    ids = {derive(whole, instance, f"{seq}.{made}") for instance in "ab" for seq in range(50) for made in range(50)}
    assert len(ids) == 5_000
    assert derive(whole, "a", "1.1") == derive(prefix(NOW), "a", "1.1")


def test_an_id_by_chance_is_of_version_7_too() -> None:
    found = from_parts(int(NOW.timestamp() * 1000), bytes(range(10)))
    assert (found.version, found.variant, found.int >> 80) == (7, RFC_4122, int(NOW.timestamp() * 1000))
