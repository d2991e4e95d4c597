"""Forms that only ever were built in the builder are sound, whatever was done to them."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from designer.blank import blank
from designer.edits import EditRefused, apply_edit, read_edit
from designer.edits.draft_flow import DraftFlow
from designer.forms.form import StepForm
from engine import forms
from engine.schema_guard import check_schema
from tests.designer.form_strategies import form_edits

Json = dict[str, Any]
BUILT = ("add", "ask", "move", "remove", "rename", "widget", "own")
built = form_edits().filter(lambda edit: edit["edit"].removeprefix("form.") in BUILT)


@settings(max_examples=60, deadline=None)
@given(st.lists(built, max_size=20))
def test_what_is_built_of_the_palette_is_a_form_that_can_be_shown(given_edits: list[Json]) -> None:
    document = blank("a-flow", "A flow")
    document = apply_edit(document, read_edit({"edit": "insert", "at": "request:submitted", "type": "form"}))
    document = apply_edit(document, read_edit({"edit": "insert", "at": "form:submitted", "type": "approval"}))
    for one in given_edits:
        try:
            document = apply_edit(document, read_edit(one))
        except EditRefused:
            continue
        assert not check_schema(document["data"])
        for step in ("request", "form", "approval"):
            schema, ui = StepForm(DraftFlow(document), step).shown()
            assert not check_schema(schema)
            assert not forms.problems(schema, ui) or not schema
            assert set(schema.get("properties", {})) <= set(document["data"]["properties"])
