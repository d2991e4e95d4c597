"""Only what a form shows and does not lock can change: on reading a post, and of data that programs send."""

from typing import Any

import pytest

from engine.forms import TRUSTED, accepted, decoded, fields, initial, parse, shape
from engine.wording.sentences import sentence
from tests.browser import html, posted

ROWS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "price": {"type": "number", "readOnly": True},
            "parts": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"id": {"type": "string", "readOnly": True}, "n": {"type": "integer"}},
                },
            },
        },
    },
}
ORDER = {"type": "object", "properties": {"l": ROWS}}
STORED = {"l": [{"name": "laptop", "price": 1300}, {"name": "dock", "price": 100}]}
PARTS = {"l": [{"parts": [{"id": "a"}, {"id": "b"}]}, {"parts": [{"id": "c"}]}]}


def places(schema: dict[str, Any], ui: dict[str, Any], given: Any, stored: Any) -> list[tuple[str, str]]:
    return [(error.pointer, error.keyword) for error in accepted(schema, ui, given, stored)[1]]


@pytest.mark.parametrize("stored", [TRUSTED, {}])
@pytest.mark.parametrize(
    "pairs",
    [
        [("%", '{"checked": true}')],
        [("%", '{"checked": true}'), ("/x", "a")],
        [("/x", "a"), ("/checked", "true")],
        [("/g", '{"checked": true}'), ("/g/y", "b")],
        [("/g", '{"checked": true}'), ("present:/g", "1")],
        [("/g/checked", "true"), ("/g/y", "b")],
        [("/l/0", '{"checked": true}'), ("/l/0/y", "b"), ("rows:/l", "1")],
        [("/f", "x"), ("keep:/f", '{"file": "1", "name": "a", "size": 1, "checked": true}')],
    ],
)
def test_names_that_the_form_does_not_have_are_never_read(pairs: list[tuple[str, str]], stored: Any) -> None:
    group = {"type": "object", "properties": {"y": {"type": "string"}}}
    properties = {"x": {"type": "string"}, "g": group, "l": {"type": "array", "items": group}}
    schema = {"type": "object", "properties": {**properties, "f": {"type": "object", "format": "file"}}}
    assert "checked" not in str(decoded(schema, {}, pairs, stored)[0])


def test_more_values_are_read_where_the_schema_opens_itself() -> None:
    schema = {"type": "object", "properties": {"x": {"type": "string"}}, "additionalProperties": True}
    post = [("/x", "a"), ("%", '{"y": 1, "x": "not by this way"}')]
    assert decoded(schema, {}, post, {})[0] == {"x": "a", "y": 1}
    assert decoded(schema, {}, [("/x", "a")], {"x": "", "y": 1})[0] == {"x": "a", "y": 1}
    assert decoded(schema, {}, [("/x", "a"), ("%", "")], {"x": "", "y": 1})[0] == {"x": "a"}


@pytest.mark.parametrize("wish", [{"ui:readonly": True}, {"ui:disabled": True}, {"ui:widget": "hidden"}])
def test_a_new_form_locks_its_defaults_too(wish: dict[str, Any]) -> None:
    schema = {"type": "object", "properties": {"limit": {"type": "number", "default": 500}}}
    ui = {"limit": wish}
    assert parse(schema, ui, [("/limit", "999999")], initial(schema, ui)) == ({"limit": 500}, [])
    assert places(schema, ui, {"limit": 999999}, initial(schema, ui)) == [("/limit", "readOnly")]
    assert accepted(schema, ui, {}, initial(schema, ui)) == ({"limit": 500}, [])
    assert accepted(schema, ui, {"limit": 500}, initial(schema, ui)) == ({"limit": 500}, [])


def test_programs_cannot_send_what_no_page_shows() -> None:
    schema = {"type": "object", "properties": {"x": {"type": "string"}, "g": {"type": "object", "properties": {}}}}
    given = {"x": "a", "checked": True, "g": {"deep": 1}}
    assert places(schema, {}, given, {}) == [("/checked", "additionalProperties"), ("/g/deep", "additionalProperties")]
    assert accepted(schema, {}, given, {})[0] == {"x": "a", "g": {}}


def test_an_option_that_is_closed_cannot_be_chosen_by_anybody() -> None:
    one = {"enum": ["a", "b"]}
    schema = {"type": "object", "properties": {"x": one, "m": {"type": "array", "uniqueItems": True, "items": one}}}
    ui = {"x": {"ui:enumDisabled": ["b"]}, "m": {"ui:enumDisabled": ["b"]}}
    assert places(schema, ui, {"x": "b", "m": ["a", "b"]}, {}) == [("/x", "enum"), ("/m", "enum")]
    assert places(schema, ui, {"x": "b", "m": ["b"]}, {"x": "b", "m": ["b", "a"]}) == []


def test_a_row_keeps_its_own_price_whatever_is_posted() -> None:
    post = [("rows:/l", "2"), ("row:/l/0", "0"), ("/l/0/name", "laptop"), ("/l/0/price", "100"), ("row:/l/1", "1")]
    data, errors = parse(ORDER, {}, post, STORED)
    assert (data["l"][0], errors) == ({"name": "laptop", "price": 1300}, [])
    assert data["l"][1]["price"] == 100


def test_no_two_rows_are_the_same_stored_one() -> None:
    post = [("rows:/l", "2"), ("row:/l/0", "1"), ("/l/0/name", "a"), ("row:/l/1", "1"), ("/l/1/name", "b")]
    rows = decoded(ORDER, {}, post, STORED)[0]["l"]
    assert [row.get("price") for row in rows] == [100, None]
    copies = decoded(ORDER, {"l": {"ui:copyable": True}}, post, STORED)[0]["l"]
    assert [row.get("price") for row in copies] == [100, 100]


def test_a_row_that_is_sent_has_the_locked_cells_of_one_stored_row() -> None:
    swapped = {"l": [STORED["l"][1], STORED["l"][0]]}
    assert accepted(ORDER, {}, swapped, STORED) == (swapped, [])
    twice = {"l": [{"name": "laptop", "price": 100}, {"name": "dock", "price": 100}]}
    assert places(ORDER, {}, twice, STORED) == [("/l/1/price", "readOnly")]
    assert places(ORDER, {"l": {"ui:copyable": True}}, twice, STORED) == []
    made_up = {"l": [{"name": "laptop", "price": 1}]}
    assert places(ORDER, {}, made_up, STORED) == [("/l/0/price", "readOnly")]
    assert places(ORDER, {}, {"l": [*STORED["l"], {"name": "new"}]}, STORED) == []


def test_rows_inside_of_rows_are_told_apart() -> None:
    fewer = {"l": [PARTS["l"][1], {"parts": [{"id": "b", "n": 3}]}]}
    assert accepted(ORDER, {}, fewer, PARTS) == (fewer, [])
    assert places(ORDER, {}, {"l": [{"parts": [{"id": "z"}]}, {"parts": [{"id": "c"}]}]}, PARTS) != []


@pytest.mark.parametrize(
    ("ui", "names", "words"),
    [
        ({"ui:addable": False}, "abx", "No rows can be added here."),
        ({"ui:removable": False}, "a", "No rows can be removed here."),
        ({"ui:orderable": False}, "ba", "The order of these rows cannot be changed."),
        ({}, "bax", ""),
    ],
)
def test_what_the_list_does_not_offer_is_not_done(ui: dict[str, Any], names: str, words: str) -> None:
    row = {"type": "object", "properties": {"id": {"type": "string", "readOnly": True}, "n": {"type": "string"}}}
    schema = {"type": "object", "properties": {"l": {"type": "array", "items": row}}}
    stored = {"l": [{"id": "a"}, {"id": "b"}]}
    given = {"l": [{"n": "new"} if name == "x" else {"id": name} for name in names]}
    assert [sentence(error.reason) for error in accepted(schema, {"l": ui}, given, stored)[1]] == (
        [words] if words else []
    )


def test_a_list_whose_rows_stay_cannot_be_left_out() -> None:
    schema = {"type": "object", "properties": {"l": {"type": "array", "items": {"type": "string"}}}}
    ui, stored = {"l": {"ui:removable": False}}, {"l": ["a"]}
    assert accepted(schema, ui, {}, stored) == (stored, [])
    odd: Any
    for odd in (None, "x", {}):
        assert accepted(schema, ui, {"l": odd}, stored)[0] == stored
        assert places(schema, ui, {"l": odd}, stored) == [("/l", "rows")]


def test_a_list_in_a_list_in_a_row_may_lose_rows() -> None:
    deep = {"type": "object", "properties": {"l": {"type": "array", "items": ROWS["items"]}}}
    schema = {"type": "object", "properties": {"outer": {"type": "array", "items": deep}}}
    stored = {"outer": [{"l": PARTS["l"]}, {"l": [{"parts": [{"id": "x"}, {"id": "y"}]}]}]}
    fewer = {"outer": [{"l": [{"parts": [{"id": "b"}]}]}, {"l": [{"parts": [{"id": "y"}]}]}]}
    assert accepted(schema, {}, fewer, stored) == (fewer, [])


def test_a_locked_list_in_a_row_cannot_be_emptied_or_repeated() -> None:
    row = {"type": "object", "properties": {"ids": {"type": "array", "readOnly": True, "items": {"type": "string"}}}}
    schema, stored = {"type": "object", "properties": {"l": {"type": "array", "items": row}}}, {"l": [{"ids": ["a"]}]}
    for count in ("0", "2"):
        post = [("rows:/l", "1"), ("row:/l/0", "0"), ("rows:/l/0/ids", count), ("/l/0/ids/0", "a"), ("/l/0/ids/1", "a")]
        assert decoded(schema, {}, post, stored)[0] == stored
    assert places(schema, {}, {"l": [{"ids": ["a", "a"]}]}, stored) == [("/l/0/ids", "readOnly")]


def test_what_a_group_holds_beside_the_form_stays() -> None:
    """Another step wrote it, and this form's schema does not speak of it."""
    group = {"type": "object", "properties": {"name": {"type": "string"}}}
    schema = {"type": "object", "properties": {"g": group, "l": {"type": "array", "items": group}}}
    stored = {"g": {"name": "a", "checked": True}, "l": [{"name": "b", "n": 1}, {"name": "c", "n": 2}], "other": 1}
    post = [("/g/name", "x"), ("rows:/l", "1"), ("row:/l/0", "1"), ("/l/0/name", "y")]
    expected = {"g": {"name": "x", "checked": True}, "l": [{"name": "y", "n": 2}]}
    assert parse(schema, {}, post, stored) == (expected, [])
    assert accepted(schema, {}, expected, stored) == (expected, [])
    assert accepted(schema, {}, {"g": {"name": "x"}}, stored)[0] == {"g": {"name": "x", "checked": True}}
    assert places(schema, {}, {"g": {"name": "x", "checked": False}}, stored) == [
        ("/g/checked", "additionalProperties")
    ]


def test_a_group_that_is_left_out_leaves_what_is_locked_in_it() -> None:
    group = {"type": "object", "properties": {"n": {"type": "integer"}, "id": {"type": "string", "readOnly": True}}}
    schema, stored = {"type": "object", "properties": {"g": group}}, {"g": {"n": 1, "id": "a"}}
    assert accepted(schema, {}, {}, stored) == ({"g": {"id": "a"}}, [])
    odd: Any
    for odd in (None, "x", [], 7):
        assert accepted(schema, {}, {"g": odd}, stored)[0] == {"g": {"id": "a"}}
        assert ("/g", "readOnly") in places(schema, {}, {"g": odd}, stored)


def test_rows_stay_themselves_through_the_buttons_of_a_form() -> None:
    shown = initial(ORDER, {}, STORED)
    first = posted(html(fields(ORDER, {}, shown)))
    assert ("row:/l/1", "1") in first
    moved = shape(ORDER, {}, decoded(ORDER, {}, first, shown)[0], "move:/l/1/0")
    page = html(fields(ORDER, {}, shape(ORDER, {}, moved, "add:/l"), stored=shown))
    data, errors = parse(ORDER, {}, posted(page), shown)
    assert errors == []
    assert [row.get("price") for row in data["l"]] == [100, 1300, None]


@pytest.mark.parametrize("action", ["move:/l/1/0", "copy:/l/0", f"remove:/l/{'9' * 5000}", f"move:/l/0/{'9' * 5000}"])
def test_buttons_that_were_not_offered_do_nothing(action: str) -> None:
    assert shape(ORDER, {"l": {"ui:orderable": False}}, STORED, action) == STORED
