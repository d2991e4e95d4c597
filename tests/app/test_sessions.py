"""One's own sessions, and ending them here, there or everywhere."""

import re

import pytest
from sqlalchemy import func, select

from app.access import links
from app.config import settings
from app.pages.sessions import browser as named
from app.store.db import across_tenants
from app.store.tables import sessions
from tests.app.requests import ask, shipped, tasks_of
from tests.make import Cast, User, browser, make_cast, make_key

PURCHASE = shipped(
    "purchase-approval", approval={"levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]}
)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def count(user: User) -> int:
    with across_tenants() as db:
        found = select(func.count()).select_from(sessions).where(sessions.c.user_id == user.id)
        return int(db.execute(found).scalar_one())


def test_each_is_listed_and_ended_by_itself(cast: Cast) -> None:
    with browser(cast.ben) as here, browser(cast.ben) as there, browser(cast.ada) as other:
        listed = here.get("/sessions").text
        (name,) = re.findall(r'action="/sessions/(\w{16})/end"', listed)
        assert "This browser" in listed
        assert other.post(f"/sessions/{name}/end").status_code == 404
        assert here.post(f"/sessions/{name}/end").status_code == 303
        assert there.get("/people").headers["location"].startswith("/login")
        assert here.get("/people").status_code == 200


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/138.0.0.0 Safari/537.36 Edg/138.0", "Edge on Linux"),
        ("curl/8", "Something that is no browser we know"),
        (None, "Something that is no browser we know"),
    ],
)
def test_a_browser_is_called_what_its_owner_calls_it(agent: str | None, name: str) -> None:
    assert named(agent) == name


def test_logging_out_everywhere_ends_all_and_the_links_in_mails(cast: Cast) -> None:
    asked = ask(cast.ben, PURCHASE, item="Desk", amount=5000)
    url = links.make(cast.cleo.tenant_id, tasks_of(asked)[0].id, cast.cleo.id, 2).removeprefix(settings().base_url)
    with browser(cast.cleo) as here, browser(cast.cleo) as there, browser() as mail:
        assert mail.get(url).status_code == 200
        assert here.post("/sessions/end").headers["location"] == "/login"
        assert there.get("/people").status_code == 303
        assert mail.get(url).status_code == 410
        answer = mail.post(url, data={"outcome": "approved"}, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 410
    assert count(cast.cleo) == 0
    assert tasks_of(asked)[0].status == "pending"


def test_a_key_has_no_say_in_them(cast: Cast) -> None:
    with across_tenants() as db:
        secret = make_key(db, cast.ben)
    with browser(cast.ben), browser() as program:
        headers = {"authorization": f"Bearer {secret}"}
        assert program.get("/sessions", headers=headers).status_code == 403
        assert program.post("/sessions/end", headers=headers).status_code == 403
    assert count(cast.ben) == 1
