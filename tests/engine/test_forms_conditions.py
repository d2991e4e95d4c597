"""Fields that appear and disappear with an answer: what is hidden is not asked, not taken and not kept."""

import json
from typing import Any

import pytest

from engine.forms import TRUSTED, Field, accepted, covered, decoded, describe, fields, initial, parse, problems, shape
from engine.forms.schema import digest
from tests.browser import html, posted

TEXT = {"type": "string", "minLength": 1}
TRAVEL: dict[str, Any] = {
    "type": "object",
    "properties": {"by": {"enum": ["train", "car"]}},
    "required": ["by"],
    "if": {"properties": {"by": {"const": "car"}}, "required": ["by"]},
    "then": {"properties": {"plate": TEXT, "limit": {"type": "integer", "default": 500, "readOnly": True}}},
    "else": {"properties": {"seat": {"enum": ["window", "aisle"]}}},
}
BANK = {"title": "Account", "properties": {"kind": {"const": "bank"}, "iban": TEXT}, "required": ["kind", "iban"]}
CARD = {"title": "Card", "properties": {"kind": {"const": "card"}, "number": TEXT}, "required": ["kind", "number"]}
PAYMENT: dict[str, Any] = {
    "type": "object",
    "properties": {"pay": {"type": "object", "properties": {"note": {"type": "string"}}, "oneOf": [BANK, CARD]}},
    "required": ["pay"],
}


def names(schema: dict[str, Any], data: Any) -> list[str]:
    return [child.pointer for child in fields(schema, {}, data).children]


def find(field: Field, pointer: str) -> Field:
    return next(one for one in field.children if one.pointer == pointer)


def test_a_field_is_shown_where_its_condition_holds() -> None:
    assert names(TRAVEL, {}) == ["/by", "/seat"]
    assert names(TRAVEL, {"by": "car"}) == ["/by", "/plate", "/limit"]


def test_the_answer_that_decides_has_a_button_to_show_its_fields() -> None:
    shown = fields(TRAVEL, {}, {"by": "car"})
    assert [child.pointer for child in shown.children if child.decides] == ["/by"]
    assert html(shown).count('data-action="update"') == 1


def test_what_the_condition_hides_is_neither_taken_nor_kept() -> None:
    stored = initial(TRAVEL, {}, {"by": "train", "seat": "aisle"})
    sent = [("/by", digest("car")), ("/plate", "B-1"), ("/seat", digest("window")), ("/limit", "999")]
    data, errors = parse(TRAVEL, {}, sent, stored)
    assert (data, errors) == ({"by": "car", "plate": "B-1", "limit": 500}, [])
    assert covered(TRAVEL, {}, {"by": "car", "seat": "aisle", "other": 1}) == ["by", "seat"]


def test_text_that_cannot_be_read_in_a_hidden_field_is_no_error() -> None:
    schema = {**TRAVEL, "else": {"properties": {"age": {"type": "integer"}}}}
    data, errors = parse(schema, {}, [("/by", digest("car")), ("/plate", "B"), ("/age", "old")], {})
    assert (data, errors) == ({"by": "car", "plate": "B", "limit": 500}, [])


def test_programs_are_told_that_a_hidden_field_is_none() -> None:
    _, errors = accepted(TRAVEL, {}, {"by": "train", "plate": "B-1"}, {"by": "train"})
    assert [(error.pointer, error.keyword) for error in errors] == [("/plate", "additionalProperties")]


def test_hidden_fields_are_none_where_more_may_be_written() -> None:
    schema = {"type": "object", "properties": {"g": {**TRAVEL, "additionalProperties": True}}}
    _, errors = accepted(schema, {}, {"g": {"by": "train", "plate": "B-1", "free": 1}}, {"g": {"by": "train"}})
    assert [error.pointer for error in errors] == ["/g/plate"]
    more = find(fields(schema, {}, {"g": {"by": "car", "free": 1}}), "/g").children[-1]
    assert (more.label, json.loads(str(more.value))) == ("More values", {"free": 1})


def test_a_new_field_begins_with_its_default_and_is_needed_once_it_is_shown() -> None:
    schema = {**TRAVEL, "then": {"properties": {"km": {"type": "integer", "default": 7}}, "required": ["plate", "km"]}}
    data, _ = decoded(schema, {}, [("/by", digest("car")), ("_do", "update")], initial(schema, {}))
    assert data == {"by": "car", "km": 7}
    assert shape(schema, {}, data, "update") == data


def test_conditions_of_several_parts_and_inside_of_one_another() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "dependentRequired": {"a": ["b"]},
        "allOf": [
            {"properties": {"b": {"type": "string"}}},
            {
                "if": {"properties": {"a": {"const": "x"}}, "required": ["a"]},
                "then": {
                    "properties": {"c": {"type": "string"}},
                    "dependentSchemas": {"c": {"properties": {"d": {"type": "string"}}}},
                },
            },
            {"if": {"required": ["b"]}, "then": {"properties": {"e": {"type": "boolean"}}}},
        ],
    }
    assert names(schema, {}) == ["/b", "/a"]
    assert {"/a", "/b", "/c", "/d", "/e"} == set(names(schema, {"a": "x", "b": "y", "c": "z"}))
    assert find(fields(schema, {}, {"a": "x"}), "/b").required
    data, errors = parse(schema, {}, [("/a", "x"), ("/b", "y"), ("/c", "z"), ("/d", "w"), ("present:/e", "1")], {})
    assert (data, errors) == ({"a": "x", "b": "y", "c": "z", "d": "w", "e": False}, [])
    assert parse(schema, {}, [("/a", "q"), ("/b", "y"), ("/c", "z"), ("/d", "w")], {})[0] == {
        "a": "q",
        "b": "y",
        "e": False,
    }


def test_conditions_that_never_come_to_rest_end() -> None:
    never = {"properties": {"a": {"type": "boolean"}}, "if": {"required": ["b"]}, "then": {}}
    schema = {"type": "object", **never, "else": {"properties": {"b": {"type": "string", "default": "x"}}}}
    assert set(initial(schema, {})) <= {"a", "b"}
    assert parse(schema, {}, posted(html(fields(schema, {}, initial(schema, {})))), TRUSTED)[1] == []


@pytest.mark.parametrize(("data", "shown"), [({}, "/pay/iban"), ({"pay": {"kind": "card"}}, "/pay/number")])
def test_of_variants_the_one_that_fits_the_data_is_shown(data: Any, shown: str) -> None:
    assert shown in [child.pointer for child in find(fields(PAYMENT, {}, data), "/pay").children]


def test_another_variant_is_picked_and_keeps_what_both_have() -> None:
    page = fields(PAYMENT, {}, initial(PAYMENT, {}))
    selector = find(page, "/pay").selector
    assert [(option.label, option.selected) for option in selector] == [("Account", True), ("Card", False)]
    sent = [(name, value) for name, value in posted(html(page)) if name != "pick:/pay"]
    sent += [("/pay/note", "n"), ("/pay/iban", "DE1"), ("pick:/pay", selector[1].value)]
    data, _ = decoded(PAYMENT, {}, sent, initial(PAYMENT, {}))
    assert data == {"pay": {"kind": "card", "note": "n"}}
    assert "/pay/number" in [child.pointer for child in find(fields(PAYMENT, {}, data), "/pay").children]


def test_a_variant_that_nothing_tells_apart_stays_picked_while_it_is_empty() -> None:
    one, other = ({"properties": {key: TEXT}, "required": [key]} for key in ("user", "group"))
    schema = {
        "type": "object",
        "properties": {"who": {"type": "object", "anyOf": [one, other]}, "n": {"anyOf": [TEXT, {"type": "integer"}]}},
    }
    selector = find(fields(schema, {}, {}), "/who").selector
    data, _ = decoded(schema, {}, [("pick:/who", selector[1].value), ("present:/who", "1"), ("_do", "update")], {})
    assert [child.pointer for child in find(fields(schema, {}, data), "/who").children] == ["/who/group"]
    number = find(fields(schema, {}, {}), "/n").selector[1].value
    assert parse(schema, {}, [("pick:/n", number), ("/n", "5")], {}) == ({"n": 5}, [])
    assert find(fields(schema, {}, {"n": 5}), "/n").widget == "number"
    assert parse(schema, {}, [("pick:/n", number), ("/n", "")], {}) == ({}, [])


def test_an_untouched_form_with_conditions_posts_what_it_shows() -> None:
    for schema, given in ((TRAVEL, {"by": "car", "plate": "x"}), (PAYMENT, {"pay": {"kind": "card", "number": "1"}})):
        state = initial(schema, {}, given)
        assert parse(schema, {}, posted(html(fields(schema, {}, state))), state) == (state, [])


def test_only_what_is_shown_is_told() -> None:
    told = describe(TRAVEL, {}, {"by": "car", "plate": "B-1", "seat": "aisle"})
    assert [(one.label, one.value) for one in told] == [("by", "car"), ("plate", "B-1")]


def test_rows_have_conditions_of_their_own() -> None:
    schema = {"type": "object", "properties": {"trips": {"type": "array", "items": TRAVEL}}}
    rows = find(fields(schema, {}, {"trips": [{"by": "car"}, {"by": "train"}]}), "/trips").children
    assert [[child.pointer for child in row.children] for row in rows] == [
        ["/trips/0/by", "/trips/0/plate", "/trips/0/limit"],
        ["/trips/1/by", "/trips/1/seat"],
    ]


def test_forms_with_conditions_can_be_published_and_their_fields_are_known() -> None:
    assert not problems(TRAVEL, {"plate": {"ui:help": "As on the car"}})
    assert not problems(PAYMENT, {"pay": {"oneOf": [{"iban": {"ui:help": "x"}}, {}]}})
    assert [place for place, _ in problems(TRAVEL, {"plate": {"ui:widget": "starmap"}})] == ["/plate/ui:widget"]
    assert [place for place, _ in problems(TRAVEL, {"wheels": {"ui:help": "x"}})] == ["/wheels"]
