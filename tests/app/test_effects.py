"""Leases, fencing, back-off and the last try: what the guarantees about effects stand on."""

from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Row, func, select, update
from structlog.testing import capture_logs

from app.effects import leases, scheduler, work
from app.effects.results import Done, Effect, GiveUp, Retry
from app.messages import notify
from app.runtime.wake import QUEUE, member, place, redis
from app.store.db import across_tenants
from app.store.tables import effects as rows
from tests.app.requests import ask, attempt, claim, effects_of, instance, shipped
from tests.make import Cast, make_cast

ACTION: dict[str, Any] = {
    "type": "action",
    "name": "Order",
    "call": {"url": "https://shop.example/orders", "body": {"item": "{item}"}},
    "outcomes": {"done": "approved", "failed": "rejected"},
}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def call(cast: Cast) -> UUID:
    """The effect of a request whose flow is one call."""
    document = shipped("purchase-approval", amount={**ACTION})
    document["steps"] = {key: document["steps"][key] for key in ("request", "amount", "approved", "rejected")}
    document["steps"]["amount"].pop("branches")
    one = ask(cast.ben, document, item="Desk", amount=100)
    found: UUID = effects_of(one)[0].id
    return found


def row(effect: UUID) -> Row[Any]:
    with across_tenants() as db:
        return db.execute(select(rows).where(rows.c.id == effect)).one()


def perform(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    monkeypatch.setattr("app.outgoing.calls.perform", act)


def again(effect: UUID) -> None:
    """Its next attempt is due, and nobody holds it."""
    with across_tenants() as db:
        due = {"next_attempt_at": func.now(), "lease_until": None}
        db.execute(update(rows).where(rows.c.id == effect).values(**due))


def answer(number: str) -> Any:
    return lambda effect: Done({"status": 201, "body": {"id": number}})


def test_a_result_takes_the_request_on(call: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    perform(monkeypatch, answer("X-1"))
    attempt(call)
    assert row(call).status == "done"
    assert instance(row(call).instance_id).status == "approved"


def test_a_duplicate_does_nothing(call: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[Effect] = []

    def act(effect: Effect) -> Done:
        times.append(effect)
        return Done()

    perform(monkeypatch, act)
    for _ in range(3):
        attempt(call)
    assert len(times) == 1


def test_while_somebody_holds_it_nobody_else_does_it(call: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    inside: list[int] = []

    def act(effect: Effect) -> Done:
        attempt(call)
        inside.append(row(call).attempts)
        return Done()

    perform(monkeypatch, act)
    attempt(call)
    assert inside == [1]


def test_a_late_result_is_refused(call: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lease ran out and another worker took over: its token counts, the first one's result does not."""

    def act(effect: Effect) -> Done:
        with across_tenants() as db:
            db.execute(update(rows).where(rows.c.id == call).values(lease_token=uuid4()))
        return Done({"body": "late"})

    perform(monkeypatch, act)
    attempt(call)
    assert row(call).status == "pending"
    assert instance(row(call).instance_id).status == "running"


def test_attempts_back_off_and_the_last_failure_is_told_to_the_flow(
    call: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act(effect: Effect) -> Done:
        raise Retry("500 from the shop")

    perform(monkeypatch, act)
    waits = []
    for _ in range(5):
        attempt(call)
        now = row(call)
        waits.append((now.next_attempt_at - (now.finished_at or now.created_at)).total_seconds())
        again(call)
    found = row(call)
    assert (found.status, found.attempts, len(found.history)) == ("dead", 5, 5)
    assert found.history[0]["error"] == "500 from the shop"
    assert waits[1] > waits[0] * 1.5
    assert instance(found.instance_id).status == "rejected"


def test_giving_up_is_at_once(call: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    def act(effect: Effect) -> Done:
        raise GiveUp("410 Gone")

    perform(monkeypatch, act)
    attempt(call)
    assert (row(call).status, row(call).attempts) == ("dead", 1)


def test_a_broken_effect_harms_only_itself(call: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    def act(effect: Effect) -> Done:
        raise ZeroDivisionError("a parser's surprise")

    perform(monkeypatch, act)
    attempt(call)
    assert row(call).history[0]["error"].startswith("ZeroDivisionError")


def test_one_that_kills_its_worker_dies_after_its_last_try(call: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    with across_tenants() as db:
        db.execute(update(rows).where(rows.c.id == call).values(attempts=5))
    perform(monkeypatch, answer("never"))
    attempt(call)
    assert row(call).status == "dead"
    assert "died on it" in row(call).history[0]["error"]


def test_a_claim_whose_answer_was_lost_is_the_same_claim(call: UUID) -> None:
    token = uuid4()
    for _ in range(2):
        ((effect, _),) = claim([call], token)
        assert effect.attempts == 1
    assert claim([call], uuid4()) == []


def test_the_sweep_finds_what_redis_lost(call: UUID) -> None:
    redis().flushdb()
    with across_tenants() as db:
        long_ago = func.now() - func.make_interval(0, 0, 0, 0, 0, 1)
        db.execute(update(rows).where(rows.c.id == call).values(next_attempt_at=long_ago))
    assert scheduler.sweep() > 0
    assert redis().zscore(place(QUEUE), member(row(call).tenant_id, call))


def questions(cast: Cast, count: int) -> list[UUID]:
    """Messages of as many requests, each at its first attempt."""
    document = shipped(
        "purchase-approval", approval={"levels": [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]}
    )
    asked = [ask(cast.ben, document, item="Desk", amount=7200) for _ in range(count)]
    return [effects_of(one, message="decide")[0].id for one in asked]


def test_several_messages_are_one_turn_and_each_is_fenced(cast: Cast) -> None:
    three = questions(cast, 3)
    token = uuid4()
    claimed = claim(three, token)
    assert {effect.id for effect, _ in claimed} == set(three)
    with across_tenants() as db:
        db.execute(update(rows).where(rows.c.id == three[1]).values(lease_token=uuid4()))
    with capture_logs() as logged:
        for effect, _ in claimed:
            work._succeeded(effect, token, notify.perform(effect))
    assert [row(one).status for one in three] == ["done", "pending", "done"]
    assert [line["effect"] for line in logged] == [str(three[1])], "late results are told, others not"


def test_a_turn_does_messages_and_calls_alike(call: UUID, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    perform(monkeypatch, answer("X-1"))
    several = [*questions(cast, 2), call]
    attempt(*several)
    assert [(row(one).status, row(one).attempts) for one in several] == [("done", 1)] * 3


def test_what_failed_before_is_claimed_alone(cast: Cast) -> None:
    """It may be what its worker died of, and others must not pay for that with an attempt."""
    first, second = questions(cast, 2)
    with across_tenants() as db:
        db.execute(update(rows).where(rows.c.id == first).values(attempts=1))
    assert [effect.id for effect, _ in claim([first, second], uuid4())] == [second]
    assert [effect.id for effect, _ in claim([first], uuid4())] == [first]


def test_two_workers_at_the_same_moment_share_what_there_is(cast: Cast) -> None:
    several = questions(cast, 6)
    found: list[list[UUID]] = []
    begin = Barrier(3, timeout=30)

    def begin_work() -> None:
        begin.wait()
        found.append([effect.id for effect, _ in claim(several, uuid4())])

    threads = [Thread(target=begin_work, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(one for part in found for one in part) == sorted(several)


def test_what_is_held_keeps_its_lease_and_what_was_lost_does_not_come_back(cast: Cast) -> None:
    mine, lost = questions(cast, 2)
    token = uuid4()
    claim([mine, lost], token)
    with across_tenants() as db:
        db.execute(update(rows).where(rows.c.id.in_([mine, lost])).values(lease_until=func.now()))
        db.execute(update(rows).where(rows.c.id == lost).values(lease_token=uuid4()))
        before = db.execute(select(rows.c.lease_until).where(rows.c.id == mine)).scalar_one()
    leases.keeper._renew(row(mine).tenant_id, [{"id": one, "token": token} for one in (mine, lost)])
    assert row(mine).lease_until > before
    assert row(lost).lease_until == before
