from decimal import Decimal
from typing import Any

import pytest

from engine.forms import Field, FormError, fields, initial
from engine.forms.schema import digest
from engine.reasons import said


def one(schema: dict[str, Any], ui: dict[str, Any] | None = None, data: Any = None, **around: Any) -> Field:
    """The field of a form that asks for one thing."""
    whole = {"type": "object", "properties": {"x": schema}, **around}
    return fields(whole, {"x": ui or {}}, {} if data is None else {"x": data}).children[0]


@pytest.mark.parametrize(
    ("schema", "ui", "widget"),
    [
        ({"type": "string"}, {}, "text"),
        ({"type": "string"}, {"ui:widget": "textarea"}, "textarea"),
        ({"type": "string"}, {"ui:options": {"widget": "TextareaWidget"}}, "textarea"),
        ({"type": "string"}, {"ui:widget": "no such thing"}, "text"),
        ({"type": "string", "format": "email"}, {}, "email"),
        ({"type": "string", "format": "uri"}, {}, "url"),
        ({"type": "string", "format": "date"}, {}, "date"),
        ({"type": "string", "format": "time"}, {}, "time"),
        ({"type": "string", "format": "date-time"}, {}, "datetime"),
        ({"type": "string", "format": "uuid"}, {}, "text"),
        ({"type": "string", "format": "data-url"}, {}, "file"),
        ({"type": "object", "format": "file"}, {}, "file"),
        ({"type": "array", "items": {"type": "object", "format": "file"}}, {}, "file"),
        ({"type": "string", "enum": ["a"]}, {}, "select"),
        ({"oneOf": [{"const": 1, "title": "One"}]}, {"ui:widget": "radio"}, "radio"),
        ({"type": "number"}, {}, "number"),
        ({"type": "integer"}, {"ui:widget": "range"}, "number"),
        ({"type": "number"}, {"ui:money": "EUR"}, "money"),
        ({"type": "boolean"}, {}, "checkbox"),
        ({"type": "boolean"}, {"ui:widget": "radio"}, "radio"),
        ({"type": "boolean", "const": True}, {}, "checkbox"),
        ({"const": "fixed"}, {}, "readonly"),
        ({"type": "null"}, {}, "readonly"),
        ({"type": "string", "readOnly": True}, {}, "readonly"),
        ({"type": "array", "items": {"enum": ["a"]}, "uniqueItems": True}, {}, "checkboxes"),
        ({"type": "array", "items": {"enum": ["a"]}, "uniqueItems": True}, {"ui:widget": "select"}, "select"),
        ({"type": "array", "items": {"enum": ["a"]}}, {}, "array"),
        ({"type": "array"}, {}, "json"),
        ({"type": "object"}, {}, "json"),
        ({"type": ["string", "null"]}, {}, "text"),
        ({"type": ["string", "number"]}, {}, "json"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {}, "text"),
        ({"anyOf": [{"type": "string"}, {"type": "object"}]}, {}, "text"),
        ({}, {}, "json"),
        (True, {}, "json"),
        ({"$ref": "#/nowhere"}, {}, "json"),
        ({"$ref": "https://example.com/schema"}, {}, "json"),
        ({"type": "array", "items": {"type": "string"}}, {"ui:widget": "hidden"}, "hidden"),
    ],
)
def test_control_follows_type_and_wish(schema: Any, ui: dict[str, Any], widget: str) -> None:
    assert one(schema, ui).widget == widget


def test_references_are_resolved_and_words_beside_them_win() -> None:
    schema = {
        "$defs": {"name": {"type": "string", "title": "Name", "maxLength": 5}},
        "properties": {
            "x": {"$ref": "#/$defs/name", "title": "First name"},
            "y": {"allOf": [{"$ref": "#/$defs/name"}]},
        },
    }
    first, second = fields(schema, {}, {}).children
    assert (first.label, first.limits["maxlength"]) == ("First name", 5)
    assert second.label == "Name"


def test_recursion_ends_where_the_data_ends() -> None:
    node = {
        "type": "object",
        "properties": {"child": {"$ref": "#/$defs/node"}, "all": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
    }
    schema = {"$defs": {"node": node}, "$ref": "#/$defs/node"}
    data = initial(schema)
    assert data == {"all": []}
    child, rows = fields(schema, {}, {"all": [{}]}).children
    assert child.widget == "json"
    assert [field.widget for field in rows.children[0].children] == ["json", "array"]


@pytest.mark.parametrize("schema", [{"$ref": "#"}, {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}])
def test_a_schema_that_is_itself_is_survived(schema: dict[str, Any]) -> None:
    assert fields(schema, {}, initial(schema)).widget == "json"


def test_a_small_schema_that_unfolds_without_end_is_cut() -> None:
    levels = {
        f"l{n}": {"type": "object", "properties": {key: {"$ref": f"#/$defs/l{n + 1}"} for key in "abcd"}}
        for n in range(30)
    }
    assert fields({"$defs": levels, "$ref": "#/$defs/l0"}, {}, {}).widget == "object"


def test_limits_that_html_has_and_those_in_words() -> None:
    field = one({"type": "number", "exclusiveMinimum": 0, "maximum": 9, "multipleOf": Decimal("0.5")})
    assert field.limits == {"min": "0", "max": "9", "step": "0.5", "type": "number"}
    assert field.help == "More than 0."
    whole = one({"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 10})
    assert (whole.limits["min"], whole.limits["max"], whole.help) == ("1", "9", "")
    assert one({"type": "number", "minimum": Decimal("0.3"), "multipleOf": Decimal("0.5")}).limits["step"] == "any"
    assert one({"type": "string", "pattern": "^a"}).limits["pattern"] == ".*(?:^a).*"


@pytest.mark.parametrize(("pattern", "told"), [
    ("^[a-z0-9_ -]{0,39}$", r"^[a-z0-9_ \-]{0,39}$"),
    ("[-a(b]", r"[\-a\(b]"),
    (r"[^\-/]\[a-]", r"[^\-\/]\[a-]"),
])  # fmt: skip
def test_a_pattern_reads_the_same_to_a_browser(pattern: str, told: str) -> None:
    """It takes these characters for syntax inside of brackets, and would not check anything."""
    assert one({"type": "string", "pattern": pattern}).limits["pattern"] == f".*(?:{told}).*"


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "number"}, "12,x"),
        ({"type": "string", "format": "date"}, "2026-02-31"),
        ({"type": "string", "format": "date-time"}, "2026-11-21T10:30:00+02:00"),
    ],
)
def test_text_that_its_own_control_would_lose_gets_a_plain_one(schema: dict[str, Any], value: str) -> None:
    field = one(schema, data=value)
    assert (field.limits["type"], field.value) == ("text", value)


def test_several_lines_get_a_text_area() -> None:
    assert one({"type": "string"}, data="a\nb").widget == "textarea"


def test_order_loses_no_field() -> None:
    schema: dict[str, Any] = {"properties": {key: {} for key in "abcd"}}
    assert [child.label for child in fields(schema, {"ui:order": ["c", "*", "a"]}, {}).children] == ["c", "b", "d", "a"]
    assert [child.label for child in fields(schema, {"ui:order": ["c", "zz"]}, {}).children] == ["c", "a", "b", "d"]


def test_browser_insists_only_where_nothing_optional_lies_around() -> None:
    inner = {"type": "object", "required": ["street"], "properties": {"street": {"type": "string"}}}
    optional = one(inner).children[0]
    assert (optional.required, optional.must) == (True, False)
    assert one(inner, data={"street": "Main"}).children[0].must
    assert one(inner, required=["x"]).children[0].must


def test_boolean_that_must_be_answered_is_marked_only_when_it_must_be_true() -> None:
    assert not one({"type": "boolean"}, required=["x"]).required
    assert one({"type": "boolean", "const": True}).required


def test_select_has_an_empty_option_until_an_answer_is_needed_and_there() -> None:
    choice = {"enum": ["a", "b"]}
    names = [digest("a"), digest("b")]
    assert [option.value for option in one(choice).options] == ["", *names]
    assert [option.value for option in one(choice, required=["x"]).options] == ["", *names]
    assert [option.value for option in one(choice, data="b", required=["x"]).options] == names


def test_choices_are_told_apart_as_json_does() -> None:
    field = one({"enum": [1, True, None, {"a": 1}]}, data=True)
    assert [option.label for option in field.options if option.selected] == ["Yes"]


def test_options_come_from_the_nest_and_from_the_whole_form() -> None:
    ui = {"ui:globalOptions": {"label": False}, "x": {"ui:options": {"title": "In the nest", "label": True}}}
    schema = {"properties": {"x": {"type": "string"}, "y": {"type": "string"}}}
    first, second = fields(schema, ui, {}).children
    assert (first.label, first.show_label, second.show_label) == ("In the nest", True, False)


def test_errors_stand_at_their_field_or_the_nearest_one_around_it() -> None:
    schema = {
        "properties": {
            "a": {"properties": {"b": {"type": "string"}}},
            "t": {"type": "array", "uniqueItems": True, "items": {"enum": [1]}},
        }
    }
    told = [
        FormError("/a/b", "type", said("said", "one")),
        FormError("/a/zz/y", "x", said("said", "two")),
        FormError("/t/0", "enum", said("said", "three")),
        FormError("", "x", said("said", "four")),
    ]
    root = fields(schema, {}, {}, told)
    assert root.errors == ("four",)
    assert root.children[0].errors == ("two",)
    assert root.children[0].children[0].errors == ("one",)
    assert root.children[1].errors == ("three",)
    assert [names for _, names, _ in root.problems()] == ["", "a", "a: b", "t"]


def test_errors_may_be_dictionaries_as_a_refusal_carries_them() -> None:
    root = fields({"properties": {"a": {"type": "string"}}}, {}, {}, [{"pointer": "/a", "message": "no"}])
    assert root.children[0].errors == ("no",)


def test_hidden_errors_stay_in_the_summary() -> None:
    ui = {"ui:hideError": True, "b": {"ui:hideError": False}}
    root = fields(
        {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}},
        ui,
        {},
        [FormError("/a", "x", said("said", "no"))],
    )
    assert root.children[0].visible_errors == ()
    assert root.children[0].described_by is None
    assert len(list(root.problems())) == 1
    assert not root.children[1].hide_errors


def test_ids_are_unique_for_names_that_look_alike() -> None:
    schema: dict[str, Any] = {
        "properties": {key: {"type": "string"} for key in ("a/b", "a.b", "a-b", "a~b", "a b", "a_b")}
        | {"a": {"properties": {"b": {}}}}
    }
    root = fields(schema, {}, {}, prefix="left-")
    ids = [child.id for child in root.children] + [root.children[-1].children[0].id]
    assert len(set(ids)) == len(ids)
    assert all(identity.startswith("left-field-") and " " not in identity for identity in ids)


def test_rows_have_the_buttons_that_would_do_something() -> None:
    schema = {"type": "array", "title": "Tasks", "minItems": 1, "maxItems": 2, "items": {"type": "string"}}
    single, full = one(schema, data=["a"]), one(schema, {"ui:copyable": True}, data=["a", "b"])
    assert [button.kind for button in single.buttons] == ["add"]
    assert single.children[0].tools == ()
    assert full.buttons == ()
    assert [(button.kind, button.disabled) for button in full.children[0].tools] == [
        ("up", True),
        ("down", False),
        ("remove", False),
    ]
    assert full.children[1].tools[-1].name == "Remove Tasks 2"
    assert full.children[1].tools[0].action == "move:/x/1/0"


def test_more_rows_than_a_page_can_hold_are_json() -> None:
    schema = {"type": "array", "items": {"type": "string"}}
    assert one(schema, data=["a"] * 1001).widget == "json"


def test_open_objects_ask_for_the_rest_as_json() -> None:
    field = one({"properties": {"a": {"type": "string"}}, "additionalProperties": True}, data={"a": "1", "b": [2]})
    assert [child.widget for child in field.children] == ["text", "json"]
    assert field.children[1].value == '{\n  "b": [\n    2\n  ]\n}'


def test_money_in_a_currency_that_another_field_holds() -> None:
    schema = {"properties": {"sum": {"type": "number"}, "currency": {"enum": ["EUR", "JPY"]}}}
    field = fields(schema, {"sum": {"ui:money": "currency"}}, {"sum": 5, "currency": "JPY"}).children[0]
    assert (field.widget, field.unit) == ("money", "JPY")


def test_a_fixed_position_shows_its_own_title() -> None:
    pair = {"type": "array", "prefixItems": [{"type": "string", "title": "From"}, {"type": "string"}]}
    first, second = one({**pair, "items": {"type": "string"}}, data=["a", "b"]).children
    assert [(field.label, field.show_label) for field in (first, second)] == [("From", True), ("x 2", False)]
