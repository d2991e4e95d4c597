"""A local HTTP server for tests of outgoing calls: what it answers is said per path, what it got is kept."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass
class Got:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Reply = Callable[["Handler"], None]


@dataclass
class Sink:
    port: int
    replies: dict[str, Reply] = field(default_factory=dict)
    got: list[Got] = field(default_factory=list)
    over: Event = field(default_factory=Event)

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"http://{self.place}{path}"


class Handler(BaseHTTPRequestHandler):
    sink: Sink
    protocol_version = "HTTP/1.1"

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.sink.got.append(Got(self.command, self.path, headers, body))
        self.close_connection = True
        try:
            self.sink.replies[self.path](self)
        except (BrokenPipeError, ConnectionResetError):
            return

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any

    def log_message(self, format: str, *args: Any) -> None:
        """Tests speak for themselves."""


def answer(status: int, body: bytes = b"", kind: str = "application/json", **headers: str) -> Reply:
    def reply(handler: Handler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def endless(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    while not handler.sink.over.is_set():
        handler.wfile.write(b"x" * 65536)


def silent(handler: Handler) -> None:
    handler.sink.over.wait(10)


def dripping(handler: Handler) -> None:
    """A byte now and then: each wait alone is short, all together would never end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.sink.over.wait(0.05):
        handler.wfile.write(b"x")


def raw(data: bytes) -> Reply:
    def reply(handler: Handler) -> None:
        handler.wfile.write(data)

    return reply


@contextmanager
def running() -> Iterator[Sink]:
    handler = type("Bound", (Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    sink = Sink(server.server_port)
    handler.sink = sink  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        sink.over.set()
        server.shutdown()
        server.server_close()
