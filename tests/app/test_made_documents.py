"""Definitions that the product itself makes pass the check that it asks of others."""

from random import Random
from typing import Any

import pytest

from app import overview
from app.api.definitions import LEAVE
from app.approvals import definition
from e2e.chaos import load
from engine.check import check_document
from engine.definition import Definition
from engine.people import Directory
from engine.wording.steps import explain
from tests.engine.test_check_anything import mutated

ASKED = [
    definition.document({"watchers": watched, "escalate_to": heirs}, asked)
    for watched in ([], ["x"])
    for heirs in ([], ["x"])
    for asked in ({}, {"notifyChannels": ["slack", "email"]})
]
PROGRAMS = [LEAVE, load.document("https://world.test"), *ASKED]


@pytest.mark.parametrize("document", PROGRAMS, ids=lambda document: str(document["name"]))
def test_it_can_be_published(document: dict[str, Any]) -> None:
    assert check_document(document) == []


def test_what_passes_the_check_can_be_drawn_and_told() -> None:
    random, drawn = Random(20261122), 0
    for _ in range(200):
        document = mutated(random)
        if check_document(document):
            continue
        definition = Definition(document)
        assert overview.drawing(definition).flow.order
        assert explain(definition, Directory({}, {}, {}))
        drawn += 1
    assert drawn > 10
