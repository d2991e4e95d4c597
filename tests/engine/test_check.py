"""Publishing is proof: every mistake is named with its step and how to mend it."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from designer.gallery import templates
from engine.check import check_document
from engine.document import document_schema
from engine.schema_guard import check_schema
from engine.wording.labels import labels_of
from engine.wording.sentences import sentence
from tests.engine.cast import flow, purchase
from tests.engine.documents import decision, document


@pytest.mark.parametrize("name", list(templates()))
def test_the_shipped_definitions_can_be_published(name: str) -> None:
    assert check_document(templates()[name]) == []


def _steps(document: dict[str, Any]) -> Any:
    return document["steps"]


MISTAKES: list[tuple[Callable[[dict[str, Any]], Any], str | None, str]] = [
    (lambda d: _steps(d)["approval"]["levels"][0].update(when=" "), "approval", "A rule of “Approval” is still"),
    (lambda d: _steps(d)["approval"]["outcomes"].pop("rejected"), "approval", "nowhere to go when it is rejected"),
    (lambda d: _steps(d)["approval"]["outcomes"].update(approved="moon"), "approval", "leads to “moon”"),
    (lambda d: _steps(d)["approval"]["outcomes"].update(maybe="approved"), "approval", "never ends with “maybe”"),
    (lambda d: _steps(d)["approval"]["levels"][0].update(when="amont > 1"), "approval", "Did you mean “amount”"),
    (lambda d: _steps(d)["approval"]["levels"][0].update(when="1 << 99999999 > 1"), "approval", "not allowed"),
    (
        lambda d: _steps(d)["approval"]["levels"][0].update(who=[{"field": "boss"}]),
        "approval",
        "and there is no such field",
    ),
    (lambda d: _steps(d)["approval"]["levels"][0].update(who=[]), "approval", "who"),
    (lambda d: _steps(d)["approval"]["levels"][0].pop("id"), "approval", "levels/0/id: This is needed"),
    (lambda d: _steps(d)["approval"]["levels"][1].update(id="manager"), "approval", "two levels with the id “manager”"),
    (lambda d: _steps(d)["approval"].update(covers=["prize"]), "approval", "speaks of “prize”"),
    (lambda d: _steps(d)["approval"].update(on_change={"prize": "tell"}), "approval", "speaks of “prize”"),
    (lambda d: _steps(d)["approval"]["levels"][0].update(policy={"quorum": {}}), "approval", "none of the given"),
    (lambda d: _steps(d)["approval"].update(timeout={"after": "3 days"}), "approval", "Write P3D for 3 days"),
    (lambda d: _steps(d)["approval"].update(levls=[]), "approval", "levls"),
    (lambda d: _steps(d)["approval"].update(type="vote"), "approval", "Choose one of"),
    (lambda d: _steps(d).update(lonely={"type": "end", "name": "Lonely", "status": "x"}), "lonely", "Nothing leads to"),
    (lambda d: _steps(d)["request"].update(form={"uiSchema": {"nope": {}}}), "request", "no such field"),
    (lambda d: _steps(d)["request"].update(form={"schema": {"$ref": "http://x"}}), "request", "not a reference"),
    (lambda d: d.pop("start"), None, "start: This is needed"),
    (lambda d: d.update(start="approval"), None, "not a request form"),
    (lambda d: d.update(start="moon"), None, "no such step"),
    (lambda d: d.update(key="Bad Key"), None, "key"),
    (lambda d: d["data"].update(type="array"), None, "is an object"),
]


@pytest.mark.parametrize(("break_it", "step", "words"), MISTAKES)
def test_a_mistake_is_named(break_it: Callable[[dict[str, Any]], Any], step: str | None, words: str) -> None:
    document = copy.deepcopy(purchase())
    break_it(document)
    problems = check_document(document)
    assert any(words in sentence(problem.reason, labels_of(document)) for problem in problems), problems
    assert step is None or any(problem.step == step for problem in problems)


@pytest.mark.parametrize("document", [None, [], "x", 5, {}, {"steps": []}, {"format": "other@9"}])
def test_anything_can_be_checked(document: Any) -> None:
    assert check_document(document)


def test_a_way_without_an_end_is_found() -> None:
    turn = {"type": "decision", "name": "Turn", "branches": [{"outcome": "on", "when": "amount > 0"}]}
    document = flow({"turn": {**turn, "outcomes": {"on": "turn", "otherwise": "turn"}}})
    assert "endless_step" in [problem.code for problem in check_document(document)]


def test_the_published_schema_is_one_and_closed_in_itself() -> None:
    schema = document_schema()
    assert not [error for error in check_schema(schema) if error.keyword == "schema"]
    assert {f"{kind}_step" for kind in schema["$defs"]["step"]["properties"]["type"]["enum"]} <= set(schema["$defs"])


@pytest.mark.parametrize(("outcome", "label", "words"), [
    ("otherwise", "Small", "“Choice” has nowhere to go when none of its rules applies. Choose a step for it."),
    ("yes", "Small", "“Choice” has nowhere to go for “Small”. Choose a step for it."),
    ("yes", "", "“Choice” has nowhere to go for “yes”. Choose a step for it."),
])  # fmt: skip
def test_a_branch_that_leads_nowhere_is_named(outcome: str, label: str, words: str) -> None:
    made = document(decision("amount > 5", label=label))
    next(step for step in made["steps"].values() if step["type"] == "decision")["outcomes"].pop(outcome)
    told = [sentence(one.reason, labels_of(made)) for one in check_document(made)]
    assert words in told
