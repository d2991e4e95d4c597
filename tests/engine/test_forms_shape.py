from typing import Any

import pytest

from engine.forms import initial, shape

ROW = {"properties": {"name": {"type": "string"}, "n": {"type": "integer", "default": 2}}}
SCHEMA = {"properties": {"a:b": {"properties": {"rows": {"type": "array", "maxItems": 3, "items": ROW}}}}}
COPYABLE = {"a:b": {"rows": {"ui:copyable": True}}}


def rows(*names: str) -> Any:
    return {"a:b": {"rows": [{"name": name} for name in names]}}


@pytest.mark.parametrize(
    ("action", "names"),
    [
        ("remove:/a:b/rows/0", "b"),
        ("move:/a:b/rows/1/0", "ba"),
        ("move:/a:b/rows/0/1", "ba"),
        ("copy:/a:b/rows/0", "aab"),
        ("remove:/a:b/rows/5", "ab"),
        ("move:/a:b/rows/1/9", "ab"),
        ("remove:/a:b/rows", "ab"),
        ("remove:/a:b/nothing/0", "ab"),
        ("explode:/a:b/rows/0", "ab"),
        ("add", "ab"),
        ("", "ab"),
    ],
)
def test_buttons_change_rows_and_nothing_else(action: str, names: str) -> None:
    assert shape(SCHEMA, COPYABLE, rows("a", "b"), action) == rows(*names)


def test_added_row_has_its_defaults_and_the_way_to_it_is_made() -> None:
    assert shape(SCHEMA, {}, {}, "add:/a:b/rows") == {"a:b": {"rows": [{"n": 2}]}}


def test_bounds_and_wishes_hold() -> None:
    full, one = (
        rows("a", "b", "c"),
        {"properties": {"x": {"type": "array", "minItems": 1, "items": {"type": "string"}}}},
    )
    assert shape(SCHEMA, {}, full, "add:/a:b/rows") == full
    assert shape(one, {}, {"x": ["a"]}, "remove:/x/0") == {"x": ["a"]}
    assert shape(one, {"x": {"ui:addable": False}}, {"x": ["a"]}, "add:/x") == {"x": ["a"]}
    assert shape(one, {"x": {"ui:readonly": True}}, {"x": ["a"]}, "add:/x") == {"x": ["a"]}
    assert shape(one, {}, {"x": ["a"]}, "add:/x") == {"x": ["a", ""]}


def test_rows_that_are_not_there_cannot_be_reached() -> None:
    nested = {
        "properties": {
            "x": {"type": "array", "items": {"properties": {"y": {"type": "array", "items": {"type": "string"}}}}}
        }
    }
    assert shape(nested, {}, {"x": [{}]}, "add:/x/0/y") == {"x": [{"y": [""]}]}
    assert shape(nested, {}, {"x": [{}]}, "add:/x/4/y") == {"x": [{}]}


@pytest.mark.parametrize(
    ("schema", "data"),
    [
        ({"properties": {"a": {"type": "string", "default": "x"}}}, {"a": "x"}),
        ({"properties": {"a": {"properties": {"b": {"default": 1}}}}}, {"a": {"b": 1}}),
        (
            {
                "default": {"a": {"b": 2}},
                "properties": {"a": {"properties": {"b": {"default": 1}, "c": {"default": 3}}}},
            },
            {"a": {"b": 2, "c": 3}},
        ),
        ({"properties": {"a": {"properties": {"b": {"type": "string"}}}}}, {}),
        ({"required": ["a"], "properties": {"a": {"properties": {"b": {"type": "string"}}}}}, {"a": {}}),
        ({"properties": {"a": {"type": "boolean"}}}, {"a": False}),
        ({"properties": {"a": {"type": "boolean", "const": True}}}, {"a": False}),
        ({"properties": {"a": {"const": 5}}}, {"a": 5}),
        ({"properties": {"a": {"oneOf": [{"const": 5}, {"const": 6}]}}}, {}),
        ({"properties": {"a": {"type": "array", "items": {"type": "string"}}}}, {"a": []}),
        (
            {"properties": {"a": {"type": "array", "minItems": 2, "default": ["x"], "items": {"default": "y"}}}},
            {"a": ["x", "y"]},
        ),
        ({"required": ["a"], "properties": {"a": {"type": ["string", "null"]}}}, {"a": None}),
        ({"type": "string", "default": "x"}, "x"),
    ],
)
def test_first_page_shows_the_defaults(schema: dict[str, Any], data: Any) -> None:
    assert initial(schema) == data


def test_data_goes_before_defaults() -> None:
    assert initial({"properties": {"a": {"default": 1}, "b": {"default": 2}}}, {}, {"a": 7, "more": 8}) == {
        "a": 7,
        "b": 2,
        "more": 8,
    }


def test_rows_wanted_in_rows_in_rows_do_not_explode() -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(6):
        schema = {"type": "array", "minItems": 1000, "items": schema}
    assert len(initial(schema)) == 100
