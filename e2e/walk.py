"""A walk through every page that can be reached by links, each looked at: nothing for axe to find, nothing cut off."""

import re
from collections.abc import Iterator

from playwright.sync_api import Page

from e2e.access import clean

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FILE = re.compile(r"(\.csv|\.json|\.pdf|/file|/files/[^/]+|/body)$")
KEPT = {"htmx-current-path-for-history"}


def walk(page: Page, *known: str) -> None:
    """known: pages that others look at."""
    seen = []
    for address in _addresses(page, {"/tasks", *known}):
        _look(page, address)
        seen.append(address)
    assert len(seen) >= 8, seen
    stored = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    assert set(stored) <= KEPT, "a page keeps its own address and nothing else"


def _addresses(page: Page, known: set[str]) -> Iterator[str]:
    """One address of each sort: of a hundred requests, one. Where it leads on from a page is read after its look."""
    ahead = ["/tasks"]
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
    clean(page)
    assert page.locator("h1").count() == 1, address
    assert page.title(), address
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{address} is {width} pixels too wide"
