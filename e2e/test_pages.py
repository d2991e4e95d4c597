"""Every page that can be reached by its links, as four people see it: nothing for axe to find, nothing cut off."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from e2e.people import People

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FILE = re.compile(r"(\.csv|\.json|\.pdf|/file|/files/[^/]+|/body)$")
KEPT = {"htmx-current-path-for-history"}


@pytest.mark.parametrize("dark", [False, True], ids=["desk", "phone-dark"])
@pytest.mark.parametrize("handle", ["ann", "bob", "olga", "alex"])
def test_a_walk_through_every_page(people: People, handle: str, dark: bool) -> None:
    page = people.page(handle, phone=dark, dark=dark)
    seen = []
    for address in _walk(page):
        _look(page, address)
        seen.append(address)
    assert len(seen) >= 8, seen
    stored = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    assert set(stored) <= KEPT, "a page keeps its own address and nothing else"


def _walk(page: Page) -> Iterator[str]:
    """One address of each sort: of a hundred requests, one. Where it leads on from a page is read after its look."""
    ahead, known = ["/tasks"], {"/tasks"}
    while ahead:
        yield ahead.pop(0)
        for href in page.locator("a[href^='/']:not([download])").evaluate_all("all => all.map(a => a.pathname)"):
            sort = UUID.sub("*", href)
            if sort not in known and not FILE.search(sort) and not sort.startswith("/d/"):
                known.add(sort)
                ahead.append(href)


def _look(page: Page, address: str) -> None:
    answer = page.goto(address)
    assert answer
    assert answer.status == 200, address
    found = Axe().run(page)
    assert found.violations_count == 0, (address, found.generate_report())
    assert page.locator("h1").count() == 1, address
    assert page.title(), address
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{address} is {width} pixels too wide"


def test_every_answer_has_its_policy(people: People) -> None:
    page = people.page("ann")
    for address in ("/tasks", "/static/app/tokens.css", "/nowhere", "/api/nowhere", "/login"):
        headers = page.request.get(address).headers
        assert "script-src 'self'" in headers["content-security-policy"], address
        assert headers["x-content-type-options"] == "nosniff", address
