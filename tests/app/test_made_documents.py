"""Definitions that the product itself makes pass the check that it asks of others."""

from typing import Any

import pytest

from app.api.definitions import LEAVE
from app.approvals import definition
from e2e.chaos import load
from engine.check import check_document

ASKED = [
    definition.document({"watchers": watched, "escalate_to": heirs}) for watched in ([], ["x"]) for heirs in ([], ["x"])
]
PROGRAMS = [LEAVE, load.document("https://world.test"), *ASKED]


@pytest.mark.parametrize("document", PROGRAMS, ids=lambda document: str(document["name"]))
def test_it_can_be_published(document: dict[str, Any]) -> None:
    assert check_document(document) == []
