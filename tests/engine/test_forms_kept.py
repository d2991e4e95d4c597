"""What is worked out of a published form is kept for the next reading, and changes nothing of what is read."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from engine import forms
from engine.definition import Definition

KINDS: list[dict[str, Any]] = [
    {"title": "Trip", "properties": {"kind": {"const": "trip"}, "city": {"type": "string"}}, "required": ["city"]},
    {"title": "Desk", "properties": {"kind": {"const": "desk"}, "size": {"type": "integer"}}, "required": ["size"]},
]
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "what": {"type": "object", "properties": {"note": {"type": "string"}}, "oneOf": KINDS},
        "rows": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
    },
    "if": {"properties": {"rows": {"minItems": 2}}, "required": ["rows"]},
    "then": {"properties": {"why": {"type": "string"}}, "required": ["why"]},
}
UI: dict[str, Any] = {"what": {"oneOf": [{}, {"note": {"ui:readonly": True}}]}}
ANSWERS: list[dict[str, Any]] = [
    {"what": {"kind": "trip", "city": "Oslo", "note": "soon"}},
    {"what": {"kind": "desk", "size": 2, "note": "soon"}},
    {"what": {"kind": "desk", "size": 2}, "rows": [{"name": "a"}, {"name": "b"}], "why": "Two of them"},
    {"what": {"kind": "desk", "city": "Oslo"}, "rows": [{"name": "a"}, {"name": "b"}]},
]


def definition() -> Definition:
    steps = {"request": {"type": "start", "name": "Request", "form": {"uiSchema": UI}, "outcomes": {}}}
    return Definition({"key": "k", "name": "K", "start": "request", "data": SCHEMA, "steps": steps})


def read(form: tuple[dict[str, Any], dict[str, Any]], given: dict[str, Any]) -> Any:
    return forms.accepted(*form, given, {}), forms.describe(*form, given), forms.initial(*form, given)


def test_a_kept_form_reads_each_answer_as_one_that_is_read_for_the_first_time() -> None:
    form = definition().form("request")
    fresh = [read((SCHEMA, dict(UI)), given) for given in ANSWERS]
    with ThreadPoolExecutor(8) as threads:
        again = list(threads.map(lambda at: read(form, ANSWERS[at % 4]), range(400)))
    assert again == [fresh[at % 4] for at in range(400)]
    assert not fresh[0][0][1] and [error.pointer for error in fresh[1][0][1]] == ["/what/note"]


def test_what_is_kept_of_a_form_is_bounded_whatever_is_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.forms.form.MAX_KEPT", 60)
    form, sizes = definition().form("request"), []
    for at in range(200):
        read(form, ANSWERS[at % 4])
        assert form[1].kept is not None and not form[1].kept.nodes
        sizes.append(len(form[1].kept.places))
    assert max(sizes) < 100 and sizes != sorted(sizes)  # it began anew
