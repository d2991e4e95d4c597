"""Workers sleep in Redis until there is work; what waits there is a hint and waits there once."""

from collections.abc import Iterator
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest

from app.effects import worker
from app.effects.broker import TURN, HintBroker
from app.runtime import wake
from tests.servers import wait_until

QUEUE = "tests"


@pytest.fixture
def broker() -> Iterator[HintBroker]:
    wake.redis().delete(wake.place(QUEUE))
    yield HintBroker({QUEUE: 2})
    wake.redis().delete(wake.place(QUEUE))


def waiting() -> int:
    """Connections of this test process that Redis keeps waiting."""
    own = wake.redis().connection_pool.connection_kwargs.get("db", 0)
    found: list[dict[str, str]] = wake.redis().client_list()
    return sum(one["cmd"] == "bzmpop" and "b" in one["flags"] and int(one["db"]) == own for one in found)


def test_an_idle_worker_waits_in_redis_and_asks_nothing() -> None:
    """One waiting pop for each queue; the next comes when it is over, which is a second and not milliseconds."""
    assert worker.IDLE_MILLISECONDS >= 1000
    idle = worker.build()
    idle.start()
    try:
        wait_until(lambda: waiting() == 2, "both consumers to wait")
    finally:
        idle.stop()


def test_what_comes_wakes_the_one_who_waits(broker: HintBroker) -> None:
    effect = wake.member(uuid4(), uuid4())
    found: list[Any] = []
    consumer = broker.consume(QUEUE, timeout=10_000)
    sleeper = Thread(target=lambda: found.append(next(consumer)), daemon=True)
    sleeper.start()
    wait_until(lambda: waiting() == 1, "the consumer to wait")
    wake.send([effect], QUEUE)
    sleeper.join(5)
    assert [message.args for message in found] == [(effect,)]
    consumer.close()


def test_nothing_waits_twice(broker: HintBroker) -> None:
    effect = wake.member(uuid4(), uuid4())
    for _ in range(3):
        wake.send([effect], QUEUE)
    assert wake.redis().zcard(wake.place(QUEUE)) == 1


def test_one_turn_takes_several_and_no_more_turns_than_threads(broker: HintBroker) -> None:
    effects = [wake.member(uuid4(), uuid4()) for _ in range(3 * TURN)]
    wake.send(effects, QUEUE)
    consumer = broker.consume(QUEUE, timeout=50)
    first, second = next(consumer), next(consumer)
    assert first
    assert second
    assert len(first.args) == len(second.args) == TURN
    assert next(consumer) is None, "both threads have work"
    consumer.ack(first)
    third = next(consumer)
    assert third
    assert {*first.args, *second.args, *third.args} == set(effects)
    consumer.requeue([third])
    assert wake.redis().zcard(wake.place(QUEUE)) == TURN
    consumer.close()


def test_what_is_no_id_is_left_out(broker: HintBroker) -> None:
    good = wake.member(uuid4(), uuid4())
    found: dict[Any, float] = {b"\xff{not an id": 0.0, good: 1.0}
    wake.redis().zadd(wake.place(QUEUE), found)
    consumer = broker.consume(QUEUE, timeout=50)
    message = next(consumer)
    assert message
    assert message.args == (good,)
    consumer.close()
