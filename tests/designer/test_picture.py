"""The templates of a drawing: one picture for screen and paper, one list for phones and screen readers."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jinja2 import Environment, FileSystemLoader

from designer.drawing.canvas import draw
from designer.drawing.shapes import Layout
from tests.designer.flows import random_flow
from tests.designer.test_flow import PURCHASE

ROOT = Path(__file__).parents[2]
EVIL = '"><script>alert(1)</script>'
MARKS = {"request": "done", "amount": "done", "approval": "waiting"}
TAKEN = {("request", "submitted"), ("amount", "otherwise")}


@pytest.fixture(scope="module")
def macros() -> Any:
    environment = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
    return environment.get_template("parts/drawing.html").module


def test_the_picture_for_paper_is_well_formed_and_needs_no_stylesheet(macros: Any) -> None:
    svg = str(macros.drawing_svg(draw(PURCHASE), MARKS, TAKEN))
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert "style=" not in svg
    assert 'stroke="#' in svg


def test_a_page_has_no_inline_style_or_script_and_says_each_state_in_words(macros: Any) -> None:
    page = str(macros.drawing(draw(PURCHASE), MARKS, taken=TAKEN, label="Path"))
    assert not re.search(r"style=|<script|\son\w+=", page)
    assert page.count('font-weight="600" fill="#17784a">Done') == 2 and "</svg>Waiting</span>" in page
    assert "Not reached" in page


def test_names_are_text(macros: Any) -> None:
    document = {"start": "a", "steps": {"a": {"type": "form", "name": EVIL, "outcomes": {EVIL: None}}}}
    page = str(macros.drawing(draw(document, {"a": EVIL}), links={"a": "/x?y=" + EVIL}))
    assert "<script" not in page


def test_with_links_the_picture_speaks_and_without_the_list_does(macros: Any) -> None:
    layout = draw(PURCHASE)
    linked = str(macros.drawing(layout, links={card.step: f"?step={card.step}" for card in layout.cards}))
    assert "How much?, Decision. Up to 500: continues with Order. Otherwise: continues with Approval." in linked
    assert '<svg class="flow"' in linked
    assert re.search(r'<svg class="flow"[^>]*aria-hidden="true"', str(macros.drawing(layout)))
    assert not re.search(r'<svg class="flow"[^>]*aria-hidden="true"', linked)


@pytest.mark.parametrize("size", [0, 200])
def test_any_size_renders(macros: Any, size: int) -> None:
    layout: Layout = draw(random_flow(size, 1) if size else {"start": "", "steps": {}})
    page = str(macros.drawing(layout, label="Drawing"))
    assert page.count("<ol") == page.count("</ol>") and page.count("<li") == page.count("</li>")
    assert ("drawing-wide" in page) == (size > 0)
