"""The client and its ledger: every intent is on the disk before it is sent, every answer after it came.

Retries what got no answer, or a 503, with the same Idempotency-Key; so nothing is asked twice and nothing forgotten.
"""

import http.client
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from time import monotonic
from typing import Any
from uuid import uuid4

from e2e.chaos.sink import Notebook

PATIENCE = 90.0


@dataclass
class Answer:
    status: int
    body: dict[str, Any]


@dataclass
class Client:
    """unexpected: answers that no caller should see (O10)."""

    port: int
    key: str
    ledger: Notebook
    unexpected: list[tuple[str, int, str]] = field(default_factory=list)

    def get(self, path: str) -> Answer:
        return self._until_answered("GET", path, None, None)

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        key = str(uuid4())
        self.ledger.write({"intent": key, "path": path, "body": body})
        answer = self._until_answered("POST", path, body, key)
        self.ledger.write({"answer": key, "status": answer.status, "body": answer.body})
        return answer

    def _until_answered(self, method: str, path: str, body: Any, key: str | None) -> Answer:
        begin, never = monotonic(), Event()
        while True:
            try:
                answer = self._once(method, path, body, key)
            except (OSError, http.client.HTTPException):
                answer = None
            if answer and answer.status != 503 and not _still_busy(answer):
                return answer
            if monotonic() - begin > PATIENCE:
                raise TimeoutError(f"{method} {path} was not answered in {PATIENCE:.0f} s")
            never.wait(0.1)

    def _once(self, method: str, path: str, body: Any, key: str | None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        headers = {
            "authorization": f"Bearer {self.key}",
            "content-type": "application/json",
            "accept": "application/json",
        }
        if key:
            headers["idempotency-key"] = key
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        kind = response.getheader("content-type", "")
        if response.status >= 500 and not (
            response.status == 503 and "problem+json" in kind and response.getheader("retry-after")
        ):
            self.unexpected.append((path, response.status, text[:200].decode(errors="replace")))
        return Answer(response.status, json.loads(text) if "json" in kind and text else {})


def _still_busy(answer: Answer) -> bool:
    """The first try is still being done: its lost answer is asked for again."""
    return answer.status == 409 and "being done right now" in str(answer.body.get("detail", ""))


def crowd(count: int, act: Callable[[int], None]) -> list[Exception]:
    """`act(0) … act(count-1)` on eight threads. Returns what went wrong."""
    numbers, lock = iter(range(count)), threading.Lock()
    found: list[Exception] = []

    def work() -> None:
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            try:
                act(number)
            except (AssertionError, OSError, KeyError, IndexError, TypeError, TimeoutError) as error:
                with lock:
                    found.append(error)

    threads = [threading.Thread(target=work) for _ in range(min(8, count))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
