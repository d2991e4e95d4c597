"""Events from outside: each counts once, for whoever waits, late or early, whatever dies in between."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from app import external_events
from app.effects import scheduler, work
from app.people import erasure
from app.store.db import across_tenants
from app.store.tables import effects, events, expectations
from app.store.tables import external_events as rows
from tests.app.api import Answer, Company, company
from tests.app.requests import ask, deliver, effects_of, instance

PAID = "payment.received"


@pytest.fixture
def shop() -> Iterator[Company]:
    with company() as made:
        yield made


def order(**settings: Any) -> dict[str, Any]:
    wait = {
        "type": "wait",
        "name": "Payment",
        "event": {"name": PAID, "key": "{order}"},
        "save": "payment",
        "outcomes": {"received": "paid"},
    }
    fields = {"order": {"type": "string", "minLength": 1}}
    return {
        "format": "signoff/definition@1",
        "key": "order",
        "name": "Order",
        "data": {
            "type": "object",
            "properties": fields | {"payment": {"type": "object", "properties": {"amount": {"type": "number"}}}},
        },
        "start": "request",
        "steps": {
            "request": {
                "type": "start",
                "name": "Order",
                "form": {"schema": {"type": "object", "required": ["order"], "properties": fields}},
                "outcomes": {"submitted": "wait"},
            },
            "wait": wait | settings,
            "paid": {"type": "end", "name": "Paid", "status": "approved"},
            "unpaid": {"type": "end", "name": "Not paid", "status": "rejected"},
        },
    }


TIMED: dict[str, Any] = {"after": "P14D", "outcomes": {"received": "paid", "elapsed": "unpaid"}}


def report(shop: Company, source: str, key: str, caller: str = "alex", **data: Any) -> Answer:
    return shop[caller].post("/api/v1/external-events", {"id": source, "name": PAID, "key": key, "data": data})


def offer(shop: Company) -> None:
    """What the worker does that was woken."""
    with across_tenants() as db:
        mine = (effects.c.tenant_id == shop.tenant_id, effects.c.kind == "offer", effects.c.status == "pending")
        pending = list(db.execute(select(effects.c.id).where(*mine)).scalars())
    work.run(shop.tenant_id, *pending)


def kept(shop: Company) -> list[Any]:
    with across_tenants() as db:
        return list(db.execute(select(rows).where(rows.c.tenant_id == shop.tenant_id).order_by(rows.c.id)))


def waiting(shop: Company) -> int:
    with across_tenants() as db:
        return len(db.execute(select(expectations).where(expectations.c.tenant_id == shop.tenant_id)).all())


def test_a_request_waits_for_its_event_and_keeps_what_comes_with_it(shop: Company) -> None:
    one = ask(shop.people["ann"], order(), order="PO-1")
    other = ask(shop.people["ann"], order(), order="PO-2")
    deliver(one)
    deliver(other)
    assert report(shop, "a", "PO-1", amount=12).body == {"id": "a", "awaited": True}
    offer(shop)
    assert (instance(one).status, instance(one).state["data"]["payment"]) == ("approved", {"amount": 12})
    assert instance(other).status == "running"
    (row,) = kept(shop)
    assert row.met and row.data == {"amount": 12}
    assert waiting(shop) == 1
    shown = shop["ann"].get(f"/api/v1/instances/{other}").body
    assert shown["status"] == "running"


def test_one_that_comes_early_is_kept_for_the_request(shop: Company) -> None:
    assert report(shop, "a", "PO-1", amount=12).body == {"id": "a", "awaited": False}
    one = ask(shop.people["ann"], order(), order="PO-1")
    assert instance(one).status == "running"
    deliver(one)
    assert (instance(one).status, instance(one).state["data"]["payment"]) == ("approved", {"amount": 12})
    again = ask(shop.people["ann"], order(), order="PO-1")
    deliver(again)
    assert instance(again).status == "running", "an event that was kept is for one"


def test_everybody_who_waits_for_it_goes_on(shop: Company) -> None:
    several = [ask(shop.people["ann"], order(), order="PO-1") for _ in range(3)]
    for one in several:
        deliver(one)
    report(shop, "a", "PO-1")
    offer(shop)
    assert {instance(one).status for one in several} == {"approved"}


def test_without_a_key_it_is_about_the_request(shop: Company) -> None:
    one = ask(shop.people["ann"], order(event={"name": PAID}), order="PO-1")
    deliver(one)
    report(shop, "a", str(one))
    offer(shop)
    assert instance(one).status == "approved"


def test_the_same_one_counts_once_and_another_under_its_id_is_refused(shop: Company) -> None:
    one = ask(shop.people["ann"], order(), order="PO-1")
    deliver(one)
    assert report(shop, "a", "PO-1", amount=1).body["awaited"] is True
    offer(shop)
    head = instance(one).seq
    again = report(shop, "a", "PO-1", amount=1)
    assert (again.status, again.body["awaited"]) == (202, True)
    offer(shop)
    assert instance(one).seq == head
    assert report(shop, "a", "PO-1", amount=2).status == 409
    assert report(shop, "a", "PO-9", amount=1).status == 409
    assert len(kept(shop)) == 1


def test_twenty_at_once_under_one_id_are_one(shop: Company) -> None:
    one = ask(shop.people["ann"], order(), order="PO-1")
    deliver(one)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: report(shop, "a", "PO-1", amount=1), range(20)))
    assert {answer.status for answer in answers} == {202}
    offer(shop)
    assert len(kept(shop)) == 1
    with across_tenants() as db:
        types = db.execute(select(events.c.type).where(events.c.instance_id == one)).scalars().all()
    assert types.count("EventReceived") == 1


def test_coming_and_beginning_to_wait_at_once_never_miss_each_other(shop: Company) -> None:
    keys = [f"PO-{number}" for number in range(12)]
    made = {key: ask(shop.people["ann"], order(), order=key) for key in keys}
    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(deliver, made[key]) for key in keys] + [pool.submit(report, shop, key, key) for key in keys]
        for one in done:
            one.result()
    offer(shop)
    assert {instance(one).status for one in made.values()} == {"approved"}
    assert waiting(shop) == 0 and all(row.met for row in kept(shop))


def test_an_event_that_nobody_waits_for_any_more_is_kept_for_the_next(shop: Company) -> None:
    one = ask(shop.people["ann"], order(), order="PO-1")
    deliver(one)
    assert shop["ann"].post(f"/api/v1/instances/{one}/withdraw", {"reason": "Changed my mind"}).status == 200
    assert report(shop, "a", "PO-1", amount=3).body["awaited"] is True
    offer(shop)
    (row,) = kept(shop)
    assert not row.met and row.taken_at is None and waiting(shop) == 0
    other = ask(shop.people["ann"], order(), order="PO-1")
    deliver(other)
    assert instance(other).state["data"]["payment"] == {"amount": 3}


def test_a_worker_that_dies_and_does_it_again_does_it_once(shop: Company) -> None:
    one = ask(shop.people["ann"], order(), order="PO-1")
    (expect,) = effects_of(one, name=PAID)
    claimed, _ = work._claim(shop.tenant_id, [expect.id], uuid4())[0]
    external_events.perform(claimed)
    external_events.perform(claimed)
    assert waiting(shop) == 1
    report(shop, "a", "PO-1")
    external_events.perform(claimed)
    offer(shop)
    seq = instance(one).seq
    with across_tenants() as db:
        db.execute(update(effects).where(effects.c.kind == "offer").values(status="pending", lease_until=None))
    offer(shop)
    external_events.perform(claimed)
    assert (instance(one).status, instance(one).seq, waiting(shop)) == ("approved", seq, 0)


def test_a_request_that_waits_twice_takes_two_events(shop: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the second wait begins while the first event is still being passed on."""
    document = order(outcomes={"received": "rest"})
    document["steps"]["rest"] = document["steps"]["wait"] | {"name": "The rest", "outcomes": {"received": "paid"}}
    one = ask(shop.people["ann"], document, order="PO-1")
    deliver(one)
    pass_to = external_events._met

    def and_wait_again(*given: Any) -> bool:
        done = pass_to(*given)
        deliver(one)
        return done

    monkeypatch.setattr(external_events, "_met", and_wait_again)
    report(shop, "a", "PO-1", amount=1)
    offer(shop)
    assert [token["step"] for token in instance(one).state["tokens"]] == ["rest"]
    report(shop, "b", "PO-1", amount=2)
    offer(shop)
    assert (instance(one).status, instance(one).state["data"]["payment"]) == ("approved", {"amount": 2})


def test_what_does_not_fit_stops_and_is_mended(shop: Company) -> None:
    one = ask(shop.people["ann"], order(), order="PO-1")
    deliver(one)
    report(shop, "a", "PO-1", amount="much")
    offer(shop)
    assert instance(one).state["tokens"][0]["blocked"]["code"] == "answer_unfit"
    assert shop["alex"].post(f"/api/v1/instances/{one}/retry").status == 200
    assert instance(one).status == "approved"


def test_the_time_is_up_before_it_comes(shop: Company) -> None:
    one = ask(shop.people["ann"], order(**TIMED), order="PO-1")
    deliver(one)
    with across_tenants() as db:
        due = db.query("SELECT due_at - now() AS left FROM timers WHERE instance_id = %(id)s", {"id": one})[0]["left"]
    scheduler.fire_due(due)
    assert instance(one).status == "rejected"
    report(shop, "a", "PO-1")
    offer(shop)
    assert (instance(one).status, kept(shop)[0].met) == ("rejected", False)


def test_who_may_not_is_told_so_and_another_tenant_reaches_nothing(shop: Company) -> None:
    one = ask(shop.people["ann"], order(), order="PO-1")
    deliver(one)
    for caller in ("ann", "bob", "olga"):
        assert report(shop, caller, "PO-1", caller).status == 403
    assert report(shop, "a", "PO-1", "eve").body == {"id": "a", "awaited": False}
    offer(shop)
    assert instance(one).status == "running" and not kept(shop)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/id"),
        ({"id": "", "name": PAID, "key": "k"}, "/id"),
        ({"id": "a", "name": "no spaces", "key": "k"}, "/name"),
        ({"id": "a", "name": PAID, "key": ""}, "/key"),
        ({"id": "a", "name": PAID, "key": "k", "data": []}, "/data"),
        ({"id": "a", "name": PAID, "key": "k", "data": {"x": "y" * 201_000}}, "/data"),
    ],
)
def test_a_bad_event_is_answered_by_its_field(shop: Company, body: Any, pointer: str) -> None:
    answer = shop["alex"].post("/api/v1/external-events", body)
    assert answer.status == 422 and pointer in answer.pointers
    assert not kept(shop)


def test_early_ones_have_a_bound(shop: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(external_events, "MAX_EARLY", 2)
    assert [report(shop, name, name).status for name in "abc"] == [202, 202, 409]
    assert len(kept(shop)) == 2


def test_old_ones_and_what_ended_requests_waited_for_are_forgotten(shop: Company) -> None:
    report(shop, "a", "PO-1")
    with across_tenants() as db:
        db.execute(update(rows).where(rows.c.tenant_id == shop.tenant_id).values(created_at="2020-01-01T00:00:00Z"))
    one = ask(shop.people["ann"], order(), order="PO-2")
    deliver(one)
    shop["ann"].post(f"/api/v1/instances/{one}/withdraw", {})
    with across_tenants() as db:
        external_events.forget(db)
    assert not kept(shop) and not waiting(shop)


def test_what_other_systems_sent_about_somebody_is_erased_with_them(shop: Company) -> None:
    ann = shop.people["ann"]
    report(shop, "a", "PO-1", payer=ann.email)
    with across_tenants() as db:
        db.query("UPDATE users SET active = false WHERE id = %(id)s", {"id": ann.id})
        found = erasure.erase(db, shop.people["alex"].principal, ann.id)
    assert not kept(shop) and found.left == []


def test_the_page_says_what_it_waits_for(shop: Company) -> None:
    one = ask(shop.people["ann"], order(**TIMED), order="PO-1")
    told = shop["ann"].get(f"/api/v1/instances/{one}/events").body["events"][-1]["text"]
    assert told.startswith("“Payment” waits for “payment.received” about “PO-1”")
    assert UUID(instance(one).state["tokens"][0]["wait"]["expects"]).version == 7
