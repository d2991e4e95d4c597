"""What mends a problem: each is pressed, its problem is gone, and nothing else is wrong that was not wrong before."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from designer.edits import EditRefused, apply_edit, tidy
from designer.mends import MOST, menders, mends
from engine.advice import advice
from engine.check import check_document
from engine.definition import Definition
from engine.people_check import people_problems
from engine.problems import Problem
from engine.wording.catalogue.problems import TEXTS
from tests.designer.edit_strategies import documents
from tests.engine.cast import purchase
from tests.engine.documents import approval, decision, document, form, level, notify
from tests.engine.test_check import MISTAKES
from tests.engine.test_people_check import without
from tests.engine.test_publishing import REFUSED
from tests.engine.test_publishing_data import REFUSED as REFUSED_DATA

Json = dict[str, Any]
# After these nothing else was looked at yet.
EARLY = {"step_shape", "document_shape", "zone", "name_empty", "data_no_object", "form_no_object"}
PEOPLE = without("fay")


def broken(change: Callable[[Json], Any]) -> Json:
    made = copy.deepcopy(dict(purchase()))
    change(made["steps"])
    return made


def asking(**changes: Any) -> Json:
    """One that asks such people, without the ends that it does not need."""
    made = document(level(**changes)) if "timeout" not in changes else document(approval(**changes))
    del made["steps"]["failed"]
    return made


def needing(name: str, made: Json) -> Json:
    """With a field that the request form needs."""
    for schema in (made["data"], made["steps"]["request"]["form"]["schema"]):
        schema["required"] = [*schema["required"], name]
    return made


def chosen(setting: str, field: Json) -> Json:
    """A time limit that a needed field says."""
    made = asking(timeout={setting: {"field": "said"}})
    for schema in (made["data"], made["steps"]["request"]["form"]["schema"]):
        schema["properties"] = {**schema["properties"], "said": field}
    return needing("said", made)


ACTION: Json = {"type": "action", "name": "Order", "call": {"url": "erp.example.com/x"}, "retry": {"first": "soon"}}
ANSWERED = {"done": "approved", "failed": "failed"}
OWN: list[Json] = [
    broken(lambda steps: steps["approved"].update(outcomes={"sent": "rejected"})),
    broken(lambda steps: [steps.pop(key) for key, step in list(steps.items()) if step["type"] == "end"]),
    document(form("approved", "checked", timeout={"then": "approve"})),
    needing("lines", document(decision("$max(lines) > 5"))),
    chosen("then", {"type": "string", "enum": ["approve", "timed_out"]}),
    chosen("after", {"type": "string"}),
    broken(lambda steps: steps["approval"].update(timeout={"then": "timed_out"})),
    broken(lambda steps: steps["approval"].update(timeout={"then": "soon", "after": "soon", "remind": ["soon"]})),
    broken(lambda steps: steps["approval"]["outcomes"].update(timed_out="nowhere")),
    broken(lambda steps: steps["approval"]["outcomes"].pop("rejected")),
    document({**decision("amount > 5"), "outcomes": {"otherwise": "approved"}}),
    document({**decision("amount > 5"), "outcomes": {"yes": "approved"}}),
    document(decision("")),
    document({**ACTION, "outcomes": ANSWERED}),
    document({**notify("approved"), "who": [{"group": "sales"}]}),
    asking(who=[{"group": "bord"}]),
    asking(who=[{"group": "legal"}]),
    asking(who=[{"manager": 1}, {"group": "sales"}]),
    asking(who=[{"role": "pilot"}]),
    asking(who=[{"user": "nobody@demo.test"}]),
    asking(who=[{"user": "fay"}]),
    asking(who=[{"group": "board"}], policy={"quorum": 3}),
    asking(timeout={"then": "escalate", "to": [{"group": "sales"}]}),
]
MADE = [made for _, made, _ in (*REFUSED, *REFUSED_DATA)]


def mistaken() -> list[Json]:
    found = []
    for break_it, _, _ in MISTAKES:
        made = copy.deepcopy(dict(purchase()))
        break_it(made)
        found.append(made)
    return found


def wrong(made: Json) -> list[Problem]:
    return check_document(made) or list(people_problems(Definition(made), PEOPLE, ("approver", "admin")))


@pytest.mark.parametrize("given_document", [*OWN, *MADE, *mistaken()])
def test_every_mend_makes_its_problem_go_and_brings_no_other(given_document: Json) -> None:
    try:
        made = tidy(given_document)
    except EditRefused:
        return
    before = wrong(made)
    for one in before:
        for mend in mends(one, made):
            after = made
            for edit in mend.edits:
                after = apply_edit(after, edit)
            left = wrong(after)
            assert one not in left, mend
            looked_at_all = not EARLY & {other.code for other in before}
            assert not looked_at_all or len(left) < len(before) or not check_document(after), mend


def test_the_documents_here_have_most_of_the_problems_that_can_be_mended() -> None:
    met = {one.code for made in (*OWN, *MADE, *mistaken()) for one in wrong(made)}
    assert set(menders()) <= set(TEXTS)
    assert set(menders()) - met == {"endless_step", "levels_gap"}


@pytest.mark.parametrize(
    ("made", "code", "labels"),
    [
        (
            broken(lambda steps: steps["approval"]["outcomes"].pop("rejected")),
            "outcome_missing",
            ["Send it to End: Rejected", "Send it to End: Failed"],
        ),
        (
            document({**decision("amount > 5"), "outcomes": {"yes": "approved"}}),
            "otherwise_missing",
            ["Send it to End: Rejected", "Send it to End: Failed"],
        ),
        (asking(who=[{"user": "fay"}]), "person_left", ["Give it to the requester’s manager"]),
        (
            asking(who=[{"group": "bord"}]),
            "group_unknown_close",
            ["Ask the group “board”", "Give it to the requester’s manager"],
        ),
        (
            broken(lambda steps: steps["approval"]["outcomes"].update(maybe="approved")),
            "outcome_strange",
            ["Remove the way out “maybe”"],
        ),
        (dict(MADE[0]), "nothing", []),
    ],
)
def test_a_button_says_what_it_does(made: Json, code: str, labels: list[str]) -> None:
    assert [mend.label for one in wrong(made) if one.code == code for mend in mends(one, made)][:MOST] == labels


@settings(max_examples=150, deadline=None)
@given(documents(), documents())
def test_mends_of_any_draft_are_edits_that_are_done_or_refused(given_document: Json, other: Json) -> None:
    try:
        made, elsewhere = tidy(given_document), tidy(other)
    except EditRefused:
        return
    for one in check_document(made):
        mends(one, elsewhere)
        for mend in mends(one, made):
            after = made
            try:
                for edit in mend.edits:
                    after = apply_edit(after, edit)
            except EditRefused:
                continue


@settings(max_examples=150, deadline=None)
@given(documents())
def test_any_draft_can_be_advised_on(given_document: Json) -> None:
    try:
        made = tidy(given_document)
    except EditRefused:
        return
    for one in advice(made):
        mends(one, made)


def test_a_field_for_an_answer_is_not_asked_for_by_the_forms_that_ask_for_all() -> None:
    calls = {"call": {"url": "https://erp.example.com/x"}, "retry": {}, "save": "answer"}
    made = document(ACTION | calls | {"outcomes": {"done": "approved", "failed": "rejected"}})
    made["steps"]["request"]["form"].pop("schema", None)
    (problem,) = [one for one in check_document(made) if one.code == "save_no_field"]
    label, edits = next((one.label, one.edits) for one in mends(problem, made))
    mended = made
    for one in edits:
        mended = apply_edit(mended, one)
    assert label == "Add the field “Answer”"
    assert mended["data"]["properties"]["answer"] == {"type": "object", "title": "Answer"}
    assert mended["steps"]["request"]["form"]["schema"] == made["data"]
    assert "save_no_field" not in {one.code for one in check_document(mended)}
