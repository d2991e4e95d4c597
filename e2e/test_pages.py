"""Every page on a desk, as four people see it; test_pages_phone.py has the phone, in the dark."""

import pytest

from e2e.people import People
from e2e.walk import walk

# The same ten thousand elements for everybody: one of those who walk looks at them.
LONG = "/api/docs"


@pytest.mark.parametrize("handle", ["ann", "bob", "olga", "alex"])
def test_a_walk_through_every_page(people: People, handle: str) -> None:
    walk(people.page(handle), *(() if handle == "olga" else [LONG]))


def test_every_answer_has_its_policy(people: People) -> None:
    page = people.page("ann")
    for address in ("/tasks", "/static/app/tokens.css", "/nowhere", "/api/nowhere", "/login"):
        headers = page.request.get(address).headers
        assert "script-src 'self'" in headers["content-security-policy"], address
        assert headers["x-content-type-options"] == "nosniff", address
