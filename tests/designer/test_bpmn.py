"""A definition as BPMN and back: the same document, drawn with every shape in its place."""

from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from designer.bpmn.places import places_of
from designer.bpmn.read import read
from designer.bpmn.symbols import diagram
from designer.bpmn.write import write
from designer.bpmn.xml import MODEL, NAMESPACES
from designer.edits import EditRefused, tidy
from designer.gallery import template, templates
from engine.json_text import dumps
from tests.designer.documents import DOCUMENTS
from tests.designer.edit_strategies import documents
from tests.designer.flows import random_flow
from tests.engine import generated

Box = tuple[int, int, int, int]


def model(content: bytes, name: str) -> dict[str, Element]:
    root = fromstring(content)
    return {element.get("id", ""): element for element in root.iter(f"{{{MODEL}}}{name}")}


def again(document: dict[str, Any]) -> None:
    """Byte for byte: the order of keys is the order of columns."""
    kept = tidy(document)
    found = read(write(kept))
    assert dumps(found.document) == dumps(kept)
    assert not found.notes


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_what_is_exported_comes_back_as_it_was(document: dict[str, Any]) -> None:
    again(document)


@settings(max_examples=60, deadline=None)
@given(st.lists(generated.approvals, min_size=1, max_size=4), st.integers(0, 4), st.booleans())
def test_generated_definitions_come_back(chosen: list[dict[str, Any]], at: int, twice: bool) -> None:
    again(generated.document(chosen, min(at, len(chosen)), twice))


@settings(max_examples=150, deadline=None)
@given(documents())
def test_drafts_of_any_shape_come_back(document: dict[str, Any]) -> None:
    try:
        tidy(document)
    except EditRefused:
        assume(False)
    again(document)


def test_odd_ids_and_letters_come_back() -> None:
    odd = {"a.b": "flow.x.y", "": "a b", "flow.x.y": "a.b", "a b": "", "\ufffe": "1", "1": "\x0b", "\x0b": "\ufffe"}
    steps = {
        key: {"type": "notify", "name": f"<&\"'>\ufffe{key}", "outcomes": {"\ufffe\n": to}} for key, to in odd.items()
    }
    again({"key": "a b", "name": "x\x01\ufffe", "description": "a\r\nb\rc \x02", "start": "a.b", "steps": steps})


def test_each_type_of_step_is_an_element_of_its_own() -> None:
    content = write(templates()["purchase-approval"])
    process = fromstring(content).find(f"{{{MODEL}}}process")
    assert process is not None and process.get("id") == "purchase-approval"
    known = {part.get("id"): part.tag.removeprefix(f"{{{MODEL}}}") for part in process if part.get("id")}
    flows = model(content, "sequenceFlow")
    assert {key: tag for key, tag in known.items() if key not in flows} == {
        "start.request": "startEvent",
        "request": "userTask",
        "amount": "exclusiveGateway",
        "approval": "userTask",
        "result.approval": "exclusiveGateway",
        "timer.approval": "boundaryEvent",
        "tell": "sendTask",
        "approved": "endEvent",
        "rejected": "endEvent",
    }
    assert process.find(f".//{{{MODEL}}}timeDuration").text == "P3D"  # type: ignore[union-attr]
    rules = {
        key: [part.text for part in flow if part.tag.endswith("conditionExpression")] for key, flow in flows.items()
    }
    assert rules["flow.amount.small"] == ["amount <= 500"]
    assert rules["flow.amount.otherwise"] == []
    assert model(content, "exclusiveGateway")["amount"].get("default") == "flow.amount.otherwise"
    assert rules["flow.approval.changes_requested"] == ["outcome == 'changes_requested'"]
    assert flows["flow.approval.changes_requested"].get("targetRef") == "request"


def test_a_time_limit_that_ends_the_task_has_a_way_of_its_own() -> None:
    document = template("purchase-approval") or {}
    approval = document["steps"]["approval"]
    approval["timeout"] = {"after": "P2D", "then": "timed_out"}
    approval["outcomes"]["timed_out"] = "rejected"
    content = write(document)
    event = model(content, "boundaryEvent")["timer.approval"]
    assert (event.get("cancelActivity"), event.get("attachedToRef"), event.get("name")) == (
        "true",
        "approval",
        "2 days",
    )
    assert model(content, "sequenceFlow")["flow.approval.timed_out"].get("sourceRef") == "timer.approval"
    again(document)


def test_a_step_type_that_is_not_known_is_a_task() -> None:
    document = {
        "start": "a",
        "steps": {"a": {"type": "teleport", "name": "Beam", "outcomes": {"up": "b", "down": "b"}}},
    }
    content = write(document)
    assert model(content, "task")["a"].get("name") == "Beam"
    again(document)


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("mess", [0.0, 0.2])
@pytest.mark.parametrize("seed", range(6))
def test_no_shape_lies_on_another_and_no_line_runs_through_one(seed: int, mess: float) -> None:
    made = diagram(random_flow(40, seed, mess))
    places = places_of(made)
    assert places.boxes.keys() == made.nodes.keys()
    solid = {
        key: (box.x, box.y, box.x + box.w, box.y + box.h)
        for key, box in places.boxes.items()
        if not made.nodes[key].host
    }
    keys = list(solid)
    assert not [(a, b) for n, a in enumerate(keys) for b in keys[n + 1 :] if overlap(solid[a], solid[b])]
    for flow in made.flows:
        points = places.lines[flow.id]
        assert len(points) >= 2
        for (x, y), (to, down) in pairwise(points):
            assert x == to or y == down
            leg = (min(x, to), min(y, down), max(x, to), max(y, down))
            inner = (leg[0] - (x == to), leg[1] - (y == down), leg[2] + (x == to), leg[3] + (y == down))
            assert not [key for key, box in solid.items() if overlap(inner, box)], flow


def test_a_diagram_names_every_shape_and_every_line() -> None:
    content = write(templates()["production-deployment"])
    made = diagram(templates()["production-deployment"])
    drawn = {
        part.get("bpmnElement")
        for part in fromstring(content).iter()
        if part.tag.startswith(f"{{{NAMESPACES['bpmndi']}}}")
    }
    assert drawn - {None, "production-deployment"} == {*made.nodes, *(flow.id for flow in made.flows)}
