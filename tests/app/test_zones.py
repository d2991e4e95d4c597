"""Times are told by the reader's clock; where it is not, they say whose."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from app.people import zones
from app.store.db import across_tenants
from app.store.tables import tasks, tenants, users
from engine.wording.clock import Clock
from tests.app.pages import send, words
from tests.app.requests import ask, deliver, shipped, tasks_of
from tests.make import PASSWORD, Cast, User, browser, make_cast

BERLIN, MANAGER = "Europe/Berlin", {"levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]}
AT = datetime(2026, 11, 22, 10, 44, tzinfo=UTC)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def live_in(user: User, zone: str) -> None:
    with across_tenants() as db:
        db.execute(update(users).where(users.c.id == user.id).values(zone=zone))


def zone_of(user: User) -> str | None:
    with across_tenants() as db:
        zone: str | None = db.execute(select(users.c.zone).where(users.c.id == user.id)).scalar_one()
    return zone


def test_a_moment_says_whose_clock_it_is_told_by() -> None:
    assert Clock().moment(AT) == "22 November 2026, 10:44 UTC"
    assert Clock(ZoneInfo(BERLIN)).moment(AT) == "22 November 2026, 11:44 (Berlin time)"
    assert Clock(ZoneInfo("America/New_York"), own=True).time(AT) == "05:44"
    assert zones.clock("Nowhere/City", own=True) == Clock()


def test_a_page_tells_the_readers_time(cast: Cast) -> None:
    live_in(cast.ben, "Pacific/Kiritimati")
    asked = ask(cast.ben, shipped("purchase-approval", approval=MANAGER), item="Desk", amount=900)
    with across_tenants() as db:
        db.execute(update(tasks).where(tasks.c.instance_id == asked).values(opened_at=AT, due_at=AT))
    with browser(cast.ben) as web:
        page = words(web.get(f"/instances/{asked}").text)
    assert "23 November 2026, 00:44" in page
    assert "00:44 UTC" not in page


def test_a_mail_names_the_zone_of_whoever_gets_it(cast: Cast) -> None:
    live_in(cast.cleo, BERLIN)
    asked = ask(cast.ben, shipped("purchase-approval", approval=MANAGER), item="Desk", amount=900)
    due = Clock(ZoneInfo(BERLIN)).moment(tasks_of(asked)[0].due_at)
    message = next(one for one in deliver(asked) if one.user_id == cast.cleo.id)
    assert f"Answer by {due}" in message.text
    assert "(Berlin time)" in message.html


def test_people_choose_for_themselves_and_administrators_for_the_company(cast: Cast) -> None:
    with browser(cast.cleo) as web:
        page = web.get("/profile").text
        assert send(web, page, "/profile", zone=BERLIN).status_code == 303
        assert send(web, page, "/profile/company", zone="Asia/Tokyo").status_code == 303
        assert send(web, page, "/profile", zone="Moon/Base").status_code == 422
    with across_tenants() as db:
        company = db.execute(select(tenants.c.zone).where(tenants.c.id == cast.cleo.tenant_id)).scalar_one()
    assert (zone_of(cast.cleo), company) == (BERLIN, "Asia/Tokyo")
    with browser(cast.ben) as web:
        page = web.get("/profile").text
        assert "As the company: Asia/Tokyo" in page
        assert "/profile/company" not in page
        token = web.headers["x-csrftoken"]
        assert web.post("/profile/company", data={"zone": BERLIN}, headers={"x-csrftoken": token}).status_code == 403


def test_the_browsers_zone_is_kept_at_the_first_log_in_alone(cast: Cast) -> None:
    for suggested in (BERLIN, "Asia/Tokyo"):
        with browser() as web:
            page = web.get("/login").text
            web.cookies.set("zone", suggested, domain="testserver.local")
            assert send(web, page, "/login", email=cast.ben.email, password=PASSWORD).status_code == 303
        assert zone_of(cast.ben) == BERLIN
