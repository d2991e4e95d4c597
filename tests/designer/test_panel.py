"""The panel of a step: every setting of every document is drawn, and comes back as it was."""

from typing import Any

import pytest

from designer.panel import changed, flow_form, settings_of, step_form
from engine import forms
from engine.forms.surroundings import Surroundings
from engine.people import Directory, Person
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
