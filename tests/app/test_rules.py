"""What a tenant allows beyond roles: authors who ask under their own rules, calls that approve themselves."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import select

from app import definitions, instances
from app.errors import Forbidden
from app.people import rules, rules_command
from app.runtime import Actor
from app.store.db import across_tenants
from app.store.tables import tenants
from tests.app.api import Company, company, written
from tests.app.requests import shipped
from tests.make import Cast, User, browser, make_cast

LAX = shipped("purchase-approval")
LAX["steps"]["amount"]["branches"][0]["when"] = "amount <= 9000000"
BUY = {"item": "Yacht", "amount": 8_000_000}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


def key_of(tenant_id: UUID) -> str:
    with across_tenants() as db:
        return str(db.execute(select(tenants.c.key).where(tenants.c.id == tenant_id)).scalar_one())


def buy(user: User) -> str:
    with across_tenants() as db:
        version = definitions.newest(db, user.principal, "purchase-approval").id
        return instances.start(db, user.principal, version, BUY, Actor("user", user.id, user.name, "web")).state.status


def publish(user: User) -> None:
    with across_tenants() as db:
        definitions.store(db, user.tenant_id, LAX, published_by=user.id)


def test_who_publishes_a_version_buys_nothing_under_it(cast: Cast) -> None:
    publish(cast.ada)
    before = written(cast.ada.tenant_id)
    with pytest.raises(Forbidden, match="somebody else has to ask"):
        buy(cast.ada)
    with browser(cast.ada) as web:
        form = {"/item": "Yacht", "/amount": "8000000", "_do": "submit"}
        assert web.post("/instances/new/purchase-approval", data=form).status_code == 403
    assert written(cast.ada.tenant_id) == before
    assert buy(cast.ben) == "approved"


def test_a_tenant_may_allow_it(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    publish(cast.ada)
    assert rules_command.main([key_of(cast.ada.tenant_id), "authors_may_ask", "yes"]) == 0
    assert buy(cast.ada) == "approved"
    assert rules_command.main([key_of(cast.ada.tenant_id), "authors_may_ask", "no"]) == 0
    with pytest.raises(Forbidden):
        buy(cast.ada)
    assert rules_command.main(["no-such-tenant", "authors_may_ask", "no"]) == 1
    assert "There is no tenant" in capsys.readouterr().out


def test_a_tenant_may_forbid_calls_that_approve_themselves(shop: Company) -> None:
    asked = {"workflowId": "w", "title": "t", "notifyUsers": [shop.email("bob")]}
    with across_tenants() as db:
        rules.set_rule(db, key_of(shop.tenant_id), "calls_may_approve", False)
    before = written(shop.tenant_id)
    for name, value in (("approvalType", "auto"), ("timeoutAction", "approve")):
        refused = shop["ann"].post("/api/approvals", asked | {name: value})
        assert (refused.status, refused.pointers) == (422, [f"/{name}"])
    steps = {"steps": [{"kind": "HUMAN", "timeoutMs": 1000, "timeoutAction": "approve"}]}
    refused = shop["ann"].post("/api/workflows", steps)
    assert (refused.status, refused.pointers) == (422, ["/steps/0/timeoutAction"])
    assert written(shop.tenant_id) == before
    assert shop["ann"].post("/api/approvals", asked).status == 201
