from decimal import Decimal
from typing import Any

import pytest

from engine.forms import TRUSTED, FormError, UploadRef, decoded, fields, files, parse
from engine.forms.schema import digest
from engine.reasons import Reason

Pairs = list[tuple[str, str | UploadRef]]


def read(schema: dict[str, Any], *pairs: tuple[str, str | UploadRef], ui: Any = None, stored: Any = TRUSTED) -> Any:
    """What becomes of one property named x."""
    whole = {"type": "object", "properties": {"x": schema}}
    data, errors = decoded(whole, {"x": ui or {}}, list(pairs), stored)
    return [error.keyword for error in errors] or data.get("x", "absent")


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"type": "string"}, "a", "a"),
        ({"type": "string"}, "7", "7"),
        ({"type": "string"}, "a\r\nb", "a\nb"),
        ({"type": "string"}, "  ", "absent"),
        ({"type": "string"}, "a\x00b", ["characters"]),
        ({"type": "number"}, "1,234.50", Decimal("1234.5")),
        ({"type": "number"}, "1,234", ["type"]),
        ({"type": "number"}, "NaN", ["type"]),
        ({"type": "integer"}, "3.0", 3),
        ({"type": "integer"}, "3.5", Decimal("3.5")),
        ({"type": "integer"}, "1234567890123456", ["type"]),
        ({"type": "boolean"}, "true", True),
        ({"type": "boolean"}, "false", False),
        ({"enum": ["a", {"k": 1}, None]}, digest({"k": 1}), {"k": 1}),
        ({"enum": ["a", {"k": 1}, None]}, digest(None), None),
        ({"enum": ["a", "b"]}, "b", ["enum"]),
        ({"enum": ["a", "b"]}, "1", ["enum"]),
        ({"enum": ["a", "b"]}, digest("c"), ["enum"]),
        ({"oneOf": [{"const": 5, "title": "Five"}]}, digest(Decimal("5.0")), 5),
        ({"const": "fixed"}, "anything", "fixed"),
        ({"type": ["string", "null"]}, "", "absent"),
        ({"type": "string", "format": "date-time"}, "2026-11-21T10:30", "2026-11-21T10:30:00Z"),
        ({"type": "string", "format": "date-time"}, "2026-11-21T10:30:05", "2026-11-21T10:30:05Z"),
        ({"type": "string", "format": "email"}, " a@example.com ", "a@example.com"),
        ({}, '{"a": 1.50}', {"a": Decimal("1.5")}),
        ({}, "{nonsense", ["json"]),
        ({}, "[" * 100_000, ["json"]),
        ({}, "1e999", ["json"]),
        ({}, "1" * 30, ["json"]),
        ({}, '"a\\u0000"', ["json"]),
    ],
)
def test_type_comes_from_the_schema(schema: dict[str, Any], text: str, value: Any) -> None:
    found = read(schema, ("/x", text))
    assert found == value
    assert type(found) is type(value)


def test_empty_answer_is_left_out_or_what_the_form_says() -> None:
    text = {"type": ["string", "null"]}
    assert read(text, ("/x", "")) == "absent"
    assert read(text, ("/x", ""), ui={"ui:emptyValue": None}) is None
    assert read(text, ("/x", ""), ("empty:/x", "null")) is None
    assert read({"type": "string"}, ("/x", ""), ("empty:/x", "null")) == "absent"
    assert read({"type": "string"}, ("/x", ""), ("empty:/x", '""')) == ""


def test_unticked_is_not_the_same_as_not_shown() -> None:
    box = {"type": "boolean"}
    assert read(box, ("present:/x", "1")) is False
    assert read(box) == "absent"
    assert read(box, stored={"x": True}) is True
    assert read(box, ("present:/x", "1"), stored={"x": True}) is False


def test_ticks_name_their_values() -> None:
    ticks = {"type": "array", "uniqueItems": True, "items": {"enum": ["a", 2]}}
    assert read(ticks, ("present:/x", "1"), ("/x", digest(2)), ("/x", digest("a")), ("/x", digest(2))) == [2, "a"]
    assert read(ticks, ("present:/x", "1")) == []
    assert read(ticks, ("/x", "7")) == ["enum"]


def test_rows_are_as_many_as_the_form_said() -> None:
    rows = {"type": "array", "items": {"type": "string"}}
    assert read(rows, ("rows:/x", "2"), ("/x/0", "a"), ("/x/1", ""), ("/x/7", "z")) == ["a", ""]
    assert read(rows, ("rows:/x", "0")) == []
    assert read(rows, ("/x/0", "a"), ("/x/1", "b")) == ["a", "b"]
    assert read(rows, ("rows:/x", "5000")) == ["rows"]
    assert read(rows, ("/x/999999", "a")) == ["rows"]


def test_rows_within_rows_have_a_limit_together() -> None:
    rows = {"type": "array", "items": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}}
    pairs = [("rows:/x", "1000"), *((f"rows:/x/{at}", "1000") for at in range(1000))]
    assert read(rows, *pairs)[:1] == ["rows"]


def test_optional_group_without_an_answer_is_left_out() -> None:
    group = {
        "required": ["street"],
        "properties": {"street": {"type": "string"}, "kind": {"const": "k"}, "b": {"type": "boolean"}},
    }
    blank = [("present:/x", "1"), ("/x/street", ""), ("/x/kind", "0"), ("present:/x/b", "1")]
    assert read(group, *blank) == "absent"
    assert read(group, *blank, ("empty:/x", "{}")) == {"kind": "k", "b": False}
    assert read(group, *blank, ("/x/street", "Main")) == {"street": "Main", "kind": "k", "b": False}


def test_unknown_names_are_dropped() -> None:
    assert decoded(
        {"properties": {"x": {"type": "string"}}},
        {},
        [("/y", "1"), ("_csrf", "t"), ("/x", "a"), ("/x/z", "b"), ("x", "c")],
        TRUSTED,
    )[0] == {"x": "a"}


def test_read_only_and_hidden_values_come_from_the_store() -> None:
    fixed = {"type": "string", "readOnly": True}
    assert read(fixed, ("/x", "forged"), stored={"x": "true"}) == "true"
    assert read(fixed, ("/x", "forged"), stored={}) == "absent"
    assert read({"type": "string"}, ("/x", "forged"), ui={"ui:widget": "hidden"}, stored={"x": "true"}) == "true"
    assert read({"type": "string"}, ("/x", "forged"), ui={"ui:disabled": True}, stored={"x": "true"}) == "true"
    group = {"readOnly": True, "properties": {"y": {"type": "string"}}}
    assert read(group, ("/x/y", "forged"), stored={"x": {"y": "true", "z": 1}}) == {"y": "true", "z": 1}


def test_read_only_value_in_a_row_moves_with_it_but_cannot_be_made_up() -> None:
    row = {"properties": {"id": {"type": "string", "readOnly": True}, "n": {"type": "integer"}}}
    rows, stored = {"type": "array", "items": row}, {"x": [{"id": "a", "n": 1}, {"id": "b", "n": 2}]}
    moved = [("rows:/x", "2"), ("row:/x/0", "1"), ("/x/0/n", "2"), ("/x/1/id", "forged"), ("/x/1/n", "9")]
    assert read(rows, *moved, stored=stored) == [{"id": "b", "n": 2}, {"n": 9}]


@pytest.mark.parametrize(
    ("name", "text"), [("/x", '{"y": "forged"}'), ("%", '{"x": {"y": "forged"}}'), ("/x/y", "forged")]
)
def test_json_is_no_way_around_read_only(name: str, text: str) -> None:
    schema = {"properties": {"x": {"properties": {"y": {"type": "string", "readOnly": True}}}}}
    assert decoded(schema, {}, [(name, text)], {"x": {"y": "true"}})[0] == {"x": {"y": "true"}}


def test_json_is_no_way_around_read_only_in_rows() -> None:
    schema = {
        "properties": {"x": {"type": "array", "items": {"properties": {"y": {"type": "string", "readOnly": True}}}}}
    }
    assert decoded(schema, {}, [("/x", '[{"y": "forged"}]')], {"x": [{"y": "true"}]})[0] == {"x": [{"y": "true"}]}


def test_option_that_is_closed_can_only_be_kept() -> None:
    schema, ui = {"properties": {"x": {"enum": ["a", "b"]}}}, {"x": {"ui:enumDisabled": ["b"]}}
    assert [error.keyword for error in parse(schema, ui, [("/x", digest("b"))], {})[1]] == ["enum"]
    assert parse(schema, ui, [("/x", digest("b"))], {"x": "b"}) == ({"x": "b"}, [])


def test_amounts_fit_their_currency() -> None:
    amount = {"type": "number"}
    assert read(amount, ("/x", "12.50"), ui={"ui:money": "EUR"}) == Decimal("12.5")
    assert read(amount, ("/x", "12.505"), ui={"ui:money": "EUR"}) == ["type"]
    assert read(amount, ("/x", "0.5"), ui={"ui:money": "JPY"}) == ["money"]
    schema = {"properties": {"sum": {"type": "number"}, "currency": {"enum": ["EUR", "JPY"]}}}
    post: Pairs = [("/sum", "0.5"), ("/currency", digest("JPY"))]
    errors = decoded(schema, {"sum": {"ui:money": "currency"}}, post, TRUSTED)[1]
    assert errors == [FormError("/sum", "money", Reason("money_whole", {"currency": "JPY"}))]


def test_what_was_typed_is_shown_again() -> None:
    schema = {"properties": {"n": {"type": "number"}, "j": {}}}
    data, errors = decoded(schema, {}, [("/n", "a lot"), ("/j", "{oops")], TRUSTED)
    assert [error.pointer for error in errors] == ["/n", "/j"]
    assert [child.value for child in fields(schema, {}, data, errors).children] == ["a lot", "{oops"]


def test_a_place_is_complained_of_once() -> None:
    _, errors = parse({"properties": {"n": {"type": "number"}}, "required": ["n", "m"]}, {}, [("/n", "a lot")], TRUSTED)
    assert sorted(error.pointer for error in errors) == ["/m", "/n"]


def test_upload_becomes_a_reference_and_a_kept_one_stays() -> None:
    file, upload = {"type": "object", "format": "file"}, UploadRef("f1", "a.pdf", 9, "application/pdf")
    kept = ("keep:/x", '{"file":"f0","name":"old.pdf","size":3}')
    assert read(file, ("present:/x", "1"), ("/x", upload)) == {"file": "f1", "name": "a.pdf", "size": 9}
    assert read(file, ("present:/x", "1"), kept) == {"file": "f0", "name": "old.pdf", "size": 3}
    assert read(file, kept, ("/x", upload))["file"] == "f1"
    assert read(file, kept, ("drop:/x", "f0")) == "absent"
    assert read(file, ("keep:/x", "[1]")) == "absent"
    many = {"type": "array", "items": file}
    assert [one["file"] for one in read(many, kept, ("/x", upload))] == ["f0", "f1"]


def test_file_in_a_schema_that_can_hold_only_text() -> None:
    text = {"type": "string", "format": "data-url"}
    value = read(text, ("/x", UploadRef("f 1", "ä?.pdf", 9)))
    assert value == "file:f%201?name=%C3%A4%3F.pdf&size=9"
    whole = {"properties": {"x": text}}
    assert list(files(whole, {}, {"x": value})) == [("/x", {"file": "f 1", "name": "ä?.pdf", "size": 9})]
    assert fields(whole, {}, {"x": value}).children[0].files[0].name == "ä?.pdf"


def test_upload_for_a_text_is_ignored() -> None:
    assert read({"type": "string"}, ("/x", UploadRef("f1", "a.pdf", 9))) == "absent"


def test_form_of_one_value() -> None:
    assert decoded({"type": "string"}, {}, [("%", "a")], TRUSTED) == ("a", [])
    assert decoded({"type": "number"}, {}, [], TRUSTED) == (None, [])


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("date", "2026-11-21"),
        ("time", "10:30"),
        ("time", "10:30:15"),
        ("date-time", "2026-11-21T10:30"),
        ("email", "a@example.com"),
        ("uri", "https://example.com/"),
    ],
)
def test_what_a_browser_sends_passes_its_own_format(form: str, text: str) -> None:
    assert parse({"properties": {"x": {"type": "string", "format": form}}}, {}, [("/x", text)], TRUSTED)[1] == []


def test_a_moment_with_fractions_is_a_date_and_time_and_stays_as_it_was_written() -> None:
    schema = {"type": "object", "properties": {"x": {"type": "string", "format": "date-time"}}}
    data = {"x": "2026-11-21T10:15:00.000Z"}
    (field,) = fields(schema, {}, data).children
    assert (field.value, field.limits["type"]) == ("2026-11-21T10:15:00.000", "datetime-local")
    assert parse(schema, {}, [("/x", "2026-11-21T10:15")], data) == (data, [])
    assert parse(schema, {}, [("/x", "2026-11-21T10:16")], data) == ({"x": "2026-11-21T10:16:00Z"}, [])
