"""Every page on a phone, in the dark, as four people see it. A file of its own, so that both walks go side by side."""

import pytest

from e2e.people import People
from e2e.test_pages import LONG
from e2e.walk import walk


@pytest.mark.parametrize("handle", ["ann", "bob", "olga", "alex"])
def test_a_walk_through_every_page(people: People, handle: str) -> None:
    walk(people.page(handle, phone=True, dark=True), *(() if handle == "olga" else [LONG]))
