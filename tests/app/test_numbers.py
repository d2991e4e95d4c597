"""Each prefix counts for itself and belongs to one definition, so that a missing number is a missing request."""

from typing import Any

import pytest
from sqlalchemy import select

from app import definitions
from app.errors import Invalid
from app.store.db import across_tenants
from app.store.tables import instances, versions
from tests.app.requests import ask, instance, shipped
from tests.make import Cast, make_cast


def plain() -> dict[str, Any]:
    """Without the groups that only some tenants have."""
    manager = {"levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]}
    return shipped("purchase-approval", approval=manager, tell={"who": [{"requester": True}]})


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_what_others_ask_for_leaves_no_gap(cast: Cast) -> None:
    purchase, leave = shipped("purchase-approval"), shipped("leave-request")
    for _ in range(2):
        ask(cast.ben, purchase, item="Desk", amount=100)
        ask(cast.ben, leave, kind="Holiday", first_day="2026-12-01", last_day="2026-12-02", days=2)
    with across_tenants() as db:
        rows = db.execute(select(instances).where(instances.c.tenant_id == cast.ben.tenant_id)).all()
    assert sorted((row.prefix, row.number) for row in rows) == [("LEAVE", 1), ("LEAVE", 2), ("PUR", 1), ("PUR", 2)]


def test_what_was_taken_back_is_counted_again(cast: Cast) -> None:
    with pytest.raises(Invalid):
        ask(cast.ben, shipped("purchase-approval"), item="Desk", amount=-1)
    asked = instance(ask(cast.ben, shipped("purchase-approval"), item="Desk", amount=100))
    assert (asked.prefix, asked.number) == ("PUR", 1)


def test_a_prefix_belongs_to_one_definition(cast: Cast) -> None:
    first = plain()
    second = plain() | {"key": "another", "name": "Another"}
    with across_tenants() as db:
        definitions.publish(db, cast.ada.principal, first)
    with pytest.raises(Invalid, match="cannot be published") as refused, across_tenants() as db:
        definitions.publish(db, cast.ada.principal, second)
    assert refused.value.errors[0]["pointer"] == "/prefix"
    assert "is used by “Purchase approval”" in refused.value.errors[0]["message"]
    with across_tenants() as db:
        definitions.publish(db, cast.ada.principal, first | {"description": "Anew"})
        kept = db.execute(select(versions.c.document).where(versions.c.tenant_id == cast.ada.tenant_id)).scalars().all()
    assert {document["key"] for document in kept} == {"purchase-approval"}


def test_the_prefix_of_requests_without_one_is_nobodys(cast: Cast) -> None:
    document = plain()
    del document["prefix"]
    ask(cast.ben, document, item="Desk", amount=100)
    with pytest.raises(Invalid) as refused, across_tenants() as db:
        definitions.publish(db, cast.ada.principal, document | {"key": "other", "prefix": "REQ"})
    assert refused.value.errors[0]["pointer"] == "/prefix"
