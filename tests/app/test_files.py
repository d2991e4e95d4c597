"""Files that people attach: only where a form asks for one, so many of a person, each of them its owner's."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from app import definitions, files
from app.effects import scheduler
from app.store.db import across_tenants
from app.store.tables import files as rows
from tests.app.requests import shipped
from tests.app.test_pages_instances import requests_of
from tests.make import Browser, Cast, User, browser, make_cast, make_key

PDF = b"%PDF-1.7 an offer"
NEW = "/instances/new/purchase-approval"


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    with across_tenants() as db:
        document = shipped("purchase-approval", approval={"levels": [{"id": "manager", "who": [{"manager": 1}]}]})
        document["steps"]["tell"]["who"] = [{"requester": True}]
        definitions.store(db, made.ada.tenant_id, document)
        definitions.store(db, made.ada.tenant_id, shipped("leave-request"))
    return made


def attach(web: Browser, place: str, name: str, **answers: str) -> Any:
    return web.post(place, data=answers, files=[(name, ("offer.pdf", PDF, "application/pdf"))])


def stored(user: User) -> list[UUID]:
    with across_tenants() as db:
        return list(db.execute(select(rows.c.id).where(rows.c.uploaded_by == user.id).order_by(rows.c.id)).scalars())


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("leave-request", "/handover"),
        ("leave-request", "/quote"),
        ("purchase-approval", "/item"),
        ("purchase-approval", "/quotes"),
        ("purchase-approval", "/quote/0"),
        ("purchase-approval", "/a" * 40),
        ("purchase-approval", "%"),
    ],
)
def test_what_is_attached_where_no_file_is_asked_for_is_not_stored(cast: Cast, key: str, name: str) -> None:
    with browser(cast.ben) as web:
        assert attach(web, f"/instances/new/{key}", name, **{"/amount": "many"}).status_code == 422
    assert stored(cast.ben) == []


def test_the_oldest_of_too_many_loose_files_make_room(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_LOOSE", 3 * len(PDF))
    with browser(cast.ben) as web, browser(cast.ada) as other:
        attach(other, NEW, "/quote", **{"/amount": "many"})
        for _ in range(5):
            attach(web, NEW, "/quote", **{"/amount": "many"})
            last = stored(cast.ben)[-1]
        assert (len(stored(cast.ben)), stored(cast.ben)[-1]) == (3, last)
        monkeypatch.setattr(files, "MAX_LOOSE_FILES", 2)
        assert attach(web, NEW, "/quote", **{"/item": "Desk", "/amount": "900"}).status_code == 303
    assert len(stored(cast.ada)) == 1
    assert str(stored(cast.ben)[-1]) == requests_of(cast.ben)[0].state["data"]["quote"]["file"]


def test_the_scheduler_takes_away_what_was_never_sent(cast: Cast) -> None:
    with browser(cast.ben) as web:
        attach(web, NEW, "/quote", **{"/item": "Desk", "/amount": "900"})
        attach(web, NEW, "/quote", **{"/amount": "many"})
        with across_tenants() as db:
            old = func.now() - files.LOOSE_FOR
            db.execute(update(rows).where(rows.c.uploaded_by == cast.ben.id).values(created_at=old))
        attach(web, NEW, "/quote", **{"/amount": "many"})
    sent, _, fresh = stored(cast.ben)
    scheduler.clean()
    assert stored(cast.ben) == [sent, fresh]


def test_programs_attach_no_file_but_their_own(cast: Cast) -> None:
    with browser(cast.cleo) as web:
        attach(web, NEW, "/quote", **{"/amount": "many"})
    with browser(cast.ben) as web:
        attach(web, NEW, "/quote", **{"/amount": "many"})
    (own,), (other,) = stored(cast.ben), stored(cast.cleo)
    with across_tenants() as db:
        key = make_key(db, cast.ben)
    facts = {"name": "offer.pdf", "size": len(PDF)}
    with browser() as web:
        web.headers.update({"authorization": f"Bearer {key}", "accept": "application/json"})
        for quote, pointer in (
            ({"file": str(other), **facts}, "/data/quote"),
            ({"file": "../../../logout?x=", "name": "offer.pdf"}, "/data/quote"),
            ({"file": str(own), "name": "signed-contract.pdf"}, "/data/quote"),
            ({"file": str(own), **facts, "checked": True}, "/data/quote/checked"),
        ):
            data = {"item": "Desk", "amount": 900, "quote": quote}
            refused = web.post("/api/v1/instances", json={"definition": "purchase-approval", "data": data})
            assert (refused.status_code, [error["pointer"] for error in refused.json()["errors"]]) == (422, [pointer])
        assert requests_of(cast.ben) == []
        data["quote"] = {"file": str(own), **facts}
        assert web.post("/api/v1/instances", json={"definition": "purchase-approval", "data": data}).status_code == 201
    with across_tenants() as db:
        instance = db.execute(select(rows.c.instance_id).where(rows.c.id == own)).scalar_one()
    assert instance == requests_of(cast.ben)[0].id
