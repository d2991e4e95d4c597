"""The HTML of forms: what tools and assistive software hold on to."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from engine.forms import Field, FormError, fields, initial, parse
from engine.reasons import said
from engine.settings import LEVELS
from engine.steps import decision
from engine.who import who_schema
from tests.browser import html, posted

HOSTILE = """</textarea></script><script>alert(1)</script>"'><img src=x onerror=alert(1)> {{ 7*7 }} \u202e"""
ODD_NAMES = [
    "a.b",
    "a/b",
    "a~b",
    'a"b',
    "a'b",
    "a%41",
    "a[0]",
    "a[]",
    "rows:a",
    "",
    "_do",
    "<i>",
    "__proto__",
    "نص",
    HOSTILE,
]
BRANCHES = decision.SCHEMA["properties"]["branches"]
EVERY_CONTROL: dict[str, Any] = {
    "text": {"type": "string", "examples": ["one"]},
    "number": {"type": "number"},
    "money": {"type": "number"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "format": "time"},
    "datetime": {"type": "string", "format": "date-time"},
    "email": {"type": "string", "format": "email"},
    "url": {"type": "string", "format": "uri"},
    "select": {"enum": ["a", "b"]},
    "radio": {"enum": ["a", "b"]},
    "checkbox": {"type": "boolean"},
    "checkboxes": {"type": "array", "uniqueItems": True, "items": {"enum": ["a", "b"]}},
    "textarea": {"type": "string"},
    "file": {"type": "object", "format": "file"},
    "hidden": {"type": "string", "default": "h"},
    "object": {"properties": {"inner": {"type": "string"}}},
    "array": {"type": "array", "minItems": 1, "items": {"type": "string"}},
    "json": {},
    "who": {**who_schema(), "title": "who", "minItems": 1},
    "person": {"type": "string", "format": "person"},
    "time-span": {"type": "string", "format": "time-span"},
    "form-builder": {"type": "object", "format": "form-builder"},
    "timeout": {"type": "object", "format": "timeout", "properties": {"then": {"type": "string"}}},
    "pairs": {"type": "object", "format": "pairs"},
    "template": {"type": "string", "format": "template"},
    "call": {"type": "object", "format": "call", "properties": {"url": {"type": "string"}}},
    "settings": {"type": "object", "format": "settings", "properties": {"inner": {"type": "string"}}},
    **{name: {**schema, "title": name} for name, schema in {"levels": LEVELS, "branches": BRANCHES}.items()},
    "policy": LEVELS["items"]["properties"]["policy"] | {"title": "policy"},
    "rule": {"type": "string", "format": "rule"},
    "readonly": {"type": "string", "readOnly": True, "default": "r"},
}
UI = {
    "money": {"ui:money": "EUR"},
    "radio": {"ui:widget": "radio"},
    "textarea": {"ui:widget": "textarea"},
    "hidden": {"ui:widget": "hidden"},
}
ALL = {"type": "object", "properties": EVERY_CONTROL, "$defs": {"who": who_schema()}}


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        return [about for name, about in self.tags if name == tag and wanted.items() <= about.items()]

    def ids(self) -> list[str]:
        return [about["id"] for _, about in self.tags if "id" in about]


def page(schema: dict[str, Any], ui: Any = None, data: Any = None, errors: Any = ()) -> Page:
    return Page(html(fields(schema, ui or {}, initial(schema, ui, data), errors)))


def test_every_file_of_the_folder_is_a_control_that_is_tried_here() -> None:
    assert {path.stem for path in Path("templates/widgets").glob("*.html")} == set(EVERY_CONTROL)
    drawn = {field.label: field.widget for field in fields(ALL, UI, initial(ALL, UI)).children}
    assert drawn == {name: name for name in EVERY_CONTROL}


def test_every_control_has_its_name_and_a_label() -> None:
    found = page(ALL, UI)
    labelled = {about["for"] for about in found.all("label") if "for" in about}
    for name in (
        "text",
        "number",
        "money",
        "date",
        "time",
        "datetime",
        "email",
        "url",
        "select",
        "textarea",
        "file",
        "json",
        "person",
        "time-span",
        "template",
        "readonly",
    ):
        control = next(about for _, about in found.tags if about.get("name") == f"/{name}")
        assert control["id"] in labelled
    assert len(found.all("fieldset")) == len(found.all("legend")) == 16
    assert found.all("input", name="/array/0")[0]["aria-label"] == "array 1"


def test_what_is_no_data_says_so() -> None:
    for tag, about in page(ALL, UI).tags:
        if about.get("name", "/").startswith(("present:", "rows:", "empty:")):
            assert (tag, about["data-role"]) == ("input", "marker")


def test_buttons_tell_their_action_and_their_row() -> None:
    schema = {"properties": {"x": {"type": "array", "title": "Tasks", "items": {"type": "string"}}}}
    buttons = page(schema, {"x": {"ui:copyable": True}}, {"x": ["a", "b"]}).all("button", name="_do")
    kinds = [about["data-action"] for about in buttons]
    assert kinds == ["submit", *["up", "down", "copy", "remove"] * 2, "add", "submit"]
    assert buttons[4]["aria-label"] == "Remove Tasks 1"
    assert buttons[4]["value"] == "remove:/x/0"
    assert "disabled" in buttons[1]


def test_enter_in_a_field_never_removes_a_row() -> None:
    schema = {"properties": {"t": {"type": "string"}, "x": {"type": "array", "items": {"type": "string"}}}}
    first = page(schema, {}, {"x": ["a"]}).all("button")[0]
    assert first["data-action"] == "submit"


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_property_names_make_the_round(name: str) -> None:
    schema = {
        "properties": {
            name: {"type": "string"},
            "list": {"type": "array", "items": {"properties": {name: {"type": "boolean"}}}},
        }
    }
    data = {name: "value", "list": [{name: True}, {name: False}]}
    assert parse(schema, {}, posted(html(fields(schema, {}, data))), data) == (data, [])


def test_hostile_text_stays_text_everywhere() -> None:
    words = {"title": HOSTILE, "description": HOSTILE, "examples": [HOSTILE]}
    schema = {
        **words,
        "properties": {
            HOSTILE: {"type": "string", "default": HOSTILE, **words},
            "choice": {"enum": [HOSTILE], "default": HOSTILE, **words},
            "rows": {"type": "array", "minItems": 1, "items": {"type": "string", "default": HOSTILE, **words}, **words},
            "file": {"type": "object", "format": "file", "default": {"file": HOSTILE, "name": HOSTILE, "size": 1}},
            "fixed": {"const": HOSTILE},
            "money": {"type": "number"},
        },
    }
    options = {
        "ui:placeholder": HOSTILE,
        "ui:help": HOSTILE,
        "ui:classNames": HOSTILE,
        "ui:autocomplete": HOSTILE,
        "ui:inputType": HOSTILE,
    }
    ui = {
        HOSTILE: options,
        "money": {"ui:money": HOSTILE, "ui:widget": HOSTILE},
        "rows": {"ui:options": {"label": False}},
    }
    text = html(
        fields(
            schema,
            ui,
            initial(schema, ui),
            [FormError("/choice", "x", said("said", HOSTILE)), FormError("", "x", said("said", HOSTILE))],
        )
    )
    tags = Page(text).tags
    assert not {"script", "img"} & {tag for tag, _ in tags}
    assert not [key for _, about in tags for key in about if key.startswith("on") or key == "style"]


def test_no_script_or_style_of_its_own() -> None:
    for path in [
        *Path("templates/widgets").glob("*.html"),
        Path("templates/parts/form.html"),
        Path("templates/parts/controls.html"),
    ]:
        assert not re.search(r"<script|<style|style=|\son\w+=|\|\s*safe", path.read_text()), path


def test_errors_are_summed_up_with_links_and_stand_at_their_field() -> None:
    errors = [FormError(f"/{name}", "x", said("said", f"{name} is wrong")) for name in EVERY_CONTROL]
    found = page(ALL, UI, None, errors)
    ids = found.ids()
    assert len(ids) == len(set(ids))
    hrefs = [about["href"] for about in found.all("a")]
    links = [href[1:].replace("%3A", ":") for href in hrefs if href.startswith("#")]
    assert len(links) == len(EVERY_CONTROL) - 1
    assert set(links) <= set(ids)
    described = [part for _, about in found.tags for part in about.get("aria-describedby", "").split()]
    assert set(described) <= set(ids)
    assert found.all("input", name="/text")[0]["aria-invalid"] == "true"


def test_long_labels_and_right_to_left_text_are_whole() -> None:
    label = "ح" * 300
    assert label in html(fields({"properties": {"x": {"type": "string", "title": label}}}, {}, {}))


def test_label_may_be_hidden_but_not_missing() -> None:
    schema = {"properties": {name: EVERY_CONTROL[name] for name in ("text", "checkbox", "radio", "readonly")}}
    found = page(schema, {"ui:globalOptions": {"label": False}, "radio": {"ui:widget": "radio"}})
    assert {about["aria-label"] for about in found.all("input") if "aria-label" in about} == {
        "text",
        "checkbox",
        "readonly",
    }
    assert "visually-hidden" in found.all("legend")[0]["class"]


def test_text_area_keeps_its_first_line_break() -> None:
    schema = {"properties": {"x": {"type": "string"}}}
    assert posted(html(fields(schema, {}, {"x": "\n\na"}))) == [("/x", "\r\n\r\na")]


def test_nothing_selected_by_a_browser_on_its_own() -> None:
    """A list without a chosen entry would post its first one."""
    field: Field = fields({"required": ["x"], "properties": {"x": {"enum": ["a", "b"]}}}, {}, {})
    assert posted(html(field)) == [("/x", "")]
