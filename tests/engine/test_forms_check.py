"""What no control can ask, or what means nothing in a uiSchema, is told before it is published."""

from typing import Any

import pytest

from engine.check import check_document
from engine.forms import fields, initial, parse, problems
from engine.reasons import Reason
from engine.wording.sentences import sentence
from tests.browser import html, posted
from tests.engine.cast import flow

TEXT = {"type": "string"}


def told(schema: dict[str, Any], ui: Any = None) -> list[str]:
    """The places of what is wrong with a form of one field, x."""
    return [
        pointer for pointer, _ in problems({"type": "object", "properties": {"x": schema}}, {} if ui is None else ui)
    ]


@pytest.mark.parametrize(
    ("ui", "place"),
    [
        ({"ui:order": 5}, "/ui:order"),
        ({"ui:order": None}, "/ui:order"),
        ({"ui:order": [{}]}, "/ui:order/0"),
        ({"ui:order": []}, "/x"),
        ({"ui:order": ["x", "zz"]}, "/zz"),
        ({"zz": {}}, "/zz"),
        ({"x": 5}, "/x"),
        ({"x": {"ui:enumDisabled": 5}}, "/x/ui:enumDisabled"),
        ({"x": {"ui:enumNames": {"a": 1}}}, "/x/ui:enumNames"),
        ({"x": {"ui:options": {"enumDisabled": 5}}}, "/x/ui:options/enumDisabled"),
        ({"x": {"ui:options": {"starry": 5}}}, "/x/ui:options/starry"),
        ({"x": {"ui:widget": "starmap"}}, "/x/ui:widget"),
        ({"x": {"ui:widget": 5}}, "/x/ui:widget"),
        ({"x": {"ui:widget": "password"}}, "/x/ui:widget"),
        ({"x": {"ui:inputType": "password"}}, "/x/ui:inputType"),
        ({"x": {"ui:field": "geo"}}, "/x/ui:field"),
        ({"x": {"ui:style": {}}}, "/x/ui:style"),
        ({"x": {"ui:classNames": "visually-hidden"}}, "/x/ui:classNames"),
        ({"x": {"ui:classNames": "form-wide visually-hidden"}}, "/x/ui:classNames"),
        ({"x": {"ui:readonly": "yes"}}, "/x/ui:readonly"),
        ({"ui:globalOptions": {"starry": 5}}, "/ui:globalOptions/starry"),
        ([], ""),
    ],
)
def test_words_that_mean_nothing_are_told(ui: Any, place: str) -> None:
    assert place in told(TEXT, ui)
    if isinstance(ui, dict):
        schema = {"type": "object", "properties": {"x": {"enum": ["a", "b"], "enumNames": {"a": 1}}}}
        assert fields(schema, ui, initial(schema, ui)).children


@pytest.mark.parametrize(
    "ui",
    [
        {},
        {"ui:order": ["*"]},
        {"x": {"ui:widget": "textarea", "ui:rows": 3, "ui:classNames": "form-wide form-2"}},
        {"x": {"ui:options": {"widget": "TextWidget", "label": False}}},
        {"ui:globalOptions": {"currency": "EUR"}, "ui:submitButtonOptions": {"norender": True}},
    ],
)
def test_words_of_the_vocabulary_are_taken(ui: Any) -> None:
    assert told(TEXT, ui) == []


def test_the_place_of_a_field_in_rows_is_where_its_words_stand() -> None:
    rows = {"type": "array", "items": {"type": "object", "properties": {"c": TEXT}}}
    assert told(rows, {"x": {"items": {"c": {"ui:widget": "starmap"}, "d": {}}}}) == [
        "/x/items/d",
        "/x/items/c/ui:widget",
    ]


@pytest.mark.parametrize(
    "schema",
    [
        {**TEXT, "if": {"const": "a"}, "then": {"minLength": 2}},
        {"type": "object", "properties": {"a": TEXT}, "dependencies": {"a": ["b"]}},
        {"type": "array", "items": TEXT, "additionalItems": TEXT},
        {"oneOf": [TEXT, {"type": "number"}], "anyOf": [TEXT, {"type": "number"}]},
        {"allOf": [{"oneOf": [TEXT, {"type": "number"}]}, {"oneOf": [TEXT, {"type": "boolean"}]}]},
        {"type": "string", "not": {"const": "a"}},
        {"type": "object", "properties": {"a": TEXT}, "if": {"required": ["a"]}, "then": {"not": {"required": ["b"]}}},
        {"type": "array", "items": TEXT, "minItems": 5000},
    ],
)
def test_what_no_control_can_ask_is_told(schema: dict[str, Any]) -> None:
    assert set(told(schema)) == {"/x"}


@pytest.mark.parametrize(
    "schema",
    [
        {"anyOf": [TEXT, {"type": "null"}]},
        {"oneOf": [{"const": 1, "title": "One"}, {"const": 2}]},
        {"type": "object", "properties": {"a": TEXT}, "dependentRequired": {"a": ["b"]}},
        {"type": "object", "additionalProperties": {"type": "number"}},
        {"type": "array", "prefixItems": [TEXT], "items": {"type": "number"}},
        {},
    ],
)
def test_what_can_be_asked_is_taken(schema: dict[str, Any]) -> None:
    assert told(schema) == []


def test_what_is_hidden_need_not_be_drawn() -> None:
    assert told({"anyOf": [{"type": "integer"}, {"const": "all"}]}, {"x": {"ui:widget": "hidden"}}) == []


@pytest.mark.parametrize("root", [TEXT, {}, {"type": "array", "items": TEXT}, {"oneOf": [TEXT, {"type": "number"}]}])
def test_a_form_asks_for_fields(root: dict[str, Any]) -> None:
    assert [pointer for pointer, _ in problems(root, {})] == [""]


def test_a_small_schema_that_unfolds_to_thousands_of_fields_is_told() -> None:
    wide = {"type": "object", "properties": {f"f{number}": TEXT for number in range(60)}}
    schema = {"type": "object", "properties": {f"g{number}": {"$ref": "#/$defs/wide"} for number in range(60)}}
    assert problems({**schema, "$defs": {"wide": wide}}, {}) == [("", Reason("form_large", {"most": 2000}))]


@pytest.mark.parametrize(
    "root",
    [
        {"allOf": [{"type": "object", "properties": {"x": TEXT}}, {"required": ["x"]}]},
        {"$ref": "#/$defs/form", "$defs": {"form": {"type": "object", "properties": {"x": TEXT}}}},
    ],
)
def test_a_form_made_of_parts_can_be_published(root: dict[str, Any]) -> None:
    form = {"schema": root, "uiSchema": {"ui:order": ["x"], "x": {"ui:widget": "textarea"}}}
    step = {
        "type": "form",
        "name": "Form",
        "who": [{"manager": 1}],
        "form": form,
        "outcomes": {"submitted": "approved"},
    }
    document = flow({"step": step})
    assert [problem for problem in check_document(document) if problem.step == "step"] == []
    assert parse(root, form["uiSchema"], [("/x", "a")], {}) == ({"x": "a"}, [])


def test_parts_of_one_field_are_one_field() -> None:
    parts = [
        {
            "properties": {
                "n": {"type": "integer", "title": "Count", "default": 7, "maximum": 12},
                "b": {"default": True},
            }
        },
        {"properties": {"n": {"maximum": 9, "minimum": 2}, "b": {"type": "boolean"}}},
        {"properties": {"n": {"type": "number", "maximum": 20}}},
    ]
    schema = {"type": "object", "allOf": parts}
    assert initial(schema) == {"n": 7, "b": True}
    number = fields(schema, {}, initial(schema)).children[0]
    assert (number.widget, number.label, number.limits["min"], number.limits["max"]) == ("number", "Count", "2", "9")


def test_an_untouched_form_owes_nothing_that_depends_on_an_answer() -> None:
    properties = {"files": {"type": "array", "items": TEXT}, "urgent": {"type": "boolean"}, "why": TEXT}
    needs = {"files": ["why"], "urgent": ["why"]}
    schema = {"type": "object", "properties": properties, "dependentRequired": needs}
    untouched = posted(html(fields(schema, {}, initial(schema))))
    assert parse(schema, {}, untouched, initial(schema)) == ({"files": [], "urgent": False}, [])
    _, errors = parse(schema, {}, [*untouched, ("/urgent", "true")], initial(schema))
    assert [(error.pointer, sentence(error.reason)) for error in errors] == [("/why", "This is needed.")]
