from decimal import Decimal
from typing import Any

import pytest

from engine.forms import describe


@pytest.mark.parametrize(
    ("schema", "ui", "value", "shown"),
    [
        ({"type": "string"}, {}, "Laptop", ("Laptop", "text")),
        ({"type": "string"}, {}, "two\nlines", ("two\nlines", "long")),
        ({"type": "number"}, {"ui:money": "EUR"}, 7200, ("7,200.00 EUR", "money")),
        ({"type": "integer"}, {}, 2026, ("2026", "number")),
        ({"type": "number"}, {}, Decimal("0.25"), ("0.25", "number")),
        ({"type": "boolean"}, {}, False, ("No", "text")),
        (
            {"type": "boolean", "oneOf": [{"const": True, "title": "Agreed"}]},
            {"ui:widget": "radio"},
            True,
            ("Agreed", "text"),
        ),
        ({"oneOf": [{"const": "it", "title": "Hardware"}]}, {}, "it", ("Hardware", "text")),
        ({"enum": ["a"]}, {"ui:enumNames": ["First"]}, "a", ("First", "text")),
        ({"enum": ["a"]}, {}, "no longer offered", ("no longer offered", "text")),
        ({"type": "string", "format": "date"}, {}, "2026-11-21", ("21 Nov 2026", "date")),
        ({"type": "string", "format": "date"}, {}, "2026-02-31", ("2026-02-31", "date")),
        ({"type": "string", "format": "date-time"}, {}, "2026-11-21T10:30:00Z", ("21 Nov 2026, 10:30 UTC", "datetime")),
        ({"type": "string", "format": "time"}, {}, "10:30", ("10:30", "time")),
        ({"type": "string", "format": "email"}, {}, "a@example.com", ("a@example.com", "email")),
        ({"type": "array", "items": {"type": "string"}}, {}, ["a", "b"], ("a, b", "text")),
        ({"type": "array", "uniqueItems": True, "items": {"enum": [1, 2]}}, {}, [2, 1], ("2, 1", "text")),
        ({"type": "object", "format": "file"}, {}, {"file": "f1", "name": "a.pdf", "size": 1}, ("a.pdf", "file:f1")),
    ],
)
def test_values_read_as_people_write_them(schema: Any, ui: Any, value: Any, shown: tuple[str, str]) -> None:
    assert describe({"properties": {"x": {"title": "Label", **schema}}}, {"x": ui}, {"x": value}) == [("Label", *shown)]


def test_order_groups_and_rows() -> None:
    row = {"title": "Item", "properties": {"name": {"title": "Name"}, "price": {"type": "number"}}}
    schema = {
        "properties": {
            "last": {"type": "string"},
            "address": {"title": "Address", "properties": {"city": {"type": "string", "title": "City"}}},
            "items": {"type": "array", "items": row},
            "empty": {"type": "string"},
            "secret": {"type": "string"},
        }
    }
    ui = {
        "ui:order": ["address", "items", "*"],
        "items": {"items": {"price": {"ui:money": "EUR"}}},
        "secret": {"ui:widget": "hidden"},
    }
    data = {
        "last": "z",
        "address": {"city": "Berlin"},
        "items": [{"name": "Dock", "price": 5}, {}],
        "secret": "s",
        "unknown": 1,
    }
    assert describe(schema, ui, data) == [
        ("Address: City", "Berlin", "text"),
        ("Item 1", "Name: Dock, price: 5.00 EUR", "text"),
        ("last", "z", "text"),
    ]


def test_sensitive_values_can_be_masked() -> None:
    schema, ui = {"properties": {"iban": {"type": "string"}}}, {"iban": {"ui:sensitive": True}}
    assert describe(schema, ui, {"iban": "DE1"}, masked=True) == [("iban", "•••", "text")]
    assert describe(schema, ui, {"iban": "DE1"}) == [("iban", "DE1", "text")]


def test_files_in_rows_keep_their_links() -> None:
    schema = {
        "properties": {
            "x": {
                "type": "array",
                "items": {"title": "Part", "properties": {"doc": {"type": "object", "format": "file", "title": "Doc"}}},
            }
        }
    }
    data = {"x": [{"doc": {"file": "f1", "name": "a.pdf", "size": 1}}]}
    assert describe(schema, {}, data) == [("Part 1: Doc", "a.pdf", "file:f1")]


def test_data_of_another_shape_is_shown_all_the_same() -> None:
    schema = {
        "properties": {
            "a": {"properties": {"b": {}}},
            "c": {"type": "array", "items": {"type": "string"}},
            "d": {"type": "number"},
        }
    }
    assert [row.value for row in describe(schema, {}, {"a": 1, "c": "x", "d": "many"})] == ["1", "x", "many"]
    assert describe(schema, {}, None) == []


def test_what_was_left_empty_is_not_told() -> None:
    ticks = {"type": "array", "uniqueItems": True, "items": {"enum": ["a", "b"]}}
    pair = {"type": "array", "prefixItems": [{"type": "string"}, {"type": "string"}]}
    schema = {"properties": {"ticks": ticks, "pair": pair}}
    assert describe(schema, {}, {"ticks": [], "pair": ["", ""]}) == []
    assert describe(schema, {}, {"ticks": ["a"], "pair": ["", "z"]}) == [("ticks", "a", "text"), ("pair", "z", "text")]


def test_only_an_id_becomes_a_link() -> None:
    schema = {"properties": {"doc": {"type": "object", "format": "file"}}}
    data = {"doc": {"file": "../../../logout?x=", "name": "contract.pdf"}}
    assert describe(schema, {}, data) == [("doc", "contract.pdf", "text")]


def test_an_object_that_no_schema_describes_is_told_member_by_member_and_bounded() -> None:
    schema = {"type": "object", "properties": {"context": {"title": "Details"}}}
    given = {"a": 1, "b": {"c": {"d": [1, 2]}, "e": "x" * 900}, "f": None}
    assert [(one.label, one.value) for one in describe(schema, None, {"context": given})] == [
        ("Details: a", "1"),
        ("Details: b: c", "d: [1,2]"),
        ("Details: b: e", "x" * 499 + "…"),
    ]
    many = describe(schema, None, {"context": {str(number): number for number in range(1000)}})
    assert (len(many), many[-1].value) == (31, "There is more than can be shown here.")
    assert describe(schema, None, {"context": {}}) == []
