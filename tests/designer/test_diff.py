"""The difference of two documents: nothing for the same, one entry for one setting, in words, without secrets."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.diff import Difference, difference
from designer.drawable import faces
from designer.drawing.canvas import draw
from designer.edits import EditRefused, apply_edit, read_edit, tidy
from designer.edits.draft_flow import steps_of
from designer.gallery import template, templates
from engine.json_text import canonical, normal
from engine.people import Directory
from tests.designer.edit_strategies import documents, edits, fitted

Json = dict[str, Any]
# Ids, by which entries are known: another id is another entry.
IDS = ("id", "outcome", "format", "key", "required")


def purchase() -> Json:
    return copy.deepcopy(dict(normal(template("purchase-approval"))))


def told(found: Difference) -> list[tuple[str, str, str, str, str]]:
    return [
        (change.kind, change.step, one.what, one.before, one.after)
        for change in found.changes
        for one in change.settings
    ]


def changed(change: Any) -> list[tuple[str, str, str, str, str]]:
    made = purchase()
    change(made)
    return told(difference(purchase(), made))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key not in IDS:
                yield from leaves(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from leaves(part, (*path, number))
    else:
        yield path


@pytest.mark.parametrize("key", list(templates()))
def test_one_setting_changed_is_one_entry_that_says_two_different_things(key: str) -> None:
    document = normal(template(key))
    del document["tests"]  # a test is known by its name
    for path in leaves(document):
        made = copy.deepcopy(document)
        at = made
        for name in path[:-1]:
            at = at[name]
        old = at[path[-1]]
        at[path[-1]] = not old if isinstance(old, bool) else f"{old}x" if isinstance(old, str) else old + 1
        found = told(difference(document, made))
        assert len(found) == 1, (path, found)
        assert found[0][3] != found[0][4]


def test_the_order_of_keys_is_no_difference() -> None:
    reordered = json.loads(json.dumps(purchase(), sort_keys=True))
    assert reordered == purchase() and list(reordered) != list(purchase())
    assert difference(purchase(), reordered).changes == ()


def test_a_level_is_told_by_its_row() -> None:
    found = changed(lambda made: made["steps"]["approval"]["levels"][1].update(when="amount >= 7000"))
    assert found == [
        (
            "changed",
            "approval",
            "Levels: “Director”",
            "When amount is at least 5,000: Directors, any one of them",
            "When amount is at least 7,000: Directors, any one of them",
        )
    ]


def test_a_group_in_a_level_is_told_by_its_name() -> None:
    people = Directory({}, {"sales": (), "board": ()}, {"sales": "Sales Team", "board": "Board of Directors"})
    before, after = purchase(), purchase()
    before["steps"]["approval"]["levels"][0]["who"] = [{"group": "sales"}]
    after["steps"]["approval"]["levels"][0]["who"] = [{"group": "board"}]
    ((_, _, _, was, now),) = told(difference(before, after, people))
    assert was == "When amount is above 500: Sales Team, any one of them"
    assert now == "When amount is above 500: Board of Directors, any one of them"


def test_levels_that_changed_places_are_one_entry() -> None:
    found = changed(lambda made: made["steps"]["approval"]["levels"].reverse())
    assert found == [
        ("changed", "approval", "Levels: the order", "Manager, Director, Board", "Board, Director, Manager")
    ]


def test_a_rule_is_told_as_a_sentence() -> None:
    found = changed(lambda made: made["steps"]["amount"]["branches"][0].update(when="amount <= 700"))
    assert found == [
        ("changed", "amount", "Branches: “Up to 500 EUR”", "When amount is at most 500", "When amount is at most 700")
    ]


def test_a_field_is_told_by_what_is_asked_of_it() -> None:
    def change(made: Json) -> None:
        made["data"]["properties"]["amount"]["maximum"] = 500
        made["data"]["required"] = ["item"]

    assert changed(change) == [
        (
            "changed",
            "",
            "Field “Amount”",
            "at most 10,000,000, must be answered",
            "at most 500, may be left empty",
        )
    ]


def test_a_step_taken_out_stays_in_the_drawing_where_it_was() -> None:
    made = apply_edit(purchase(), read_edit({"edit": "delete", "step": "tell"}))
    found = difference(purchase(), made)
    assert found.counts == {"added": 0, "removed": 1, "changed": 0, "redirected": 1}
    assert found.marks == {"approval": "changed", "tell": "removed"}
    assert found.merged.document["steps"]["approval"]["outcomes"]["approved"] == "tell"
    assert [card.step for card in draw(found.merged.document).cards] == ["request", "amount", "approval", "tell"]


def test_a_renamed_step_is_the_same_step() -> None:
    found = changed(lambda made: made["steps"]["tell"].update(name="Order it"))
    assert found == [("changed", "tell", "Name", "Tell purchasing", "Order it")]


def test_secrets_are_not_shown_only_that_they_changed() -> None:
    def document(value: str, url: str) -> Json:
        made = purchase()
        headers = {"Authorization": value, "Content-Type": "application/json", "X-Reference": "{secret:REFERENCE}"}
        call = {"url": url, "headers": headers, "body": {"password": value}}
        made["steps"]["order"] = {"type": "action", "name": "Order", "call": call, "outcomes": {}}
        return made

    one = document("Bearer aaaa-1111", "https://erp.example.com/orders?key=aaaa-1111")
    other = document("Bearer bbbb-2222", "https://joe:bbbb-2222@erp.example.com/orders?key={item}")
    for found in (difference(one, other), difference(purchase(), one), difference(other, purchase())):
        assert told(found) and "1111" not in str(found) and "2222" not in str(found)
    whats = [what for _, _, what, before, after in told(difference(one, other)) if before != after]
    assert sorted(whats) == ["Calls, address", "Calls, body", "Calls, header Authorization"]


@settings(max_examples=150, deadline=None)
@given(documents(), documents())
def test_any_two_drafts_are_compared_and_drawn(one: Json, other: Json) -> None:
    try:
        before, after = tidy(one), tidy(other)
    except EditRefused:
        return
    found = difference(before, after)
    assert {change.step for change in found.changes} - {""} <= set(found.merged.order)
    assert set(found.merged.order) == {*steps_of(before), *steps_of(after)}
    back = difference(after, before)
    assert (found.counts["added"], found.counts["removed"]) == (back.counts["removed"], back.counts["added"])
    draw(found.merged.document, faces(before) | faces(after))
    for change in (*found.changes, *back.changes):
        assert all(setting.before != setting.after for setting in change.settings)


@settings(max_examples=100, deadline=None)
@given(st.lists(edits(), min_size=1, max_size=6))
def test_there_is_a_difference_where_edits_changed_anything(given_edits: list[Json]) -> None:
    before = after = purchase()
    for one in given_edits:
        try:
            after = apply_edit(after, read_edit(fitted(one, after)))
        except EditRefused:
            continue
    assert bool(difference(before, after).changes) == (_told_apart(before) != _told_apart(after))


def _told_apart(document: Json) -> bytes:
    """No ways out are none, however that is written."""
    kept = copy.deepcopy(document)
    for step in steps_of(kept).values():
        if step.get("outcomes") == {}:
            del step["outcomes"]
    return canonical({name: part for name, part in kept.items() if part != {}})
