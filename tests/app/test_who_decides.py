"""Who may decide is asked in one place, which every way to an answer passes: page, link in a mail, call."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import update

from app import tasks
from app.access import links
from app.errors import Forbidden
from app.store.db import transaction
from app.store.tables import users
from engine.commands import Decide
from tests.app.decided import acting
from tests.app.requests import ask, instance, shipped, tasks_of
from tests.make import Cast, User, browser, make_cast, make_key

LEVELS = [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def asked(cast: Cast) -> tuple[UUID, UUID]:
    """A request, and Cleo's task in it."""
    one = ask(cast.ben, shipped("purchase-approval", approval={"levels": LEVELS}), item="Desk", amount=900)
    return one, tasks_of(one)[0].id


def narrow(user: User) -> None:
    """Take the role away, where nobody has looked yet at whom that leaves waiting."""
    with transaction(user.tenant_id) as db:
        db.execute(update(users).where(users.c.id == user.id).values(roles=["requester", "admin"]))


def test_the_service_that_all_of_them_call_refuses_by_itself(cast: Cast) -> None:
    one, task = asked(cast)
    who = replace(cast.cleo.principal, permissions=frozenset({"approval:approve"}))
    with pytest.raises(Forbidden, match="too narrow"), transaction(who.tenant_id) as db:
        tasks.answer(db, who, task, Decide(str(task), str(who.user_id), "rejected", "no"), acting(cast.cleo))
    assert instance(one).status == "waiting_approval"


def test_neither_page_nor_link_nor_call_decides_for_a_narrow_role(cast: Cast) -> None:
    one, task = asked(cast)
    with transaction(cast.cleo.tenant_id) as db:
        secret = make_key(db, cast.cleo)
    link = links.make(cast.cleo.tenant_id, task, cast.cleo.id, instance(one).seq).rpartition("/")[2]
    narrow(cast.cleo)
    told = {"outcome": "approved", "seen": str(instance(one).seq)}
    with browser(cast.cleo) as page, browser() as other:
        assert page.post(f"/tasks/{task}/decision", data=told).status_code == 403
        assert other.post(f"/d/{link}", data=told).status_code == 403
        headers = {"authorization": f"Bearer {secret}"}
        assert other.post(f"/api/approvals/{one}/approve", json={}, headers=headers).status_code == 403
    assert (instance(one).status, tasks_of(one)[0].status) == ("waiting_approval", "pending")


def test_neither_page_nor_link_offers_what_the_role_is_too_narrow_for(cast: Cast) -> None:
    one, task = asked(cast)
    link = links.make(cast.cleo.tenant_id, task, cast.cleo.id, instance(one).seq).rpartition("/")[2]
    narrow(cast.cleo)
    with browser(cast.cleo) as page, browser() as other:
        for shown in (page.get(f"/tasks/{task}"), other.get(f"/d/{link}")):
            assert shown.status_code == 200
            assert 'value="approved"' not in shown.text
