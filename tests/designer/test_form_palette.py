"""A control that exists only in a file of its own is in the palette and has its settings."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.pages.designer.fields import settings_of
from designer.blank import blank
from designer.edits import apply_edit, read_edit
from designer.forms.palette import palette
from engine.forms import controls
from engine.registry import discover

MODULE = '''
"""Stars."""

from engine.forms.controls import Control
from engine.forms.offer import Offer


class Rating(Control):
    name = "rating"
    asks = frozenset({"integer"})
    offer = Offer("Stars", "flag", 22, {"type": "integer", "maximum": 5}, ui={"ui:widget": "rating"},
                  settings={"maximum": {"type": "integer", "title": "So many stars"}})


CONTROLS = (Rating(),)
'''


@pytest.fixture
def rating(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "rating.py").write_text(MODULE)
    monkeypatch.setattr(controls, "__path__", [*controls.__path__, str(tmp_path)])
    _look_again()
    yield
    monkeypatch.undo()
    sys.modules.pop("engine.forms.controls.rating")
    _look_again()


def _look_again() -> None:
    for known in (discover, controls.controls, controls.named):
        known.cache_clear()


@pytest.mark.usefixtures("rating")
def test_it_is_offered_added_and_set() -> None:
    assert [entry.offer.label for entry in palette()][4:8] == ["Money", "Number", "Stars", "One of a list"]
    document = apply_edit(
        blank("a", "A"), read_edit({"edit": "form.add", "step": "request", "kind": "rating", "label": "Quality"})
    )
    assert document["data"]["properties"]["quality"] == {"title": "Quality", "type": "integer", "maximum": 5}
    asked, held = settings_of(document, "request", "/quality")
    assert asked[0]["properties"]["checks"]["properties"] == {"maximum": {"type": "integer", "title": "So many stars"}}
    assert held["checks"] == {"maximum": 5}


def test_without_its_file_it_is_not() -> None:
    assert "rating" not in [entry.kind for entry in palette()]
