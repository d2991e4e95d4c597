"""The templates: each has tests that reach all its ends, a form worth filling in, and what its card shows."""

import pytest

from designer.gallery import cards, categories, groups_asked, templates
from designer.trial.cases import results
from engine import forms
from engine.definition import Definition
from engine.steps import role

KEYS = list(templates())
WANTED = {
    "purchase-approval",
    "expense-claim",
    "leave-request",
    "new-supplier",
    "contract-review",
    "access-request",
    "hiring-request",
    "discount-approval",
    "production-deployment",
    "ai-agent-action",
    "budget-change",
    "invoice-approval",
    "simple-approval",
}


def test_all_of_them_ship() -> None:
    assert set(KEYS) == WANTED
    assert all(card.icon and card.signs and 1 < card.steps < 10 and card.description for card in cards())
    assert "Finance" in categories()


@pytest.mark.parametrize("key", KEYS)
def test_its_tests_pass_and_reach_every_end(key: str) -> None:
    document = templates()[key]
    found = results(document)
    assert [one.name for one in found if not one.passed] == []
    reached = {document["steps"][step]["outcomes"][outcome] for one in found for step, outcome in one.path}
    ends = {name for name, step in document["steps"].items() if role(step["type"]) == "end"}
    assert ends <= reached


@pytest.mark.parametrize("key", KEYS)
def test_its_form_asks_in_words_and_its_people_are_reminded_and_escalated(key: str) -> None:
    definition = Definition(templates()[key])
    shown = forms.fields(*definition.form(definition.start), {}).children
    assert len(shown) >= 3 and all(field.label and field.label != field.pointer.strip("/") for field in shown)
    for step in definition.steps.values():
        if "levels" in step.settings:
            assert step.settings["timeout"]["after"] and step.settings["timeout"]["then"] in ("escalate", "reject")


def test_groups_are_named_where_they_are_asked() -> None:
    assert groups_asked(templates()["contract-review"]) == [
        "legal",
        "data-protection",
        "finance",
        "directors",
        "board",
    ]
