"""Moments are typed in the definition's zone and kept in UTC; descriptions may have the Markdown that is safe."""

from typing import Any

import pytest

from engine.definition import Definition
from engine.forms import Field, describe, fields, parse
from tests.browser import html, posted
from tests.engine.cast import purchase

SCHEMA: dict[str, Any] = {"type": "object", "properties": {"at": {"type": "string", "format": "date-time"}}}
BERLIN = {"ui:globalOptions": {"zone": "Europe/Berlin"}}


def only(data: Any, ui: dict[str, Any] = BERLIN) -> Field:
    return fields(SCHEMA, ui, data).children[0]


@pytest.mark.parametrize(
    ("typed", "kept"), [("2026-11-21T10:30", "2026-11-21T09:30:00Z"), ("2026-07-01T00:15:30", "2026-06-30T22:15:30Z")]
)
def test_a_moment_is_typed_in_the_zone_of_the_form_and_kept_in_utc(typed: str, kept: str) -> None:
    assert parse(SCHEMA, BERLIN, [("/at", typed)], {}) == ({"at": kept}, [])
    assert str(only({"at": kept}).value).removesuffix(":00") == typed
    assert only({}).help == "In Berlin time."


@pytest.mark.parametrize("kept", ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-03-29T01:00:00Z", "never"])
def test_an_untouched_moment_stays_the_same_when_clocks_change(kept: str) -> None:
    sent = posted(html(fields(SCHEMA, BERLIN, {"at": kept})))
    assert parse(SCHEMA, BERLIN, sent, {"at": kept})[0] == {"at": kept}


def test_a_moment_reads_with_its_zone() -> None:
    assert describe(SCHEMA, BERLIN, {"at": "2026-11-21T09:30:00Z"})[0].value == "21 Nov 2026, 10:30 CET"
    assert describe(SCHEMA, {}, {"at": "2026-11-21T09:30:00Z"})[0].value == "21 Nov 2026, 09:30 UTC"


def test_the_forms_of_a_definition_are_in_its_zone() -> None:
    definition = Definition({**purchase(), "zone": "Asia/Tokyo"})
    assert definition.form(definition.start)[1]["ui:globalOptions"]["zone"] == "Asia/Tokyo"


def test_markdown_is_drawn_where_it_is_asked_for_and_nothing_else_becomes_html() -> None:
    text = "**Two** *or* `3` [rules](https://example.com/a) [no](javascript:x) <b>&</b>"
    schema = {"type": "object", "properties": {"a": {"type": "string", "description": text}}}
    drawn = html(fields(schema, {"a": {"ui:enableMarkdownInDescription": True}}, {}))
    link = '<a href="https://example.com/a" rel="noopener noreferrer">rules</a>'
    assert f"<strong>Two</strong> <em>or</em> <code>3</code> {link} [no](javascript:x) &lt;b&gt;" in drawn
    assert "**Two**" in html(fields(schema, {}, {}))
