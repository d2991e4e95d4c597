"""One tenant's slow system delays neither the mail nor the calls of others."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.effects import work
from app.outgoing.shares import Shares
from app.store.db import across_tenants
from tests.app.environment import environment
from tests.app.requests import ask, attempt, effects_of, messages_of, shipped
from tests.app.sink import Sink, answer, running, silent
from tests.make import Cast, User, make_cast

THREADS = 4
LEVELS = [{"id": "manager", "name": "Manager", "who": [{"manager": 1}]}]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as found, environment(OUTGOING_ALLOW=found.place, WORKER_THREADS=str(THREADS)):
        work._shares.cache_clear()
        yield found
    work._shares.cache_clear()


def calling(user: User, url: str) -> UUID:
    document = shipped(
        "new-supplier", compliance={"levels": [{"id": "any", "name": "Any", "who": [{"role": "approver"}]}]}
    )
    document["steps"]["request"]["outcomes"] = {"submitted": "create"}
    document["steps"]["create"]["call"]["url"] = url
    return ask(user, document, company="ACME", country="DE", contact="a@b.example")


def effect(instance: UUID) -> Any:
    return effects_of(instance)[0]


def test_slow_calls_of_one_tenant_leave_threads_for_mail_and_for_others(cast: Cast, sink: Sink) -> None:
    sink.replies |= {"/slow": silent, "/quick": answer(200, b'{"id": "S-1"}')}
    slow = [calling(cast.eve, sink.url("/slow")) for _ in range(12)]
    quick = calling(cast.ben, sink.url("/quick"))
    mail = ask(cast.ben, shipped("purchase-approval", approval={"levels": LEVELS}), item="Desk", amount=900)
    with ThreadPoolExecutor(THREADS) as worker:
        held = [worker.submit(attempt, effect(instance).id) for instance in slow]
        done: list[Future[None]] = [worker.submit(attempt, effect(instance).id) for instance in (quick, mail)]
        for future in done:
            future.result(5)
        assert effect(quick).status == "done"
        assert len(messages_of(mail)) == 1
        assert sum(not future.done() for future in held) == THREADS - 2
        assert {effect(instance).attempts for instance in slow} == {0, 1}
        sink.replies["/slow"] = answer(200, b'{"id": "S-2"}')
        sink.over.set()
        for future in held:
            future.result(10)
    assert {effect(instance).attempts for instance in slow} == {1}
    with across_tenants() as db:
        ids = [effect(instance).id for instance in slow]
        waiting = db.query("SELECT FROM effects WHERE id = ANY(%s) AND attempts = 0", [ids])
    assert not waiting


def test_shares_are_given_to_those_who_wait_longest() -> None:
    shares, one, other = Shares(4), uuid4(), uuid4()
    calls = [uuid4() for _ in range(4)]
    assert [shares.take(call, one) for call in calls] == [True, True, False, False]
    for call in calls[2:]:
        shares.park(call, one)
    assert shares.following() is None
    assert shares.take(uuid4(), other)
    shares.give_back(one)
    assert shares.following() == (calls[2], one)
    assert not shares.is_parked(calls[2])
    assert shares.is_parked(calls[3])


def test_a_process_with_one_thread_makes_calls_too() -> None:
    shares, tenant, second = Shares(1), uuid4(), uuid4()
    assert shares.take(uuid4(), tenant)
    assert not shares.take(second, tenant)
    shares.give_back(tenant)
    assert shares.take(second, tenant)
