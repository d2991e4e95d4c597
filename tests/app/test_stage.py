"""The stage as HTML: one set of elements for drawing, list and paper, light enough for large flows."""

import re
from typing import Any

import pytest

from app.bench.drawing import flow
from app.exports import pdf
from app.reports.stage import for_paper
from app.web.html import environment
from app.web.icons import sheet
from designer.drawable import drawable
from designer.drawable import faces as draft_faces
from designer.drawing.canvas import draw
from designer.drawing.faces import faces_of, faces_of_draft
from designer.drawing.shapes import Layout
from engine.definition import Definition
from engine.steps import step_types
from tests.app.requests import shipped
from tests.designer.flows import random_flow
from tests.designer.test_flow import PURCHASE

EVIL = '"><script>alert(1)</script>'
MARKS = {"request": "done", "amount": "done", "approval": "waiting"}
TAKEN = {("request", "submitted"), ("amount", "otherwise")}


def stage(layout: Layout, **given: Any) -> str:
    module: Any = environment().get_template("parts/stage.html").module
    return str(module.stage(layout, "Steps", **given))


def test_a_card_names_levels_their_amounts_and_the_time_limit() -> None:
    definition = Definition(shipped("purchase-approval"))
    page = words(stage(draw(definition.document, faces_of(definition))))
    assert "over 500 Manager any one from 5,000 Director any one from 10,000 Board 2 of them" in page
    assert "3 days, then up the line, then rejected" in page
    assert "When amount is at most 500" in page


def test_two_versions_that_differ_by_a_threshold_are_drawn_differently() -> None:
    later = shipped("purchase-approval")
    later["steps"]["approval"]["levels"][1]["when"] = "amount >= 7500"
    definition = Definition(later)
    assert "from 7,500 Director" in words(stage(draw(later, faces_of(definition))))


def test_a_card_is_as_high_as_what_it_says() -> None:
    definition = Definition(shipped("purchase-approval"))
    heights = {card.step: card.h for card in draw(definition.document, faces_of(definition)).cards}
    assert heights["approval"] > heights["amount"] > heights["tell"]


def test_there_is_no_inline_style_or_script_and_each_state_is_a_word() -> None:
    page = stage(draw(PURCHASE), mode="run", marks=MARKS, taken=TAKEN)
    assert not re.search(r"\sstyle=|<script|\son\w+=", page)
    assert page.count("<em>Done</em>") == 2 and "<em>Waiting</em>" in page and "<em>Not reached</em>" in page


def test_names_are_text() -> None:
    document = {"start": "a", "steps": {"a": {"type": "form", "name": EVIL, "outcomes": {EVIL: None}}}}
    assert "<script" not in stage(draw(document, plus=True), mode="edit", link="?step=" + EVIL)


def test_every_outcome_can_be_built_on_without_scripts() -> None:
    page = stage(draw(PURCHASE, plus=True), mode="edit", link="?step=")
    outcomes = {(key, way) for key, step in PURCHASE["steps"].items() if key != "lost" for way in step["outcomes"]}
    assert {tuple(found.split(":")) for found in re.findall(r'href="\?add=([^"]+)"', page)} == outcomes


@pytest.mark.parametrize("size", [0, 10, 200])
def test_any_size_renders_as_nested_lists(size: int) -> None:
    page = stage(draw(random_flow(size, 1) if size else {"start": "", "steps": {}}))
    assert page.count("<ol") == page.count("</ol>") and page.count("<li") == page.count("</li>")
    assert page.count('class="flow-card"') == len(draw(random_flow(size, 1)).cards if size else ())


@pytest.mark.parametrize("mode", ["show", "edit"])
@pytest.mark.parametrize("document", [flow(200), *(random_flow(200, seed) for seed in range(3))])
def test_two_hundred_steps_are_light(document: dict[str, Any], mode: str) -> None:
    layout = draw(drawable(document), draft_faces(document), plus=mode == "edit")
    page = stage(layout, mode=mode, link="?step=", post="/definitions/spending/draft/edits", revision="7")
    assert len(page.encode()) < 200_000
    assert len(re.findall(r"<[a-z]", page)) < 2_500


def test_the_same_definition_gives_the_same_bytes() -> None:
    assert stage(draw(random_flow(50, 1))) == stage(draw(random_flow(50, 1)))


def test_each_type_of_step_has_its_icon_without_an_element() -> None:
    document = shipped("purchase-approval")
    page = stage(draw(document, faces_of(Definition(document))))
    assert "<use" not in page.partition("stage__tools")[0] and 'data-icon="stamp"' in page
    for kind in step_types().values():
        assert f'[data-icon="{kind.ICON}"]{{--icon:url("data:image/svg+xml,' in sheet()


def test_on_paper_everything_has_its_place_and_its_icon_without_other_files() -> None:
    layout = draw(PURCHASE)
    module: Any = pdf.environment().get_template("parts/stage.html").module
    page = for_paper(str(module.stage(layout, "Steps", paper=True)), layout)
    assert "data-x" not in page and "left: " in page
    assert "<use" not in page and page.count('class="icon"') == len(layout.cards)


@pytest.mark.parametrize(
    "step",
    [
        {"type": "approval"},
        {"type": "approval", "levels": [{"when": 5, "who": "x"}], "timeout": []},
        {"type": "approval", "levels": [{"when": "amount >", "who": [{"group": "x"}]}]},
        {"type": "decision", "branches": [{"when": "x"}, 3]},
        {"type": "form", "who": [{"manager": "high"}], "form": {"schema": []}},
        {"type": "start", "form": 7},
        {"type": "no such type"},
    ],
)
@pytest.mark.parametrize("data", [None, [], {"properties": 5}, {"properties": {"amount": 3}}])
def test_a_draft_of_any_shape_is_drawn(step: dict[str, Any], data: Any) -> None:
    document = {"start": "a", "data": data, "steps": {"a": {"name": "A", "outcomes": {"x": ""}, **step}}}
    assert 'id="s-a"' in stage(draw(document, faces_of_draft(document), plus=True), mode="edit", link="?step=")


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())
