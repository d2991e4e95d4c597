"""Forms are built by edits: what they do to the schema, to the uiSchema, and to everything that reads a field."""

from typing import Any

import pytest

from designer.blank import blank
from designer.edits import EditRefused, apply_edit, edited, read_edit
from designer.forms.mentions import uses
from designer.forms.palette import palette
from engine import forms, json_text
from engine.check import check_document
from engine.forms import schema as form_schema
from engine.forms.controls import widget
from engine.forms.ui import options
from engine.wording.sentences import sentence
from tests.app.requests import shipped

Json = dict[str, Any]


def form(document: Json, **edit: Any) -> Json:
    return apply_edit(document, read_edit({"step": "request", **edit, "edit": f"form.{edit['edit']}"}))


def fresh() -> Json:
    return blank("a-flow", "A flow")


def fields(document: Json) -> Json:
    return dict(document["data"]["properties"])


def refusal(document: Json, **edit: Any) -> str:
    with pytest.raises(EditRefused) as refused:
        form(document, **edit)
    return sentence(refused.value.reason)


@pytest.mark.parametrize("kind", [entry.kind for entry in palette()])
def test_every_entry_of_the_palette_makes_a_field_of_its_kind_that_can_be_published(kind: str) -> None:
    document = form(fresh(), edit="add", kind=kind)
    name = next(name for name in fields(document) if name != "subject")
    field, ui = fields(document)[name], document["steps"]["request"].get("form", {}).get("uiSchema", {}).get(name, {})
    items = form_schema.resolve(field.get("items"), field)[0]
    assert widget(field, items, options(ui)).name == kind
    assert not check_document(document)


def test_a_field_is_put_after_another_one_or_first() -> None:
    document = form(fresh(), edit="add", kind="number", after="", label="How many?")
    document = form(document, edit="add", kind="date", after="how_many", label="Needed by")
    assert list(fields(document)) == ["how_many", "needed_by", "subject"]
    document = form(document, edit="move", place="/subject", after="how_many")
    assert list(fields(document)) == ["how_many", "subject", "needed_by"]


def test_an_order_that_is_written_down_is_kept_with_what_it_says_of_others() -> None:
    document = shipped("purchase-approval")
    document["steps"]["request"]["form"]["uiSchema"]["ui:order"] = ["amount", "*", "ghost", "why"]
    document = form(document, edit="add", kind="text", after="amount", label="Colour")
    order = document["steps"]["request"]["form"]["uiSchema"]["ui:order"]
    assert order == ["amount", "colour", "item", "cost_centre", "needed_by", "quote", "ghost", "why"]


def test_money_is_in_the_currency_of_the_flow() -> None:
    document = form({**fresh(), "currency": "CHF"}, edit="add", kind="money")
    assert document["steps"]["request"]["form"]["uiSchema"] == {"money": {"ui:money": "CHF"}}


def test_a_new_field_is_called_after_its_first_label_and_keeps_that_name() -> None:
    document = form(fresh(), edit="add", kind="text")
    document = form(document, edit="set", place="/text", settings={"title": "Cost centre", "required": True})
    document = form(document, edit="set", place="/cost_centre", settings={"title": "Department"})
    assert fields(document)["cost_centre"]["title"] == "Department"
    assert document["data"]["required"] == ["subject", "cost_centre"]


def test_a_label_that_the_ui_schema_gives_is_changed_there() -> None:
    document = fresh()
    document["steps"]["request"]["form"] = {"uiSchema": {"subject": {"ui:options": {"title": "Topic"}}}}
    document = form(document, edit="set", place="/subject", settings={"title": "About"})
    assert document["steps"]["request"]["form"]["uiSchema"] == {"subject": {"ui:options": {"title": "About"}}}
    assert fields(document)["subject"]["title"] == "What is it about?"


def test_settings_are_taken_out_by_null_and_unknown_ones_refused() -> None:
    document = form(fresh(), edit="set", place="/subject", settings={"maxLength": None, "ui:help": "Briefly."})
    assert "maxLength" not in fields(document)["subject"]
    assert "not changed as a setting" in refusal(document, edit="set", place="/subject", settings={"$ref": "#"})


def test_choices_are_pasted_from_a_list_or_a_spreadsheet_and_keep_what_was_said_of_them() -> None:
    document = form(fresh(), edit="add", kind="select", label="Country")
    document = form(document, edit="choices", place="/country", text="DE\tGermany\r\n\nFR = France\nElsewhere\n")
    chosen = [{"const": "DE", "title": "Germany"}, {"const": "FR", "title": "France"}, {"const": "Elsewhere"}]
    assert fields(document)["country"]["oneOf"] == chosen and "enum" not in fields(document)["country"]
    document["data"]["properties"]["country"]["oneOf"][1]["description"] = "Bread"
    document = form(document, edit="choices", place="/country", text="FR = France\nES = Spain")
    assert fields(document)["country"]["oneOf"][0] == {"const": "FR", "title": "France", "description": "Bread"}
    assert "twice" in refusal(document, edit="choices", place="/country", text="a\na")


def test_numbers_to_choose_from_stay_numbers() -> None:
    document = fresh()
    document["data"]["properties"]["days"] = {"type": "integer", "enum": [1, 2]}
    document = form(document, edit="choices", place="/days", text="7\n14 = Two weeks")
    assert [one["const"] for one in fields(document)["days"]["oneOf"]] == [7, 14]
    assert "no number" in refusal(document, edit="choices", place="/days", text="a week")


def test_another_control_keeps_label_limits_and_choices() -> None:
    document = form(fresh(), edit="widget", place="/subject", kind="textarea")
    assert fields(document)["subject"] == {"title": "What is it about?", "type": "string", "maxLength": 200}
    document = form(document, edit="add", kind="select", label="Country")
    document = form(document, edit="choices", place="/country", text="a\nb")
    document = form(document, edit="widget", place="/country", kind="checkboxes")
    assert fields(document)["country"]["items"] == {"type": "string", "enum": ["a", "b"]}


def test_a_renamed_field_is_renamed_wherever_it_is_used() -> None:
    document = shipped("purchase-approval")
    document["steps"]["approval"] |= {"covers": ["amount"], "on_change": {"amount": "tell", "item": "ask"}}
    document["steps"]["approval"]["timeout"]["to"] = [{"field": "amount"}]
    document["steps"]["amount"]["branches"][0]["set"]["amount"] = 3
    document["steps"]["tell"]["call"] = {
        "url": "https://x/{amount}",
        "body": {"amount": "{amount}", "n": ["{amount.x}"]},
    }
    document["tests"] = [{"name": "Small", "data": {"amount": 3, "item": "amount"}}]
    document["data"]["dependentRequired"] = {"amount": ["why"], "why": ["amount"]}
    document["data"]["if"] = {"properties": {"amount": {"minimum": 5}}, "required": ["amount"]}
    changed = form(document, edit="rename", place="/amount", name="total")
    written = json_text.dumps(changed).decode()
    left = ['"amount":{"type":"decision"', '"submitted":"amount"', '"item":"amount"', '{"amount":"{total}"']
    for known in left:
        assert written.count(known) == 1
        written = written.replace(known, "")
    assert '"amount' not in written and "{amount" not in written and "amount " not in written
    assert changed["steps"]["approval"]["levels"][0]["when"] == "total > 500"
    assert changed["steps"]["approval"]["on_change"] == {"total": "tell", "item": "ask"}
    assert changed["data"]["dependentRequired"] == {"total": ["why"], "why": ["total"]}
    assert changed["tests"][0]["data"] == {"total": 3, "item": "amount"}
    assert form(changed, edit="rename", place="/total", name="amount") == document


def test_only_the_name_in_a_rule_changes_not_texts_and_attributes() -> None:
    document = shipped("purchase-approval")
    document["steps"]["approval"]["levels"][0]["when"] = "amount > 5 and item == 'amount' and quote.amount == amount"
    changed = form(document, edit="rename", place="/amount", name="total")
    assert (
        changed["steps"]["approval"]["levels"][0]["when"] == "total > 5 and item == 'amount' and quote.amount == total"
    )


def test_a_field_moved_into_a_group_is_read_there() -> None:
    document = shipped("purchase-approval")
    document = form(document, edit="add", kind="object", label="Costs")
    document = form(document, edit="move", place="/amount", into="/costs", after="")
    assert list(fields(document)["costs"]["properties"]) == ["amount", "text"]
    assert fields(document)["costs"]["required"] == ["amount"]
    assert document["steps"]["request"]["form"]["uiSchema"]["costs"] == {
        "amount": {"ui:money": "EUR", "ui:help": "The whole price, with tax."}
    }
    assert document["steps"]["approval"]["levels"][1]["when"] == "costs.amount >= 5000"
    assert "{costs.amount} EUR" in document["steps"]["tell"]["message"]


@pytest.mark.parametrize("words", [
    {"if": {"properties": {"amount": {"minimum": 5}}}, "then": {"required": ["why"]}},
    {"if": {"required": ["why"]}, "then": {"required": ["amount"]}},
    {"dependentRequired": {"amount": ["why"]}},
    {"dependentRequired": {"why": ["amount"]}},
    {"dependentSchemas": {"amount": {"required": ["why"]}}},
    {"allOf": [{"if": {"properties": {"amount": {"minimum": 5}}}, "then": {"required": ["why"]}}]},
])  # fmt: skip
def test_a_field_that_a_condition_of_the_form_names_cannot_vanish_unnoticed(words: Json) -> None:
    document = fresh()
    for name in ("amount", "why"):
        document["data"]["properties"][name] = {"type": "number"}
    document["data"] |= words
    told = refusal(document, edit="remove", place="/amount")
    assert "Request form (Condition of the form)" in told
    assert "still used" in refusal(
        form(document, edit="add", kind="object", label="Costs"), edit="move", place="/amount", into="/costs"
    )
    assert "amount" not in fields(form(document, edit="remove", place="/amount", confirmed=True))
    assert "subject" not in fields(form(document, edit="remove", place="/subject", confirmed=True))


def test_a_condition_of_a_form_of_its_own_holds_its_field_though_the_data_keep_it() -> None:
    document = shipped("new-supplier")
    document["steps"]["bank"]["form"]["schema"]["dependentRequired"] = {"iban": ["bic"]}
    document["steps"]["request"]["form"]["schema"]["properties"]["iban"] = {"type": "string"}
    assert "Condition of the form" in refusal(document, step="bank", edit="remove", place="/iban")
    kept = form(document, edit="remove", place="/iban")
    assert "iban" in kept["steps"]["bank"]["form"]["schema"]["properties"]


def test_a_field_that_is_used_cannot_vanish_unnoticed() -> None:
    document = shipped("purchase-approval")
    assert [use.pointer for use in uses(document, ("cost_centre",))] == []
    told = refusal(document, edit="remove", place="/amount")
    assert "Amount is still used" in told and "Approval (Rule “amount > 500”)" in told
    assert "amount" not in fields(form(document, edit="remove", place="/amount", confirmed=True))
    gone = form(document, edit="remove", place="/cost_centre")
    assert "cost_centre" not in gone["steps"]["request"]["form"]["uiSchema"]["ui:order"]
    lists = form(document, edit="add", kind="array", label="Lines")
    assert "still used" in refusal(lists, edit="move", place="/amount", into="/lines/items")


def test_a_form_of_its_own_and_the_data_hold_the_same_question() -> None:
    document = shipped("new-supplier")
    document = form(document, step="bank", edit="set", place="/iban", settings={"title": "Account"})
    assert fields(document)["iban"]["title"] == "Account"
    document = form(document, step="bank", edit="add", kind="text", label="Bank")
    assert "bank" in fields(document)
    assert "bank" not in document["steps"]["request"]["form"]["schema"]["properties"]
    assert "bank" not in fields(form(document, step="bank", edit="remove", place="/bank"))
    assert not check_document(document)


def test_a_second_form_gets_fields_of_its_own_and_the_request_form_does_not_ask_for_them() -> None:
    document = apply_edit(fresh(), read_edit({"edit": "insert", "at": "request:submitted", "type": "form"}))
    document = form(document, step="form", edit="own")
    document = form(document, step="form", edit="add", kind="text", label="Note")
    document = form(document, step="form", edit="ask", name="subject", after="")
    assert list(document["steps"]["form"]["form"]["schema"]["properties"]) == ["subject", "note"]
    assert list(document["steps"]["request"]["form"]["schema"]["properties"]) == ["subject"]
    assert not check_document(document)


@pytest.mark.parametrize(("edit", "words"), [
    ({"edit": "add", "kind": "nothing"}, "no kind of field"),
    ({"edit": "add", "kind": "text", "into": "/subject"}, "no group"),
    ({"edit": "rename", "place": "/subject", "name": "a b"}, "cannot be a name"),
    ({"edit": "rename", "place": "/subject", "name": "and"}, "cannot be a name"),
    ({"edit": "rename", "place": "/subject", "name": "requester"}, "cannot be a name"),
    ({"edit": "rename", "place": "/gone", "name": "a"}, "no field “gone”"),
    ({"edit": "remove", "place": "subject"}, "which field"),
    ({"edit": "choices", "place": "/subject", "text": "a"}, "no choices"),
    ({"edit": "json", "schema": {"type": "object", "properties": {"a": {"type": "no"}}}, "ui": {}}, "at properties/a"),
    ({"edit": "json", "schema": {"type": "object", "properties": {}}, "ui": {"b": {}}}, "shows “b”"),
    ({"edit": "json", "schema": {"type": "object", "properties": {}}, "ui": {}}, "still used"),
    ({"edit": "add", "kind": "text", "step": "approved"}, "has no form"),
])  # fmt: skip
def test_what_cannot_be_done_is_said(edit: Json, words: str) -> None:
    assert words in refusal(fresh(), **edit)


def test_what_is_written_as_json_is_the_form() -> None:
    schema = {
        "type": "object",
        "properties": {"subject": {"type": "string"}, "a": {"$ref": "#/$defs/x"}},
        "$defs": {"x": {}},
    }
    document = form(fresh(), edit="json", schema=schema, ui={"a": {"ui:help": "h"}})
    assert (document["data"], document["steps"]["request"]["form"]) == (schema, {"uiSchema": {"a": {"ui:help": "h"}}})
    assert "Change it as JSON" in refusal(
        {**document, "data": {**schema, "properties": {"a": True}}}, edit="set", place="/a", settings={}
    )


def test_an_edit_says_which_steps_it_touched() -> None:
    _, done = edited(
        shipped("purchase-approval"),
        read_edit({"edit": "form.rename", "step": "request", "place": "/amount", "name": "total"}),
    )
    assert done.touched == {"/data", "request", "amount", "approval", "tell"} and done.focus == "request"


def test_sections_and_columns_are_shown() -> None:
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in ("a", "b", "c")}}
    ui = {"ui:columns": 2, "a": {"ui:section": "Costs"}, "c": {"ui:width": "full"}}
    assert not forms.problems(schema, ui)
    shown = forms.fields(schema, ui, {}).children
    assert [(field.section, field.width) for field in shown] == [("Costs", "half"), ("", "half"), ("", "")]
