"""Keys that may speak for others: they end with the role of their owner, who stays answerable for them."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from app import people
from app.access import auth, keys
from app.access.devices import Place
from app.errors import Forbidden, Invalid
from app.store.db import across_tenants
from app.store.tables import api_keys, events, users
from tests.app.requests import ask, decide, instance, shipped
from tests.make import PASSWORD, Cast, User, browser, make_cast, make_key, make_user

LEVELS = [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]
PURCHASE = shipped("purchase-approval", approval={"levels": LEVELS})


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def speaking(user: User) -> str:
    with across_tenants() as db:
        return make_key(db, user, speaks_for_others=True)


def approve(secret: str, instance_id: UUID, person: User) -> Any:
    with browser() as client:
        headers = {"authorization": f"Bearer {secret}"}
        return client.post(
            f"/api/approvals/{instance_id}/approve", json={"userId": person.email, "comment": "ok"}, headers=headers
        )


def decisions(instance_id: UUID) -> list[Any]:
    with across_tenants() as db:
        of_it = events.c.instance_id == instance_id, events.c.type == "TaskDecided"
        return list(db.execute(select(events).where(*of_it)))


def working(user: User) -> int:
    with across_tenants() as db:
        mine = api_keys.c.user_id == user.id, api_keys.c.revoked_at.is_(None)
        return int(db.execute(select(func.count()).where(*mine).select_from(api_keys)).scalar_one())


def details(user: User, *roles: str) -> people.Details:
    return people.Details(user.name, user.email, roles=roles)


def test_it_needs_the_right_of_its_owner_at_every_use(cast: Cast) -> None:
    secret, asked = speaking(cast.cleo), ask(cast.ada, PURCHASE, item="Desk", amount=5000)
    with across_tenants() as db:
        db.execute(update(users).where(users.c.id == cast.cleo.id).values(roles=["requester", "approver"]))
    answer = approve(secret, asked, cast.cleo)
    assert answer.status_code == 403
    assert "Cleo, whose key it is" in answer.json()["detail"]
    assert decisions(asked) == []


def test_it_ends_with_the_role_and_does_not_come_back_with_it(cast: Cast) -> None:
    secret = speaking(cast.cleo)
    with across_tenants() as db:
        other = make_user(db, cast.cleo.tenant_id, "Gil", "admin")
        make_key(db, cast.cleo)
    for roles in (("requester",), ("requester", "approver", "admin")):
        with across_tenants() as db:
            people.change(db, other.principal, cast.cleo.id, details(cast.cleo, *roles))
    with across_tenants() as db:
        assert keys.find(db.query, secret) is None
    assert working(cast.cleo) == 1, "the ordinary one goes on"


def test_its_owner_does_not_decide_through_it_on_an_own_request(cast: Cast) -> None:
    asked = ask(cast.ben, PURCHASE, item="Desk", amount=5000)
    with across_tenants() as db:
        db.execute(update(users).where(users.c.id == cast.ben.id).values(roles=["requester", "approver", "admin"]))
    answer = approve(speaking(cast.ben), asked, cast.cleo)
    assert answer.status_code == 403
    assert "a key of Ben" in answer.json()["detail"]
    assert (decisions(asked), instance(asked).status) == ([], "waiting_approval")


def test_its_owner_does_not_sign_a_second_level_through_it(cast: Cast) -> None:
    both = [*LEVELS, {"id": "second", "name": "Second", "who": [{"user": cast.ben.email}]}]
    asked = ask(cast.ada, shipped("purchase-approval", approval={"levels": both}), item="Desk", amount=5000)
    secret = speaking(cast.cleo)
    decide(cast.cleo, asked, "approved")
    assert approve(secret, asked, cast.ben).status_code == 403
    assert [row.actor_id for row in decisions(asked)] == [cast.cleo.id]


def test_the_record_names_the_key_and_its_owner(cast: Cast) -> None:
    asked = ask(cast.ada, PURCHASE, item="Desk", amount=5000)
    with across_tenants() as db:
        gil = make_user(db, cast.cleo.tenant_id, "Gil", "admin")
    assert approve(speaking(gil), asked, cast.cleo).status_code == 200
    (decided,) = decisions(asked)
    with across_tenants() as db:
        key = db.execute(select(api_keys.c.id).where(api_keys.c.user_id == gil.id)).scalar_one()
    assert decided.data["key"] == {"id": str(key), "owner": str(gil.id)}
    assert (decided.actor_kind, decided.actor_id) == ("key", cast.cleo.id)
    assert decided.actor_name == "Cleo, through the key “Tests” of Gil"


def test_it_has_an_end_within_a_year(cast: Cast) -> None:
    for days in (None, keys.MAX_SPEAKING_DAYS + 1):
        wanted = keys.Wanted("Bot", ["approval:approve"], days, speaks_for_others=True)
        with pytest.raises(Invalid) as refused, across_tenants() as db:
            keys.create(db, cast.cleo.principal, wanted)
        assert refused.value.errors[0]["pointer"] == "/days"
    assert working(cast.cleo) == 0


def test_a_link_for_a_new_password_ends_keys_where_asked(cast: Cast) -> None:
    with across_tenants() as db:
        make_key(db, cast.ben)
    with browser(cast.cleo) as admin:
        for asked_for, left in ({}, 1), ({"keys": "yes"}, 0):
            assert admin.post(f"/people/{cast.ben.id}/invitation", data=asked_for).status_code == 303
            assert working(cast.ben) == left


def test_a_new_password_of_ones_own_ends_keys_where_asked(cast: Cast) -> None:
    with across_tenants() as db:
        make_key(db, cast.ben)
    place = Place("2001:db8::5")
    auth.change_password(cast.ben.principal, PASSWORD, "a river of stones", place)
    assert working(cast.ben) == 1
    auth.change_password(cast.ben.principal, "a river of stones", "a lake of stones", place, end_keys=True)
    assert working(cast.ben) == 0


def test_who_comes_back_has_no_keys_of_before(cast: Cast) -> None:
    with across_tenants() as db:
        secret = make_key(db, cast.ben)
    for change in (people.deactivate, people.activate):
        with across_tenants() as db:
            change(db, cast.cleo.principal, cast.ben.id)
    with across_tenants() as db:
        assert keys.find(db.query, secret) is None


def test_only_who_manages_keys_may_have_one(cast: Cast) -> None:
    with pytest.raises(Forbidden), across_tenants() as db:
        keys.create(db, cast.ben.principal, keys.Wanted("Bot", ["approval:approve"], 30, speaks_for_others=True))
