"""The settings of fields as forms: saved as they are they change nothing, whatever the schema."""

from copy import deepcopy
from typing import Any

import pytest

from app.pages.designer.fields import changed, settings_of
from designer import gallery
from designer.blank import blank
from designer.edits import apply_edit
from designer.edits.draft_flow import DraftFlow, steps_of
from designer.edits.edit import EditRefused
from designer.edits.form_settings import FormJson, FormSet
from designer.forms.form import StepForm
from designer.forms.outline import every, outline, unsound
from engine import forms
from engine.json_text import dumps
from tests.app.test_widgets import ALL, UI
from tests.browser import html, posted
from tests.engine.test_forms_conditions import PAYMENT, TRAVEL
from tests.engine.test_forms_kept import SCHEMA as CONDITIONS
from tests.engine.test_forms_kept import UI as CONDITIONS_UI
from tests.engine.test_forms_writable import ORDER

Json = dict[str, Any]


def _same(document: Json, step: str) -> None:
    """Every field of the form, and the form as JSON, opened and saved."""
    schema, ui = StepForm(DraftFlow(document), step).shown()
    assert not unsound(schema, ui)
    for item in every(outline(schema, ui)):
        asked, held = settings_of(document, step, item.place)
        page = html(forms.fields(*asked, held))
        data, wrong = forms.parse(*asked, posted(page), held)
        assert not wrong and changed(asked, held, data) == {}, item.place
        if held:
            assert dumps(apply_edit(document, FormSet(step, item.place, {}))) == dumps(document)
    assert dumps(apply_edit(document, FormJson(step, schema, ui))) == dumps(document)


def _of_panels(schema: Json, name: str) -> bool:
    alone = {**schema, "properties": {name: schema["properties"][name]}}
    return any(why.code == "word_undrawn" for _, why in forms.problems(alone, {}))


@pytest.mark.parametrize("key", list(gallery.templates()))
def test_every_form_that_ships(key: str) -> None:
    document = gallery.templates()[key]
    for step, settings in steps_of(document).items():
        if settings["type"] == "start" or "form" in settings:
            try:
                StepForm(DraftFlow(document), step)
            except EditRefused:
                continue
            _same(document, step)


@pytest.mark.parametrize(
    ("schema", "ui"),
    [(ALL, UI), (TRAVEL, {}), (PAYMENT, {}), (CONDITIONS, CONDITIONS_UI), (ORDER, {"l": {"ui:orderable": False}})],
    ids=["every control", "if and then", "variants", "conditions", "lists"],
)
def test_every_kind_of_schema(schema: Json, ui: Json) -> None:
    """But for what panels of steps alone may ask, in words that no form of a request can have."""
    fields = schema["properties"]
    schema = schema | {"properties": {name: one for name, one in fields.items() if not _of_panels(schema, name)}}
    ui = {name: one for name, one in ui.items() if name not in fields or name in schema["properties"]}
    document = blank("a-flow", "A flow") | {"title": "", "data": {"type": "object", **deepcopy(schema)}}
    for part in document["data"].get("properties", {}).values():
        if part.get("uniqueItems"):
            part["maxItems"] = 9
    document["steps"]["request"]["form"] = {"uiSchema": deepcopy(ui)}
    _same(document, "request")
