"""The web server's protocol: heads, bodies and connections without end are ended."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

from app.web.guard import GuardedProtocol
from tests.servers import wait_until

GET = b"GET / HTTP/1.1\r\nHost: x\r\n"


class Impatient(GuardedProtocol):
    head_seconds = body_seconds = 0.3
    look_seconds = 0.05


class Crowded(GuardedProtocol):
    head_seconds = 60.0
    most_unfinished = 5


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Says how long the body was."""
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return
        length, more = length + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-length", str(length).encode())]})
    await send({"type": "http.response.body", "body": b""})


@contextmanager
def serving(protocol: type[GuardedProtocol]) -> Iterator[int]:
    config = uvicorn.Config(echo, http=protocol, ws="none", port=0, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        wait_until(lambda: server.started, "the server")
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(30)
    assert not thread.is_alive(), "the server still waits for a connection"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(Impatient) as made:
        yield made


@contextmanager
def connection(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as made:
        yield made


def answer(made: socket.socket) -> bytes:
    """All until the server ends the connection."""
    told = b""
    while True:
        try:
            piece = made.recv(65536)
        except ConnectionResetError:
            return told
        if not piece:
            return told
        told += piece


def ask(port: int, *pieces: bytes) -> bytes:
    with connection(port) as made:
        for piece in pieces:
            made.sendall(piece)
        return answer(made)


def test_an_ordinary_request_is_answered_and_the_next_one_on_the_same_connection(port: int) -> None:
    again = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\nConnection: close\r\n\r\n" + b"a" * 100_000
    told = ask(port, GET + b"\r\n", again)
    assert told.count(b"200 OK") == 2
    assert b"x-length: 100000" in told


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        GET + b"Host: y\r\n\r\n",
        GET + b"Host: x\r\n\r\n",
        b"GET /\r\n\r\n",
        GET + b"X: " + b"a" * 40_000 + b"\r\n\r\n",
    ],
    ids=["no host", "two hosts", "the same twice", "no version", "a large head"],
)
def test_a_head_that_is_not_whole_or_too_large_is_refused(port: int, head: bytes) -> None:
    assert b" 200 " not in ask(port, head)


def test_an_old_client_needs_no_host(port: int) -> None:
    assert b"200 OK" in ask(port, b"GET / HTTP/1.0\r\n\r\n")


def test_a_head_without_end_is_ended_early(port: int) -> None:
    sent, told = 0, b""
    with connection(port) as made:
        made.sendall(GET + b"X: ")
        try:
            while sent < 64 * 1024 * 1024:
                sent += made.send(b"a" * 65536)
        except (ConnectionResetError, BrokenPipeError):
            told = b"ended"
    assert told
    assert sent < 16 * 1024 * 1024, "what the sockets' own buffers hold"


def test_a_head_that_does_not_come_is_not_waited_for(port: int) -> None:
    assert b"408" in ask(port, GET)
    assert ask(port) == b""


def test_a_body_that_does_not_come_is_not_waited_for(port: int) -> None:
    told = ask(port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n", b"a")
    assert told == b""


def test_of_too_many_unfinished_requests_the_oldest_is_ended() -> None:
    with serving(Crowded) as port:
        made = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(Crowded.most_unfinished + 1)]
        for one in made:
            one.sendall(GET)
        assert answer(made[0]) == b"", "long before its time"
        made[-1].sendall(b"Connection: close\r\n\r\n")
        assert b"200 OK" in answer(made[-1])
        for one in made:
            one.close()
