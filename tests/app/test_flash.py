"""What was done is said once, to whoever did it."""

from uuid import UUID

import pytest

from tests.app.pages import send
from tests.app.requests import ask, shipped, tasks_of
from tests.make import Browser, Cast, browser, make_cast, set_cookie

SAID = "You approved this"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def asked(cast: Cast) -> UUID:
    manager = {"levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]}
    return ask(cast.ben, shipped("purchase-approval", approval=manager), item="Desk", amount=900)


def approve(web: Browser, asked: UUID) -> str:
    place = f"/tasks/{tasks_of(asked)[0].id}"
    done = send(web, web.get(place).text, f"{place}/decision", ("outcome", "approved"))
    return str(done.headers["location"])


def test_it_is_said_once(cast: Cast, asked: UUID) -> None:
    with browser(cast.cleo) as web:
        address = approve(web, asked)
        assert address == f"/instances/{asked}"
        assert f'class="toast__title">{SAID}' in web.get(address).text
        assert SAID not in web.get(address).text


def test_no_address_makes_a_page_say_it(cast: Cast, asked: UUID) -> None:
    with browser(cast.ben) as web:
        assert SAID not in web.get(f"/instances/{asked}?done=approved").text


def test_it_is_said_in_no_other_session(cast: Cast, asked: UUID) -> None:
    with browser(cast.cleo) as web, browser(cast.ben) as other:
        address = approve(web, asked)
        set_cookie(other, "flash", str(web.cookies["flash"]))
        assert SAID not in other.get(address).text
        assert SAID in web.get(address).text
