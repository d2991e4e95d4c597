"""Everything about a post has a bound, and a form that is too large says so instead of breaking."""

import tracemalloc
from typing import Any

from engine.forms import Field, fields, initial, parse
from tests.browser import html, posted

TEXT = {"type": "string"}


def measured(schema: dict[str, Any], post: list[tuple[str, str]]) -> tuple[Any, list[str], int]:
    """What was read, the kinds of errors, and the most memory it took."""
    tracemalloc.start()
    data, errors = parse(schema, {}, post, initial(schema))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return data, [error.keyword for error in errors], peak


def widgets(field: Field) -> set[str]:
    return {field.widget}.union(*map(widgets, field.children))


def test_a_long_or_deep_name_is_nobodys() -> None:
    schema = {"type": "object", "properties": {"x": TEXT, "a" * 500: TEXT}}
    for name in ("/a" * 20_000, "/a" * 31, "present:" + "/a" * 300, "/" + "a" * 500):
        data, errors, peak = measured(schema, [("/x", "1"), (name, "2")])
        assert (data, errors) == ({"x": "1"}, [])
        assert peak < 2_000_000


def test_of_too_many_controls_nothing_is_read() -> None:
    schema = {"type": "object", "properties": {"x": TEXT}}
    data, errors, peak = measured(schema, [("/x", "1")] * 200_000)
    assert (data, errors) == ({}, ["size"])
    assert peak < 20_000_000


def test_ticks_are_looked_up_and_complained_of_once() -> None:
    choices = {"enum": [f"choice {number}" for number in range(1000)]}
    schema = {"type": "object", "properties": {"x": {"type": "array", "uniqueItems": True, "items": choices}}}
    data, errors, peak = measured(schema, [("/x", f"no {number}") for number in range(19_000)])
    assert (data, errors) == ({"x": []}, ["enum"])
    assert peak < 20_000_000


def test_no_more_than_a_hundred_errors_are_told() -> None:
    rows = {"type": "array", "items": {"type": "number"}}
    schema = {"type": "object", "properties": {"x": rows, "y": rows}}
    post = [(f"/{name}/{number}", "many") for name in "xy" for number in range(900)]
    assert measured(schema, post)[1] == ["type"] * 100


def test_groups_in_groups_in_rows_stay_fields() -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {"t": TEXT}}
    row: dict[str, Any] = {"t": "x"}
    for _ in range(8):
        schema, row = {"type": "object", "properties": {"n": schema, "t": TEXT}}, {"n": row, "t": "x"}
    whole = {"type": "object", "properties": {"rows": {"type": "array", "items": schema}}}
    shown = fields(whole, {}, {"rows": [row] * 300})
    assert widgets(shown) == {"object", "array", "text"}


def test_a_list_that_is_too_long_for_fields_is_json_as_a_whole_and_says_so() -> None:
    row = {"type": "object", "properties": {f"f{number}": TEXT for number in range(30)}}
    schema = {"type": "object", "properties": {"rows": {"type": "array", "items": row}}}
    data = {"rows": [{"f1": "x"}] * 400}
    shown = fields(schema, {}, data)
    assert widgets(shown) == {"object", "json"}
    assert "As JSON, for it cannot be shown in fields of its own." in shown.children[0].help
    assert parse(schema, {}, posted(html(shown)), data) == (data, [])
    assert not fields(schema, {}, {"rows": [{}] * 322}).children[0].buttons


def test_a_choice_among_a_thousand_in_many_rows_does_not_make_a_page_of_a_million_options() -> None:
    schema = {
        "type": "object",
        "properties": {"rows": {"type": "array", "items": {"enum": [f"x{number}" for number in range(1000)]}}},
    }
    assert widgets(fields(schema, {}, {"rows": ["x1"] * 1000})) == {"object", "json"}
    assert widgets(fields(schema, {}, {"rows": ["x1"] * 100})) == {"object", "array", "select"}


def test_json_has_a_depth() -> None:
    tree = {"type": "array", "items": {"$ref": "#/$defs/tree"}}
    schema = {"type": "object", "properties": {"x": {}, "y": {"$ref": "#/$defs/tree"}}, "$defs": {"tree": tree}}
    for depth in (62, 300, 5000):
        assert measured(schema, [("/x", "[" * depth + "]" * depth), ("/y", "[" * depth)])[1] == ["json"]
