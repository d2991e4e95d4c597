"""Every exported definition is valid by the schemas of the OMG, and so is what is made of other tools' files."""

from functools import cache
from typing import Any

import pytest
from xmlschema import XMLSchema

from designer.bpmn.read import read
from designer.bpmn.write import write
from tests.designer.bpmn_files import FILES
from tests.designer.documents import DOCUMENTS
from tests.designer.flows import random_flow
from tests.test_vendor import TESTED


@cache
def schema() -> XMLSchema:
    """Of what stands beside it alone; nothing is fetched."""
    return XMLSchema(TESTED / "BPMN20.xsd", allow="local", defuse="always")


def faults(document: dict[str, Any]) -> list[str]:
    return [f"{error.path}: {error.reason}" for error in schema().iter_errors(write(document).decode())]


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_an_exported_definition_is_valid(document: dict[str, Any]) -> None:
    assert not faults(document)


@pytest.mark.parametrize("seed", range(3))
def test_a_flow_with_loops_is_valid(seed: int) -> None:
    assert not faults(random_flow(30, seed, mess=0.3))


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_file_of_another_tool_is_valid_once_it_is_ours(content: str) -> None:
    assert not faults(read(content.encode()).document)


def test_odd_ids_and_letters_are_valid() -> None:
    steps = {
        key: {"type": "notify", "name": "<&\ufffe>\x01", "outcomes": {"\x02 x": key}}
        for key in ("", "a b", "flow.a", "ü")
    }
    assert not faults({"start": "a b", "steps": steps})


def test_what_is_wrong_would_be_found() -> None:
    wrong = write(DOCUMENTS["purchase"]).decode().replace("<bpmn:userTask", "<bpmn:userJob", 1)
    assert list(schema().iter_errors(wrong.replace("</bpmn:userTask>", "</bpmn:userJob>", 1)))
