"""A control is one file and its template: drawn, read, checked, shown and described without a line elsewhere."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from engine.forms import Shown, controls, describe, fields, nodes, parse, problems, shape
from engine.forms.surroundings import Surroundings
from engine.registry import discover
from engine.wording.sentences import sentence
from tests.browser import posted

MODULE = '''
"""Stars."""

from engine.forms.controls import Control
from engine.forms.controls.group import Rows
from engine.reasons import reason


class Rating(Control):
    name = "rating"
    asks = frozenset({"integer"})

    def text(self, node, value):
        return "*" * value

    def value(self, node, text):
        return text.count("*")

    def problem(self, node, value, siblings):
        return ("stars", reason("stars", most=5)) if isinstance(value, int) and value > 5 else None

    def display(self, node, value, siblings):
        return f"{value} of 5 stars", "text"


class Crew(Rows):
    name = form = "crew"

    def content(self, node, value):
        return " or ".join(node.form.around.roles)


CONTROLS = (Rating(), Crew())
TEXTS = {"stars": "At most {most} stars."}
'''
TEMPLATE = """{%- from "parts/controls.html" import control -%}
{%- macro input(field) -%}<input class="rating"{{ control(field) }} value="{{ field.value }}">{%- endmacro -%}
"""
CREW = """{%- macro input(field) -%}
{%- from "parts/form.html" import form_field -%}
<div class="crew">as {{ field.content }}{% for row in field.children %}{{ form_field(row) }}{% endfor %}</div>
{%- endmacro -%}
"""
SCHEMA = {"type": "object", "properties": {"stars": {"type": "integer", "title": "Stars"}}}
UI = {"stars": {"ui:widget": "rating"}}


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Environment]:
    (tmp_path / "rating.py").write_text(MODULE)
    (tmp_path / "widgets").mkdir()
    (tmp_path / "widgets" / "rating.html").write_text(TEMPLATE)
    (tmp_path / "widgets" / "crew.html").write_text(CREW)
    monkeypatch.setattr(controls, "__path__", [*controls.__path__, str(tmp_path)])
    _look_again()
    yield Environment(loader=FileSystemLoader([tmp_path, "templates"]), autoescape=True, undefined=StrictUndefined)
    monkeypatch.undo()
    sys.modules.pop("engine.forms.controls.rating")
    _look_again()


def _look_again() -> None:
    for known in (discover, controls.controls, controls.named):
        known.cache_clear()


def test_a_control_in_a_file_of_its_own_is_all_that_it_takes(templates: Environment) -> None:
    assert controls.widget({"type": "integer"}, {}, {"widget": "rating"}).name == "rating"
    assert not problems(SCHEMA, UI)
    form = templates.get_template("parts/form.html").module
    drawn = str(form.form(fields(SCHEMA, UI, {"stars": 3})))  # type: ignore[attr-defined]
    assert '<input class="rating"' in drawn and 'name="/stars" value="***"' in drawn
    assert parse(SCHEMA, UI, posted(drawn), {}) == ({"stars": 3}, [])
    data, errors = parse(SCHEMA, UI, [("/stars", "******")], {})
    assert (data, [sentence(error.reason) for error in errors]) == ({"stars": 6}, ["At most 5 stars."])
    assert describe(SCHEMA, UI, {"stars": 3}) == [Shown("Stars", "3 of 5 stars", "text")]


def test_rows_made_to_measure_are_asked_for_by_a_format_and_know_what_is_around(templates: Environment) -> None:
    crews = {"type": "array", "title": "Crews", "format": "crew", "items": {"type": "string"}}
    schema = {"type": "object", "properties": {"crews": crews, "others": {**crews, "format": "else"}}}
    data = {"crews": ["red", "blue"], "others": ["green"]}
    around = Surroundings(roles=("captain", "cook"))
    form = templates.get_template("parts/form.html").module
    drawn = str(form.form(fields(schema, {}, data, around=around)))  # type: ignore[attr-defined]
    assert drawn.count("as captain or cook") == 1 and 'class="crew"' in drawn
    assert parse(schema, {}, posted(drawn), {}) == (data, [])
    assert shape(schema, {}, data, "add:/crews") == {**data, "crews": ["red", "blue", ""]}
    assert shape(schema, {}, data, "move:/crews/1/0") == {**data, "crews": ["blue", "red"]}


def test_without_its_file_the_control_is_refused_at_publishing() -> None:
    assert [sentence(why) for _, why in problems(SCHEMA, UI)] == [
        "“Stars” asks for a control “rating”, and there is no such control."
    ]


def test_every_control_has_a_template_and_a_name_of_its_own() -> None:
    names = [control.name for control in controls.controls()]
    assert len(names) == len(set(names))
    drawn = {control.template(_node(), "") for control in controls.controls()}
    assert {name for name in drawn if not Path(f"templates/widgets/{name}.html").is_file()} == set()


def _node() -> nodes.Node:
    return nodes.tree({"type": "object", "properties": {}}, {})
