"""What each edit does to a flow, and what it says of it."""

from typing import Any

import pytest

from designer.blank import blank
from designer.drawable import drawable, faces
from designer.edits import MAX_DOCUMENT, Done, EditRefused, apply_edit, edited, read_edit
from designer.edits.draft_flow import MAX_STEPS, DraftFlow
from designer.edits.paste import Paste, fragment
from engine.check import check_document

Json = dict[str, Any]


def after(document: Json, kind: str, **fields: Any) -> Json:
    return apply_edit(document, read_edit({"edit": kind, **fields}))


def done(document: Json, kind: str, **fields: Any) -> Done:
    return edited(document, read_edit({"edit": kind, **fields}))[1]


def refused(document: Json, kind: str, **fields: Any) -> str:
    with pytest.raises(EditRefused) as found:
        after(document, kind, **fields)
    return found.value.code


def ways(document: Json) -> dict[str, dict[str, str]]:
    return {key: step.get("outcomes", {}) for key, step in document["steps"].items()}


@pytest.fixture
def flow() -> Json:
    """A request form, a manager and a director, each of whom may reject, and a note after a rejection."""
    document = after(blank("a-flow", "A flow"), "insert", at="request:submitted", type="approval", name="Manager")
    document = after(document, "insert", at="manager:rejected", type="end")
    document = after(document, "insert", at="manager:approved", type="approval", name="Director")
    return after(document, "insert", at="director:rejected", type="notify", name="Tell")


def test_a_new_flow_can_be_published_as_it_is() -> None:
    assert check_document(blank("a-flow", "A flow")) == []


def test_a_flow_built_by_insertions_can_be_published(flow: Json) -> None:
    assert check_document(flow) == []
    assert ways(flow) == {
        "request": {"submitted": "manager"},
        "manager": {"approved": "director", "rejected": "rejected"},
        "director": {"approved": "approved", "rejected": "tell"},
        "tell": {"sent": "rejected"},
        "rejected": {},
        "approved": {},
    }


def test_an_insertion_says_what_and_where_and_touches_the_step_it_stands_after(flow: Json) -> None:
    told = done(flow, "insert", at="director:rejected", type="approval", name="Legal review")
    assert told.text == "Legal review added after Director, when rejected."
    assert told.touched == {"director", "legal-review"}
    assert told.focus == "legal-review"


def test_a_step_at_the_beginning_leads_to_what_was_first(flow: Json) -> None:
    document = after(flow, "insert", at="", type="notify")
    assert document["start"] == "notification"
    assert document["steps"]["notification"]["outcomes"] == {"sent": "request"}


def test_deleting_closes_the_gap_and_takes_what_only_that_step_leads_to(flow: Json) -> None:
    told = done(flow, "delete", step="director")
    assert told.text == "Director deleted, and with it Tell."
    assert told.focus == "manager"
    document = after(flow, "delete", step="director")
    assert document["steps"]["manager"]["outcomes"]["approved"] == "approved"
    assert "tell" not in document["steps"] and "rejected" in document["steps"]


def test_deleting_may_keep_what_only_that_step_leads_to(flow: Json) -> None:
    assert "tell" in after(flow, "delete", step="director", keep=True)["steps"]


def test_deleting_an_end_leaves_what_led_to_it_open(flow: Json) -> None:
    document = after(flow, "delete", step="rejected")
    assert "rejected" not in document["steps"]["manager"]["outcomes"]
    assert document["steps"]["tell"]["outcomes"] == {}
    assert drawable(document)["steps"]["tell"]["outcomes"] == {"sent": ""}


def test_moving_a_step_closes_the_gap_and_keeps_its_settings(flow: Json) -> None:
    told = done(flow, "move", step="director", at="request:submitted")
    assert told.text == "Director moved after Request form."
    assert told.touched == {"director", "manager", "request"}
    document = after(flow, "move", step="director", at="request:submitted")
    assert ways(document)["request"] == {"submitted": "director"}
    assert ways(document)["director"] == {"approved": "manager", "rejected": "tell"}
    assert ways(document)["manager"]["approved"] == "approved"
    assert document["steps"]["director"]["levels"] == flow["steps"]["director"]["levels"]


def test_moving_a_branch_takes_what_only_it_leads_to(flow: Json) -> None:
    flow = after(flow, "insert", at="tell:sent", type="notify", name="Tell more")
    document = after(flow, "move", step="tell", at="manager:approved", branch=True)
    assert ways(document)["manager"]["approved"] == "tell"
    assert ways(document)["tell-more"] == {"sent": "director"}
    assert ways(document)["director"]["rejected"] == "rejected"


@pytest.mark.parametrize(("step", "at", "code"), [
    ("request", "manager:approved", "first"),
    ("director", "director:rejected", "inside_itself"),
    ("director", "nobody:approved", "no_step"),
    ("director", "manager:", "no_outcome"),
])  # fmt: skip
def test_a_move_that_makes_no_sense_is_refused(flow: Json, step: str, at: str, code: str) -> None:
    assert refused(flow, "move", step=step, at=at) == code


def test_a_branch_is_not_moved_into_itself(flow: Json) -> None:
    assert refused(flow, "move", step="director", at="tell:sent", branch=True) == "inside"


def test_a_copy_stands_after_its_step_with_the_same_settings(flow: Json) -> None:
    document = after(flow, "duplicate", step="director")
    copy = document["steps"]["director-2"]
    assert copy["name"] == "Director 2"
    assert copy["outcomes"] == {"approved": "approved", "rejected": "tell"}
    assert ways(document)["director"] == {"approved": "director-2", "rejected": "tell"}


def test_a_branch_is_pasted_with_new_ids(flow: Json) -> None:
    part = fragment(flow, "director", branch=True)
    assert set(part["steps"]) >= {"director", "tell"}
    document = after(flow, "paste", fragment=part, at="request:submitted")
    assert ways(document)["request"] == {"submitted": "director-2"}
    assert ways(document)["director-2"]["rejected"] == "tell-2"
    assert len(document["steps"]) == len(flow["steps"]) + len(part["steps"])


def test_what_is_pasted_into_another_flow_keeps_unknown_references_as_problems(flow: Json) -> None:
    part = fragment(after(flow, "retarget", step="director", outcome="rejected", target="manager"), "director")
    document = after(blank("other", "Other"), "paste", fragment=part, at="request:submitted")
    assert ways(document)["director"] == {"approved": "approved", "rejected": "manager"}
    assert any(problem.step == "director" for problem in check_document(document))


def test_an_outcome_is_led_elsewhere_or_left_open(flow: Json) -> None:
    told = done(flow, "retarget", step="director", outcome="rejected", target="request")
    assert told.text == "Director: rejected leads to Request form."
    document = after(flow, "retarget", step="director", outcome="rejected")
    assert ways(document)["director"] == {"approved": "approved"}
    assert refused(flow, "retarget", step="director", outcome="rejected", target="nobody") == "no_step"


def test_the_order_of_outcomes_is_the_order_of_branches(flow: Json) -> None:
    flow = after(flow, "insert", at="request:submitted", type="decision")
    branches = [{"outcome": "big", "when": "a"}, {"outcome": "small", "when": "b"}]
    flow = after(flow, "configure", step="decision", settings={"branches": branches})
    for way in ("big", "small", "otherwise"):
        flow = after(flow, "retarget", step="decision", outcome=way, target="manager")
    document = after(flow, "reorder", step="decision", order=["small", "big"])
    assert list(ways(document)["decision"])[:2] == ["small", "big"]
    assert [branch["outcome"] for branch in document["steps"]["decision"]["branches"]] == ["small", "big"]


def test_a_way_out_goes_aside_among_those_of_its_step_and_no_further(flow: Json) -> None:
    flow = after(flow, "insert", at="request:submitted", type="decision")
    branches = [{"outcome": way, "when": way} for way in ("big", "small")]
    flow = after(flow, "configure", step="decision", settings={"branches": branches})
    for way in ("big", "small", "otherwise"):
        flow = after(flow, "retarget", step="decision", outcome=way, target="manager")
    flow = after(flow, "reorder", step="decision", order=["big", "small", "otherwise"])
    same, turned = ["big", "small"], ["small", "big"]
    for by, order in ((1, turned), (-1, same), (-9, same), (9, turned)):
        document = after(flow, "shift", step="decision", outcome="big", by=by)
        assert [way for way in ways(document)["decision"] if way in order] == order
        assert [branch["outcome"] for branch in document["steps"]["decision"]["branches"]] == order
    assert refused(flow, "shift", step="decision", outcome="none", by=1) == "outcome_gone"
    with pytest.raises(EditRefused):
        read_edit({"edit": "shift", "step": "decision", "outcome": "big", "by": 10**30})


def test_a_renamed_step_is_the_same_step(flow: Json) -> None:
    assert done(flow, "rename", step="director", name=" Board ").text == "Director is now called Board."
    assert after(flow, "rename", step="director", name=" Board ")["steps"]["director"]["name"] == "Board"
    assert refused(flow, "rename", step="director", name=" ") == "name"


def test_another_type_keeps_what_fits(flow: Json) -> None:
    who = [{"group": "board"}]
    flow = after(flow, "set", pointer="/steps/tell/who", value=who)
    form = after(flow, "replace", step="tell", type="form")["steps"]["tell"]
    assert form["who"] == who and form["type"] == "form" and form["name"] == "Tell"
    assert form["outcomes"] == {"submitted": "rejected"}
    assert "subject" not in form


def test_settings_are_set_and_unset_by_pointer(flow: Json) -> None:
    document = after(flow, "set", pointer="/steps/manager/timeout/after", value="P3D")
    assert document["steps"]["manager"]["timeout"] == {"after": "P3D"}
    assert "timeout" not in after(document, "unset", pointer="/steps/manager/timeout")["steps"]["manager"]
    level = {"id": "second", "who": [{"group": "board"}]}
    assert after(flow, "set", pointer="/steps/manager/levels/-", value=level)["steps"]["manager"]["levels"][1] == level
    assert refused(flow, "unset", pointer="/steps/manager/levels/7") == "nothing_there"
    assert refused(flow, "set", pointer="/key", value="x") == "fixed"
    assert refused(flow, "set", pointer="/a" * 31, value=1) == "no_pointer"


def test_settings_of_the_flow_are_configured_together(flow: Json) -> None:
    told = done(flow, "configure", settings={"name": "Spending", "title": None})
    assert told.touched == {"/name", "/title"}
    document = after(flow, "configure", settings={"name": "Spending", "title": None})
    assert document["name"] == "Spending" and "title" not in document
    assert refused(flow, "configure", settings={"steps": {}}) == "no_setting"


def test_a_draft_is_bounded(flow: Json) -> None:
    assert refused(flow, "set", pointer="/description", value="x" * MAX_DOCUMENT) == "draft_large"
    many = {f"s{number}": {"type": "end"} for number in range(MAX_STEPS + 1)}
    assert refused(flow, "set", pointer="/steps", value=many) == "too_many_steps"
    deep: Any = {}
    for _ in range(5000):
        deep = [deep]
    assert refused(flow, "set", pointer="/description", value=deep) == "too_deep"


def test_a_step_that_is_not_complete_is_drawn_without_a_sentence(flow: Json) -> None:
    document = after(flow, "unset", pointer="/steps/manager/levels")
    told = faces(document)
    assert told["manager"].sentence == "Not set up yet" and told["director"].rows


@pytest.mark.parametrize("given", [{}, [], None, {"edit": "nothing"}, {"edit": "rename", "step": 3, "name": "x"}])
def test_what_is_no_edit_is_refused(given: Any) -> None:
    with pytest.raises(EditRefused) as found:
        read_edit(given)
    assert found.value.code == "edit"


def test_a_part_of_five_thousand_steps_is_refused_for_its_size() -> None:
    steps = {f"s{number}": {"type": "notify", "outcomes": {}} for number in range(5000)}
    with pytest.raises(EditRefused) as refused:
        Paste({"format": "signoff/fragment@1", "first": "s0", "steps": steps}, "").apply(DraftFlow({"steps": {}}))
    assert refused.value.reason.code == "too_many_steps"
