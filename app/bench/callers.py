"""Programs that ask and answer through HTTP, each on a connection that it keeps open."""

import json
import time
from http.client import HTTPConnection
from threading import Barrier, Thread
from typing import Any

from app.bench.product import Product

ASKED = json.dumps(
    {
        "workflowId": "nightly-training",
        "title": "Deploy model 1.2.3",
        "description": "It is more accurate than the one in use.",
        "context": {"accuracy": 0.97, "region": "north"},
        "notifyUsers": ["bob"],
    }
).encode()
ANSWERED = json.dumps({"userId": "bob", "comment": "Looks right."}).encode()


class Caller:
    """Seconds of each call are added to `asks` and `answers`."""

    def __init__(self, product: Product) -> None:
        self._connection = HTTPConnection("127.0.0.1", product.port, timeout=60)
        self._asks, self._answers = (_headers(product.keys[role]) for role in ("requester", "admin"))
        self.asks: list[float] = []
        self.answers: list[float] = []

    def connect(self) -> None:
        """Anew: the server hangs up on those who say nothing for seconds."""
        self._connection.close()
        self._connection.connect()

    def trip(self) -> None:
        self.answer(self.ask())

    def ask(self) -> str:
        told, seconds = self._post("/api/approvals", ASKED, self._asks, 201)
        self.asks.append(seconds)
        return str(told["request"]["id"])

    def answer(self, request: str) -> None:
        _, seconds = self._post(f"/api/approvals/{request}/approve", ANSWERED, self._answers, 200)
        self.answers.append(seconds)

    def _post(self, path: str, body: bytes, headers: dict[str, str], wanted: int) -> tuple[dict[str, Any], float]:
        begin = time.perf_counter()
        self._connection.request("POST", path, body, headers)
        response = self._connection.getresponse()
        told = response.read()
        if response.status != wanted:
            raise RuntimeError(f"{path} was answered {response.status}: {told[:300]!r}")
        return json.loads(told), time.perf_counter() - begin


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}


def together(callers: list[Caller], trips: int) -> None:
    """So many trips of each, all at once."""
    _at_once([(lambda caller=caller: [caller.trip() for _ in range(trips)]) for caller in callers])


def decide(callers: list[Caller]) -> None:
    """Each has asked, and now all answer in the same moment."""
    waiting = [caller.ask() for caller in callers]
    for caller in callers:
        caller.connect()
    _at_once([(lambda pair=pair: pair[0].answer(pair[1])) for pair in zip(callers, waiting, strict=True)])


def _at_once(acts: list[Any]) -> None:
    begin = Barrier(len(acts))
    failed: list[Exception] = []

    def act(one: Any) -> None:
        begin.wait()
        try:
            one()
        except Exception as broken:  # noqa: BLE001 - told where the bench is
            failed.append(broken)

    threads = [Thread(target=act, args=(one,)) for one in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
