"""Requests that cannot go on stand where the administrators who can help look first."""

from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.store.db import across_tenants
from app.store.tables import instances, tenants, users
from tests.app.pages import send, words
from tests.app.requests import ask, instance, shipped
from tests.make import Cast, browser, make_cast

MANAGER = {"levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def asked(cast: Cast) -> UUID:
    """Cleo has no manager."""
    return ask(cast.cleo, shipped("purchase-approval", approval=MANAGER), item="Desk lamp", amount=900)


def listed(cast: Cast) -> list[UUID]:
    with across_tenants() as db:
        mine = (instances.c.tenant_id == cast.ada.tenant_id, instances.c.blocked_at.is_not(None))
        return list(db.execute(select(instances.c.id).where(*mine)).scalars())


def test_what_is_stuck_is_listed_counted_and_explained(cast: Cast, asked: UUID) -> None:
    assert listed(cast) == [asked]
    with browser(cast.cleo) as web:
        page = web.get("/tasks").text
        deliveries = words(web.get("/effects").text)
    assert "Desk lamp PUR-1" in words(page)
    assert "Nothing is waiting for you" not in page
    assert 'pill--stuck">1<' in page
    assert f'action="/instances/{asked}/retry"' in page
    assert "1 request is stuck" in deliveries


def test_those_who_cannot_help_see_nothing_of_it(cast: Cast, asked: UUID) -> None:
    for user in (cast.ben, cast.dov):
        with browser(user) as web:
            page = web.get("/tasks").text
        assert "Desk lamp" not in page
        assert "pill--stuck" not in page


def test_it_leaves_the_list_with_its_cause(cast: Cast, asked: UUID) -> None:
    with browser(cast.cleo) as web:
        page = web.get("/tasks").text
        assert send(web, page, f"/instances/{asked}/retry").status_code == 303
        assert listed(cast) == [asked]
        with across_tenants() as db:
            db.execute(update(users).where(users.c.id == cast.cleo.id).values(manager_id=cast.ben.id))
            mine = tenants.c.id == cast.cleo.tenant_id
            db.execute(update(tenants).where(mine).values(directory_rev=tenants.c.directory_rev + 1))
        assert send(web, page, f"/instances/{asked}/retry").status_code == 303
        assert listed(cast) == []
        assert instance(asked).status == "waiting_approval"
        assert "pill--stuck" not in web.get("/tasks").text


def test_it_leaves_the_list_when_it_is_closed(cast: Cast, asked: UUID) -> None:
    with browser(cast.cleo) as web:
        place = f"/instances/{asked}"
        send(web, web.get(place).text, f"{place}/withdrawal", reason="Never mind")
    assert (instance(asked).status, listed(cast)) == ("cancelled", [])
