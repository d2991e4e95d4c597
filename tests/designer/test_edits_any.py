"""Edits on anything: every draft can be edited, drawn and checked, whatever shape it has, and undone to the byte."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from designer.blank import blank
from designer.drawable import drawable, faces
from designer.drawing.canvas import draw
from designer.edits import MAX_DOCUMENT, EditRefused, apply_edit, edited, kinds, read_edit, tidy
from designer.edits.delta import between, redone, undone
from engine.check import check_document
from engine.json_text import dumps, loads
from tests.designer.edit_strategies import documents, edits, fitted
from tests.designer.form_strategies import FORM_EDITS

Json = dict[str, Any]


def test_every_kind_of_edit_is_among_the_random_ones() -> None:
    tried = {"insert", "delete", "duplicate", "move", "paste", "retarget", "reorder", "shift"}
    tried |= {"rename", "replace", "set", "unset", "configure", "load", "test.save", "test.delete"}
    assert set(kinds()) == tried | {f"form.{what}" for what in FORM_EDITS}


@settings(max_examples=200, deadline=None)
@given(documents(), edits())
def test_an_edit_of_any_document_is_done_or_refused(document: Json, given_edit: Json) -> None:
    try:
        changed, done = edited(document, read_edit(given_edit))
    except EditRefused:
        return
    assert done.text.endswith(".") and (done.touched or changed == tidy(document))
    assert done.focus == "" or done.focus in changed["steps"]
    _usable(changed)


@settings(max_examples=80, deadline=None)
@given(st.lists(edits(), max_size=25))
def test_undoing_to_the_empty_draft_and_redoing_to_the_full_one_gives_the_same_bytes(given_edits: list[Json]) -> None:
    document = blank("a-flow", "A flow")
    texts, deltas = [dumps(document).decode()], []
    for one in given_edits:
        try:
            document = apply_edit(document, read_edit(fitted(one, document)))
        except EditRefused:
            continue
        _usable(document)
        text = dumps(document).decode()
        deltas.append(between(texts[-1], text))
        texts.append(text)
    text = texts[-1]
    for number in range(len(deltas), 0, -1):
        text = undone(text, deltas[number - 1])
        assert text == texts[number - 1]
    for number, delta in enumerate(deltas, 1):
        text = redone(text, delta)
        assert text == texts[number]


def _usable(document: Json) -> None:
    """Drawn, checked, and read again as it was written."""
    draw(drawable(document), faces(document), plus=True)
    check_document(document)
    written = dumps(document)
    assert len(written) <= MAX_DOCUMENT
    assert dumps(tidy(loads(written))) == written
