"""What comes out of a printer: all of the drawing, and moments that still mean something next year."""

import re
from datetime import UTC, datetime, timedelta

import psycopg
from playwright.sync_api import Page, ViewportSize

from e2e.people import People

# A4 at 96 dots an inch, without its margins.
PAPER = ViewportSize(width=718, height=1047)


def test_a_drawing_is_as_wide_as_the_page(people: People) -> None:
    page = people.page("alex")
    page.goto("/definitions/new-supplier")
    _print(page)
    wide = page.evaluate(
        "Math.max(...Array.from(document.querySelectorAll('.flow-card'), card => card.getBoundingClientRect().right))"
    )
    assert 0 < wide <= PAPER["width"]
    room = page.locator(".stage__view").first.evaluate("stage => [stage.scrollWidth, stage.clientWidth]")
    assert room[0] <= room[1]


def test_no_moment_on_paper_depends_on_when_it_is_read(people: People) -> None:
    page = people.page("olga")
    page.goto("/instances/" + _first_request(page))
    _print(page)
    told = page.locator("main .time, main .countdown").evaluate_all("all => all.map(one => one.innerText.trim())")
    assert told
    for text in told:
        assert re.search(r"\d{4}, \d\d:\d\d", text), text
        assert not re.search(r"ago|yesterday|left|just now", text, re.IGNORECASE), text


def test_the_demo_was_published_before_anybody_asked(people: People) -> None:
    page = people.page("alex")
    page.goto("/definitions/purchase-approval")
    published = datetime.fromisoformat(str(page.locator(".timeline time").first.get_attribute("datetime")))
    assert datetime.now(UTC) - published > timedelta(days=14)
    with psycopg.connect(people.product.demo["database_url"]) as db:
        (days,) = db.execute("SELECT count(DISTINCT sent_at::date) FROM messages").fetchone() or (0,)
    assert days > 3, "mails carry the days of what they are about"


def _first_request(page: Page) -> str:
    page.goto("/audit?since=&request=PUR-4")
    href = page.locator("a[href^='/instances/']").first.get_attribute("href")
    assert href
    return href.rpartition("/")[2]


def _print(page: Page) -> None:
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
