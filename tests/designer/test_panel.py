"""The panel of a step: every setting of every document is drawn, and comes back as it was."""

from typing import Any

import pytest

from designer.panel import changed, flow_form, settings_of, step_form
from engine import forms
from engine.forms.surroundings import Surroundings
from engine.people import Directory, Person
from engine.wording.time_limits import limit_sentence, marks
from tests.browser import html, posted
from tests.designer.documents import DOCUMENTS

ANN = Person("1", "ann@example.com", "ann", "Ann Ahl", "Buyer", ("approver",))
BEN = Person("2", "ben@example.com", "ben", "Ben Berg", active=False)
Json = dict[str, Any]
PEOPLE = Directory({"1": ANN, "2": BEN}, {"board": ("1", "2"), "empty": ()}, {"board": "The board"})


def around(document: dict[str, Any], **more: Any) -> Surroundings:
    return Surroundings(document=document, directory=PEOPLE, roles=("approver", "admin"), here="/d", **more)


def sent_back(
    document: dict[str, Any], form: tuple[Json, Json], holder: dict[str, Any]
) -> tuple[Any, list[forms.FormError]]:
    """What a browser posts from the panel when nobody touched it, as it is read."""
    stored, about = settings_of(form, holder), around(document)
    page = html(forms.fields(*form, stored, stored=stored, around=about))
    return forms.decoded(*form, posted(page), stored, about)


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_panel_that_nobody_touched_changes_nothing(document: dict[str, Any]) -> None:
    for key, step in [("", document), *document["steps"].items()]:
        form = step_form(step["type"]) if key else flow_form()
        data, errors = sent_back(document, form, step)
        assert not errors, (key, errors)
        assert changed(form, step, data) == {}, key


def who_drawn(*entries: dict[str, Any], did: str = "") -> str:
    step = {"type": "notify", "who": list(entries), "subject": "s", "message": "m"}
    stored, form = settings_of(step_form("notify"), step), step_form("notify")
    return html(forms.fields(*form, stored, stored=stored, around=around(DOCUMENTS["everything"], did=did)))


def test_who_is_asked_is_told_by_name_and_those_who_left_are_marked() -> None:
    drawn = who_drawn({"user": "1"}, {"user": "ben"}, {"group": "board"}, {"group": "empty"}, {"group": "gone"})
    assert 'value="ann@example.com"' in drawn and "Ann Ahl, Buyer" in drawn
    assert drawn.count("Ben Berg is not active.") == 2
    assert "1 person now: Ann Ahl" in drawn
    assert drawn.count("That is nobody at present.") == 2
    assert "gone (not there any more)" in drawn


def test_without_scripts_people_are_found_by_a_button() -> None:
    drawn = who_drawn({"user": "an bu"}, did="find:/who/0/user")
    assert '<option value="ann@example.com">Ann Ahl, Buyer (ann@example.com)</option>' in drawn
    assert "Nobody active is called" in who_drawn({"user": "Ben"}, did="find:/who/0/user")


def settled(kind: str, step: dict[str, Any], **changes: str) -> Any:
    """The settings after a post of the panel with these controls filled in otherwise."""
    form, about = step_form(kind), around(DOCUMENTS["everything"])
    stored = settings_of(form, step)
    pairs = posted(html(forms.fields(*form, stored, stored=stored, around=about)))
    pairs = [(name, changes.pop(name, value)) for name, value in pairs]
    assert not changes, changes
    return forms.decoded(*form, pairs, stored, about)


def test_a_person_may_be_named_and_is_kept_by_address() -> None:
    step = {"type": "notify", "who": [{"user": "x"}], "subject": "s", "message": "m"}
    assert settled("notify", step, **{"/who/0/user": "ann  AHL"})[0]["who"] == [{"user": "ann@example.com"}]
    kept = settled("notify", {**step, "who": [{"user": "1"}]}, **{"/subject": "Other"})[0]
    assert kept["who"] == [{"user": "1"}]


@pytest.mark.parametrize(
    ("number", "unit", "kept"),
    [
        ("3", "day", "P3D"),
        ("36", "hour", "PT36H"),
        ("90", "minute", "PT90M"),
        ("2", "month", "P2M"),
        ("1 day 12 hours", "", "P1DT12H"),
        ("1 day and 12 hours", "week", "P1DT12H"),
        ("", "unlimited", None),
        ("", "field:limit", {"field": "limit"}),
        ("9", "field:limit", {"field": "limit"}),
    ],
)
def test_a_span_of_time_is_typed_in_words(number: str, unit: str, kept: Any) -> None:
    step = {"type": "form", "who": [{"manager": 1}], "form": {}, "timeout": {"after": "P5D", "then": "reject"}}
    data, errors = settled("form", step, **{"/timeout/after": number, "unit:/timeout/after": unit})
    assert (data["timeout"]["after"], errors) == (kept, [])


@pytest.mark.parametrize("text", ["soon", "3 moons", "1.5", "day", "P3D", "999999999999 days", "-1"])
def test_what_is_no_span_of_time_is_told_and_kept_as_typed(text: str) -> None:
    step = {"type": "form", "who": [{"manager": 1}], "form": {}, "timeout": {"after": "P5D", "then": "reject"}}
    data, errors = settled("form", step, **{"/timeout/after": text})
    assert [error.pointer for error in errors] == ["/timeout/after"]
    assert data["timeout"]["after"] == text


def limit_told(**policy: Any) -> str:
    return limit_sentence(policy, PEOPLE)


def test_a_time_limit_is_one_sentence() -> None:
    assert limit_told(
        after="P3D", remind=["P2D", "P1D"], then="escalate", to=[{"manager": 2}], within="P1D", finally_="reject"
    ) == (
        "Reminders after 1 day and 2 days; after 3 days it goes to the manager 2 levels above the requester; "
        "1 day later it counts as rejected."
    )
    assert limit_told(after="PT36H", then="approve") == "After 1 day and 12 hours it counts as approved."
    assert limit_told(after=None) == "It waits as long as it takes, and nobody is reminded."
    assert limit_sentence(None, PEOPLE) == "After 3 days it goes up the line; 3 days later it counts as rejected."
    assert [mark.after for mark in marks({"after": "PT2H", "then": "escalate", "times": 2, "within": "PT1H"})] == [
        0,
        7200,
        10800,
        14400,
    ]


@pytest.mark.parametrize(
    "policy", [5, [], {"after": 5}, {"remind": "x", "times": "y", "to": 5, "then": []}, {"to": [5]}]
)
def test_a_time_limit_of_any_shape_has_a_sentence(policy: Any) -> None:
    assert limit_sentence(policy, PEOPLE) and marks(policy) is not None


def test_values_keep_their_types_and_a_value_needs_a_name() -> None:
    step = {"type": "action", "call": {"url": "https://x", "body": {"n": 5, "s": "5"}}}
    form, about = step_form("action"), around(DOCUMENTS["everything"])
    rows = [("/call/url", "https://x"), ("key:/call/body", "n"), ("/call/body", "7"), ("key:/call/body", "t")]
    rows += [("/call/body", "{boss} & co"), ("key:/call/body", ""), ("/call/body", "5")]
    data, errors = forms.decoded(*form, rows, settings_of(form, step), about)
    assert (data["call"]["body"], errors) == ({"n": 7, "t": "{boss} & co"}, [])
    _, errors = forms.decoded(*form, [*rows[:-1], ("/call/body", "new")], settings_of(form, step), about)
    assert [error.pointer for error in errors] == ["/call/body"]


def test_texts_are_shown_with_sample_data_and_offer_the_fields() -> None:
    step = {"type": "notify", "who": [{"manager": 1}], "subject": "{boss} asks for {amount}", "message": "m"}
    form = step_form("notify")
    drawn = html(forms.fields(*form, step, stored=step, around=around(DOCUMENTS["everything"])))
    assert "[Boss] asks for 1200" in drawn and 'data-insert="{urgent}"' in drawn


def test_a_time_limit_is_read_from_texts_of_the_request_and_from_nothing_else() -> None:
    parts: Json = {
        "hours": {"type": "string", "title": "Hours"},
        "speed": {"title": "Speed", "oneOf": [{"const": "approve"}, {"const": "reject"}]},
        "quote": {"type": "object", "format": "file"},
        "photo": {"type": "string", "format": "data-url"},
        "needed_by": {"type": "string", "format": "date"},
        "lines": {"type": "array", "items": {"type": "string"}},
        "amount": {"type": "number"},
        "costs": {"type": "object", "properties": {"a": {"type": "string"}}},
    }
    step = {"type": "approval", "timeout": {"after": {"field": "amount"}, "then": "reject"}}
    form = step_form("approval")
    stored = settings_of(form, step)
    about = around({"data": {"type": "object", "properties": parts}})
    drawn = html(forms.fields(*form, stored, stored=stored, around=about))
    offered = {name for name in parts if f'value="field:{name}"' in drawn}
    assert offered == {"hours", "speed", "amount"}  # the last one is what is set
    assert drawn.count('value="field:hours"') == 4
    assert drawn.count('value="field:amount"') == 1
