"""The forms about people as somebody fills them in who has many of everything."""

import re

import pytest
from sqlalchemy import select

from app.people.membership import groups_of
from app.store.db import across_tenants
from app.store.tables import users
from tests.make import Cast, browser, make_cast, make_group

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_groups_of_a_person_are_searched_for_where_there_are_many(cast: Cast) -> None:
    """Looking for a group saves nothing and forgets nothing that was typed or ticked."""
    with across_tenants() as db:
        kept = make_group(db, cast.ada.tenant_id, "Board", [cast.ben])
        for number in range(200):
            make_group(db, cast.ada.tenant_id, f"Team {number:03}")
        wanted = make_group(db, cast.ada.tenant_id, "Zürich Purchasing")
    place = f"/people/{cast.ben.id}"
    with browser(cast.cleo) as client:
        page = client.get(f"{place}/edit").text
        assert "Board" in page and "Zürich" not in page and "Team 0" not in page
        typed = {"name": "Ben Typed", "email": "ben@typed.test", "roles": "approver", "groups": str(kept)}
        found = client.post(place, data=typed | {"words": "purch ZÜR", "find": "yes"})
        ticked = re.findall(r'name="groups" value="([^"]+)"( checked)?', found.text)
        assert ticked == [(str(kept), " checked"), (str(wanted), "")]
        assert 'value="Ben Typed"' in found.text and "ben@typed.test" in found.text
        assert found.text.count('name="groups"') == 2
        nothing = client.post(place, data=typed | {"words": "nowhere", "find": "yes"}).text
        assert "No other group is called “nowhere”" in nothing
        assert client.post(place, data=typed | {"words": "team", "find": "yes"}).text.count('name="groups"') == 31
        with across_tenants() as db:
            name = db.execute(select(users.c.name).where(users.c.id == cast.ben.id)).scalar_one()
            assert (name, groups_of(db, cast.ben.tenant_id, cast.ben.id)) == ("Ben", {kept})
        assert client.post(place, data=typed | {"groups": [key for key, _ in ticked]}).status_code == 303
    with across_tenants() as db:
        assert groups_of(db, cast.ben.tenant_id, cast.ben.id) == {kept, wanted}


def test_searching_for_groups_is_for_administrators(cast: Cast) -> None:
    with browser(cast.ben) as client:
        answer = client.post(f"/people/{cast.dov.id}", data={"words": "x", "find": "yes"})
        assert answer.status_code == 403


def test_an_invitation_that_is_handed_over_can_be_copied(cast: Cast) -> None:
    with browser(cast.cleo) as client:
        made = client.post("/people", data={"name": "Mo", "email": "mo@acme.test", "roles": "requester"})
        page = client.get(made.headers["location"]).text
    (link,) = re.findall(r'<code class="mono" id="invitation">([^<]+)</code>', page)
    assert "/welcome/" in link
    assert 'data-copies="invitation"' in page
