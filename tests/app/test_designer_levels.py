"""Levels, rules and branches in the designer's panel, as somebody without scripts fills them in."""

from typing import Any

import pytest

from app.pages.designer import panel
from app.web.html import environment
from designer.edits import edited
from designer.edits.settings import Configure
from designer.gallery import templates
from designer.panel import changed, settings_of
from engine import forms
from engine.forms.surroundings import Surroundings
from engine.pointers import join
from tests.app.pages import words
from tests.app.requests import shipped
from tests.browser import posted
from tests.engine.cast import directory
from tests.engine.test_rules_rows import RULE_TEXTS

PURCHASE = shipped("purchase-approval")
PURCHASE["data"]["properties"] |= {"tags": {"type": "array", "items": {"type": "string"}}}


def shown(
    document: dict[str, Any], step: str, did: str = "", pairs: Any = None, data: Any = None, errors: Any = None
) -> str:
    """The settings of a step as HTML."""
    around = Surroundings(document, join("/steps", step), directory(), did=did)
    field = panel.form(document, step, around, data, errors, pairs)
    module = environment().get_template("parts/form.html").module
    return f"<form>{module.form_fields(field)}</form>"  # type: ignore[attr-defined]


def sent(document: dict[str, Any], step: str, page: str, **changes: str | list[str]) -> Any:
    """The settings after the form was sent, and what could not be read of it."""
    around = Surroundings(document, join("/steps", step), directory())
    asked, holder = panel.of(document, step)
    pairs = [pair for pair in posted(page) if pair[0] not in changes]
    pairs += [
        (name, text) for name, texts in changes.items() for text in ([texts] if isinstance(texts, str) else texts)
    ]
    data, errors = forms.decoded(*asked, pairs, settings_of(asked, holder), around)
    return changed(asked, holder, data), errors


def with_rule(rule: str) -> dict[str, Any]:
    return {
        "levels": [{"id": "one", "when": rule, "who": [{"manager": 1}]}, {"id": "two", "who": [{"group": "board"}]}]
    }


@pytest.mark.parametrize("document", templates().values(), ids=lambda document: document["key"])
def test_what_nobody_changes_stays_as_it_is(document: dict[str, Any]) -> None:
    for step in document["steps"]:
        assert sent(document, step, shown(document, step)) == ({}, [])


@pytest.mark.parametrize("rule", [*RULE_TEXTS, "amount  >=5000 and\n amount<9", "amount >", '"', "amount == amount"])
def test_no_rule_is_rewritten_by_saving(rule: str) -> None:
    document = shipped(
        "purchase-approval", approval=with_rule(rule), amount={"branches": [{"outcome": "a", "when": rule}]}
    )
    for step in ("approval", "amount"):
        assert sent(document, step, shown(document, step)) == ({}, [])


def rule_sent(rule: str, **changes: str | list[str]) -> Any:
    document = shipped("purchase-approval", approval=with_rule(rule))
    page = shown(document, "approval")
    named = {f"{word}:/levels/0/when".replace("_", "-"): value for word, value in changes.items()}
    named = {name.replace("text:", ""): value for name, value in named.items()}
    found, errors = sent(document, "approval", page, **named)
    assert not errors
    return found["levels"][0].get("when")


def test_a_rule_is_changed_by_its_rows_or_by_its_text() -> None:
    assert rule_sent("amount  >= 5000", rule_value=["7,500", "", "", ""]) == "amount >= 7500"
    assert rule_sent("amount > 5", text="amount > 6") == "amount > 6"
    assert rule_sent("amount > 5", text="amount > 6", rule_value=["9", "", "", ""]) == "amount > 6"
    assert rule_sent("amount > 5", rule_field=["", "", "", ""]) is None


def test_a_condition_is_added_beside_another_and_in_a_group() -> None:
    fields, values = ["amount", "cost_centre", "", ""], ["5", "marketing", "", ""]
    added = {"rule_field": fields, "rule_value": values, "rule_operator": ["GT", "EQ", "EQ", "EQ"]}
    assert rule_sent("amount > 5", rule_join=["all"], **added) == "amount > 5 and cost_centre == 'marketing'"
    assert rule_sent("amount > 5", rule_join=["any"], **added) == "amount > 5 or cost_centre == 'marketing'"
    assert rule_sent(
        "amount > 5",
        rule_field=["amount", "", "item", "item"],
        rule_value=["5", "", "a", "b"],
        rule_operator=["GT", "EQ", "EQ", "EQ"],
    ) == ("amount > 5 and (item == 'a' or item == 'b')")


def test_a_condition_is_removed_and_compared_with_another_field() -> None:
    assert rule_sent("amount > 5 and item == 'x'", rule_drop="0") == "item == 'x'"
    assert rule_sent("amount > 5", rule_operator=["EMPTY", "EQ", "EQ", "EQ"]) == "amount == null"
    assert rule_sent("needed_by > d'2026-01-01'", rule_other=["$today", "", "", ""]) == "needed_by > $today"


def test_a_rule_that_is_no_rows_is_shown_as_text_alone() -> None:
    page = shown(shipped("purchase-approval", approval=with_rule("not (amount > 5)")), "approval")
    assert "A rule of its own kind: it is kept as it is written." in words(page)
    assert "Not Amount is above 5." in words(page)


PASTED = "From\tName\tWho\tMany\n\tTeam\tmanager\t\n5,000 EUR\tDirector\tdirectors, Dana\tall\n10000\tBoard\tboard\t2"


def test_levels_come_from_a_spreadsheet() -> None:
    document = shipped("purchase-approval")
    found, errors = sent(document, "approval", shown(document, "approval"), **{"paste:/levels": PASTED})
    assert not errors
    assert found["levels"][3:] == [
        {"id": "team", "name": "Team", "who": [{"manager": 1}]},
        {
            "id": "director-2",
            "name": "Director",
            "when": "amount >= 5000",
            "who": [{"group": "directors"}, {"user": "dana@demo.test"}],
            "policy": "all",
        },
        {
            "id": "board-2",
            "name": "Board",
            "when": "amount >= 10000",
            "who": [{"group": "board"}],
            "policy": {"quorum": 2},
        },
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("5\tX\tstrangers", "pasted_nobody"),
        ("5\tX\tboard\tmost", "pasted_policy"),
        ("1\tX\tboard\nx\tY\tboard", "pasted_number"),
    ],
)
def test_a_pasted_line_that_means_nothing_is_named_and_kept(line: str, code: str) -> None:
    document = shipped("purchase-approval")
    found, errors = sent(document, "approval", shown(document, "approval"), **{"paste:/levels": line})
    assert found == {} and [error.reason.code for error in errors] == [code]
    assert line.split("\t")[2] in shown(document, "approval", pairs=[("paste:/levels", line)], errors=errors)
    assert line not in shown(document, "approval", pairs=[("paste:/levels", line)])


def test_levels_are_sorted_by_where_they_begin() -> None:
    document = shipped("purchase-approval")
    levels = document["steps"]["approval"]["levels"]
    levels.insert(0, levels.pop())
    page = shown(document, "approval")
    assert "Sort by Amount" in words(page)
    found, _ = sent(document, "approval", page, **{"sort:/levels": "yes"})
    assert [level["id"] for level in found["levels"]] == ["manager", "director", "board"]


def test_a_gap_is_named_and_who_signs_is_told_for_an_amount() -> None:
    document = shipped("purchase-approval")
    document["steps"]["approval"]["levels"][0]["when"] = "amount > 1000"
    page = words(shown(document, "approval"))
    assert "Nothing covers 500 < Amount ≤ 1,000." in page
    assert (
        "12,000 goes to Ann's manager (Ben), then to Directors (Dana), then to Board (2 of Fay, Gus and Hal)." in page
    )
    typed = [("try-field:/levels", "amount"), ("try-value:/levels", "7,200"), ("try-who:/levels", "ben")]
    assert "7,200 goes to Ben's manager (Cleo), then to Directors (Dana)." in words(
        shown(document, "approval", "try:/levels", typed)
    )


def test_a_rule_is_tried_in_place() -> None:
    document = shipped("purchase-approval")
    typed = [("try-field:/levels/1/when", "amount"), ("try-value:/levels/1/when", "7,200")]
    page = words(shown(document, "approval", "try:/levels/1/when", typed))
    assert "True, because Amount 7,200 ≥ 5,000." in page


def test_a_branch_is_named_by_its_label_and_the_last_one_is_always_there() -> None:
    document = shipped("purchase-approval")
    branches = document["steps"]["amount"]["branches"]
    page = shown(document, "amount", data={"branches": [*branches, {"label": "Über 9.000!", "when": "amount > 9000"}]})
    assert "Otherwise, when none of these holds: Approval." in words(page)
    found, errors = sent(document, "amount", page)
    assert not errors
    assert [branch["outcome"] for branch in found["branches"]] == ["small", "uber-9-000"]


def test_how_many_must_agree_is_a_choice_and_a_number() -> None:
    document = shipped("purchase-approval")
    page = shown(document, "approval")
    chosen = {"/levels/0/policy": "quorum", "quorum:/levels/0/policy": "3"}
    found, errors = sent(document, "approval", page, **chosen)
    assert not errors and found["levels"][0]["policy"] == {"quorum": 3}
    assert sent(document, "approval", page, **{**chosen, "quorum:/levels/0/policy": "many"})[1]


def test_the_way_of_a_branch_that_is_removed_goes_with_it() -> None:
    document = shipped("purchase-approval")
    branch = {"outcome": "large", "label": "Large", "when": "amount > 9000"}
    left, done = edited(document, Configure({"branches": [branch]}, "amount"))
    assert left["steps"]["amount"]["outcomes"] == {"otherwise": "approval"}
    assert done.touched == {"amount"}
