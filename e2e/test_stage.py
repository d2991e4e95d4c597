"""The stage in a browser: text finds its room, keys follow the flow, what is dragged is sent."""

import mimetypes
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from app.web import icons
from app.web.headers import POLICY
from app.web.html import ROOT, environment
from designer.drawable import drawable, faces
from designer.drawing.canvas import draw
from e2e.access import clean
from tests.app.requests import shipped
from tests.designer.flows import random_flow

ADDRESS = "http://stage.test"
PAGE = """<!doctype html><html lang="en"{% if theme %} data-theme="{{ theme }}"{% endif %}><head><title>Stage</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="htmx-config" content='{"includeIndicatorStyles": false}'>
{% for sheet in sheets %}<link rel="stylesheet" href="{{ asset(sheet) }}">{% endfor %}
<link rel="stylesheet" href="{{ icon_sheet }}">
<script src="{{ asset("vendor/htmx.min.js") }}" defer></script>
<script src="{{ asset("app/stage.js") }}" defer></script></head>
<body class="page"><main class="main"><h1>Stage</h1>{{ stage }}</main></body></html>"""
WHERE = """() => { const view = document.querySelector(".stage__view"), room = document.querySelector(".stage__room");
    return [view.scrollLeft, view.scrollTop, room.style.getPropertyValue("--zoom")]; }"""
PINCH = """far => { const view = document.querySelector(".stage__view"), box = view.getBoundingClientRect();
    const touch = (identifier, aside) =>
        new Touch({ identifier, target: view, clientX: box.left + 400 + aside, clientY: box.top + 200 });
    const send = (kind, touches) => view.dispatchEvent(new TouchEvent(kind, { touches, cancelable: true }));
    send("touchstart", [touch(1, -50), touch(2, 50)]);
    send("touchmove", [touch(1, -far), touch(2, far)]);
    send("touchend", []); }"""
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunter"
CUT = """() => [...document.querySelectorAll(".flow-card, .flow-row")]
    .filter((one) => one.scrollHeight > one.clientHeight + 2 || one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.innerText)"""


class Stage:
    """A page with one stage on it, at no server: sent keeps what it posts."""

    def __init__(self, page: Page, document: dict[str, Any], theme: str = "", **given: Any) -> None:
        self.page = page
        self.sent: list[dict[str, list[str]]] = []
        module: Any = environment().get_template("parts/stage.html").module
        layout = draw(drawable(document), faces(document), plus=given.get("mode") == "edit")
        self.stage = module.stage(layout, "Steps", **given)
        self.html = environment().from_string(PAGE).render(stage=self.stage, theme=theme)
        page.route(f"{ADDRESS}/**", self._answer)
        page.goto(f"{ADDRESS}/")

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if route.request.method == "POST":
            self.sent.append(parse_qs(route.request.post_data or ""))
            route.fulfill(body=str(self.stage), content_type="text/html")
        elif path.startswith("/static/"):
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            route.fulfill(body=(ROOT / path[1:]).read_bytes(), content_type=kind)
        elif path == icons.SHEET:
            route.fulfill(body=icons.sheet(), content_type="text/css")
        else:
            policy = "; ".join(f"{name} {value}" for name, value in POLICY.items())
            route.fulfill(body=self.html, content_type="text/html", headers={"content-security-policy": policy})


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened, wrong = context.new_page(), list[str]()
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    yield opened
    context.close()
    assert not [text for text in wrong if "favicon" not in text and "404" not in text]


def wordy() -> dict[str, Any]:
    document = shipped("purchase-approval")
    document["steps"]["approval"]["name"] = f"{LONG} and then some more words that need a second and a third line"
    document["steps"]["approval"]["levels"][1]["name"] = LONG
    document["steps"]["amount"]["branches"][0]["label"] = f"Everything below {LONG}, which is not very much"
    document["steps"]["rejected"]["name"] = LONG
    return document


@pytest.mark.parametrize("width", [1440, 1280, 1024, 390])
@pytest.mark.parametrize(
    "document", [shipped("purchase-approval"), wordy(), shipped("new-supplier")], ids=["plain", "long", "supplier"]
)
def test_no_text_is_cut(page: Page, width: int, document: dict[str, Any]) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    Stage(page, document, mode="run", marks={"request": "done", "approval": "waiting"})
    assert page.evaluate(CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("mode", ["edit", "run"])
def test_axe_finds_nothing(page: Page, theme: str, width: int, mode: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    Stage(page, shipped("purchase-approval"), theme, mode=mode, link="?step=", problems={"approval": 1}, post="/edits")
    clean(page)


def test_a_card_is_dropped_on_a_plus_and_a_chip_on_a_card(page: Page) -> None:
    stage = Stage(page, shipped("purchase-approval"), mode="edit", link="?step=", post="/edits", revision="7")
    chip = "[data-from='approval:rejected']"
    for item, goal in (("#s-tell", "[href='?add=request:submitted']"), (chip, "#s-request")):
        page.locator("#stage").evaluate("stage => stage.dataset.old = 'yes'")
        page.locator(item).drag_to(page.locator(goal))
        expect(page.locator("#stage:not([data-old])")).to_be_visible()
        expect(page.locator(".is-ghost")).to_have_count(0)
    assert stage.sent == [
        {"edit": ["move"], "step": ["tell"], "at": ["request:submitted"], "revision": ["7"]},
        {"edit": ["retarget"], "step": ["approval"], "outcome": ["rejected"], "target": ["request"], "revision": ["7"]},
    ]
    assert urlsplit(page.url).query == "", "a click after a drag leads nowhere"


def test_arrow_keys_follow_the_flow_and_a_chip_shows_where_it_leads(page: Page) -> None:
    Stage(page, shipped("purchase-approval"), mode="edit", link="?step=")
    page.locator("#s-request").focus()
    for step in ("amount", "approval"):
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.id") == f"s-{step}"
    page.locator("[data-from='approval:changes_requested']").focus()
    expect(page.locator(".stage__hint")).to_have_count(1)
    expect(page.locator("#s-request")).to_have_class("flow-card is-target")


@pytest.mark.parametrize("width", [1440, 1024])
def test_the_chosen_card_is_seen_and_nothing_lies_over_the_drawing(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    Stage(page, random_flow(40, 2), mode="edit", link="?step=", selected="s30", post="/edits")
    expect(page.locator("#s-s30")).to_be_in_viewport(ratio=0.99)
    tools, view = page.locator(".stage__tools").bounding_box(), page.locator(".stage__view").bounding_box()
    assert tools and view and tools["y"] + tools["height"] <= view["y"]


def test_two_fingers_zoom(page: Page) -> None:
    Stage(page, random_flow(40, 2), mode="show")
    expect(page.locator(".stage__zoom")).to_have_text("80 %")
    page.evaluate(PINCH, 25)
    expect(page.locator(".stage__zoom")).to_have_text("40 %")
    page.evaluate(PINCH, 75)
    expect(page.locator(".stage__zoom")).to_have_text("60 %")


def test_zoom_and_pan_outlive_a_swap_and_the_whole_of_a_large_flow_can_be_seen(page: Page) -> None:
    Stage(page, random_flow(200, 3), mode="edit", link="?step=", post="/edits")
    expect(page.locator(".stage__map")).to_be_visible()
    page.get_by_role("button", name="Zoom in").click()
    page.locator(".stage__view").evaluate("view => view.scrollTo(300, 900)")
    before = page.evaluate(WHERE)
    with page.expect_response("**/edits"):
        page.evaluate("htmx.ajax('POST', '/edits', {target: '#stage', swap: 'outerHTML'})")
    expect(page.locator(".stage[data-ready]")).to_be_visible()
    assert page.evaluate(WHERE) == before
    page.get_by_role("button", name="Fit").click()
    room = page.locator(".stage__view").evaluate(
        "v => [v.scrollHeight <= v.clientHeight + 2, v.scrollWidth <= v.clientWidth + 2]"
    )
    assert room == [True, True]
