"""Who gets an event from outside when others begin to wait while it is passed on, and what admins do to it."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, update

from app import external_events
from app.people import erasure
from app.store.db import across_tenants
from app.store.tables import effects, events
from tests.app.api import Company, company
from tests.app.requests import ask, deliver, effects_of, instance
from tests.app.test_external_events import PAID, kept, offer, order, report, waiting
from tests.make import browser


@pytest.fixture
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


def twice() -> dict[str, Any]:
    """Paid in two parts: one wait after the other, both for the same name and key."""
    document = order(outcomes={"received": "second"})
    document["steps"]["second"] = document["steps"]["wait"] | {"name": "Rest", "outcomes": {"received": "paid"}}
    return document


def test_who_goes_on_with_an_event_and_waits_for_the_next_does_not_get_it_twice(
    shop: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = ask(shop.people["ann"], twice(), order="PO-1")
    deliver(one)
    report(shop, "a", "PO-1", amount=1)
    met = external_events._met

    def then_another_worker_is_quick(*args: Any) -> bool:
        done = met(*args)
        deliver(one)
        return done

    monkeypatch.setattr(external_events, "_met", then_another_worker_is_quick)
    offer(shop)
    assert (instance(one).status, waiting(shop)) == ("running", 1)
    report(shop, "b", "PO-1", amount=2)
    offer(shop)
    with across_tenants() as db:
        types = db.execute(select(events.c.type).where(events.c.instance_id == one)).scalars().all()
    assert (instance(one).status, types.count("EventReceived")) == ("approved", 2)
    assert instance(one).state["data"]["payment"] == {"amount": 2}


def test_who_begins_to_wait_while_the_only_one_leaves_gets_it(shop: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    late = ask(shop.people["ann"], order(), order="PO-1")
    gone = ask(shop.people["ann"], order(), order="PO-1")
    deliver(gone)
    report(shop, "a", "PO-1", amount=1)
    assert shop["ann"].post(f"/api/v1/instances/{gone}/withdraw", {"reason": "Changed my mind"}).status == 200
    met = external_events._met

    def meanwhile(*args: Any) -> bool:
        deliver(late)
        return met(*args)

    monkeypatch.setattr(external_events, "_met", meanwhile)
    offer(shop)
    assert instance(late).status == "approved"
    assert (waiting(shop), kept(shop)[0].met) == (0, True)


def test_deliveries_say_which_event_and_a_request_keeps_what_it_needs_to_find_it(shop: Company) -> None:
    one = ask(shop.people["ann"], order(), order="PO-1")
    (expect,) = effects_of(one, name=PAID)
    with across_tenants() as db:
        db.execute(update(effects).where(effects.c.id == expect.id).values(status="dead"))
    with browser(shop.people["alex"]) as admin:
        page = admin.get(f"/effects/{expect.id}").text
        assert f"Wait for “{PAID}” about “PO-1”" in page and "Why it can go" not in page
        assert admin.post(f"/effects/{expect.id}/discard", data={"reason": "Old"}).status_code == 409
        assert admin.post(f"/effects/{expect.id}/attempts").status_code == 303
        deliver(one)
        report(shop, "a", "PO-1")
        assert f"Event “{PAID}” about “PO-1”" in admin.get("/effects?status=waiting").text
    offer(shop)
    assert instance(one).status == "approved"


def test_the_senders_id_of_an_event_is_erased_from_the_record_with_the_person(shop: Company) -> None:
    ann = shop.people["ann"]
    one = ask(shop.people["bob"], order(), order="PO-1")
    deliver(one)
    report(shop, f"paid by {ann.email}", "PO-1")
    offer(shop)
    with across_tenants() as db:
        db.query("UPDATE users SET active = false WHERE id = %(id)s", {"id": ann.id})
        erasure.erase(db, shop.people["alex"].principal, ann.id)
        told = db.query("SELECT data FROM events WHERE instance_id = %(id)s AND type = 'EventReceived'", {"id": one})
    assert told[0]["data"]["source"] is None


def test_who_waited_when_it_came_gets_it_though_the_wait_was_written_down_later(shop: Company) -> None:
    several = [ask(shop.people["ann"], order(), order="PO-1") for _ in range(2)]
    deliver(several[0])
    report(shop, "a", "PO-1", amount=1)
    offer(shop)
    later = ask(shop.people["ann"], order(), order="PO-1")
    deliver(several[1])
    deliver(later)
    assert [instance(one).status for one in (*several, later)] == ["approved", "approved", "running"]
