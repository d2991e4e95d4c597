"""HTTP protocol of the web server with limits: how large a head is, how long head and body take, how many are open.

Slow or endless requests (slowloris) are ended before the application sees them, so they cost a socket and no more.
"""

import asyncio
from collections import OrderedDict
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

WORDS = {408: "Request Timeout", 431: "Request Header Fields Too Large"}


class BadHead(Exception):
    """A head that a careful server does not take."""


class GuardedProtocol(HttpToolsProtocol):
    """One connection. Its requests are unfinished from their first byte, or the connection's start, to their last."""

    most_head = 32 * 1024
    head_seconds = 10.0
    # A body comes at this pace at least, after a first while; what we ourselves keep waiting does not count.
    body_seconds, body_bytes_per_second = 10.0, 2_000
    look_seconds = 2.0
    # Unfinished ones in this process; beyond that the one that has been at it longest is ended.
    most_unfinished = 800
    unfinished: ClassVar["OrderedDict[GuardedProtocol, None]"] = OrderedDict()

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._head = self._body = 0
        self._in_head, self._in_body, self._is_first = True, False, True
        self._since = 0.0
        self._look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self._look is None:  # the next request on a kept connection
            self._begin()
        if self._in_head:
            self._head += len(data)
        super().data_received(data)
        if self._in_head and self._head > self.most_head:
            self._refuse(431)

    def on_message_begin(self) -> None:
        self._in_head, self._in_body = True, False
        self._begin()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head, self._in_body, self._is_first, self._head = False, True, False, 0
        self._since = self.loop.time()
        hosts = sum(name == b"host" for name, _ in self.headers)
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > self.most_head or hosts > 1 or (hosts == 0 and self.parser.get_http_version() != "1.0"):
            raise BadHead
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_head, self._in_body, self._head = True, False, 0
        self._finish()
        super().on_message_complete()

    def _begin(self) -> None:
        self._finish()
        self._body, self._since = 0, self.loop.time()
        self.unfinished[self] = None
        self._look = self.loop.call_later(self.look_seconds, self._watch)
        if len(self.unfinished) > self.most_unfinished:
            next(iter(self.unfinished)).drop()

    def _finish(self) -> None:
        self.unfinished.pop(self, None)
        if self._look:
            self._look.cancel()
            self._look = None

    def _watch(self) -> None:
        if self._in_body and self.flow.read_paused:
            self._since += self.look_seconds
        elif self.loop.time() - self._since > self._allowed():
            self._refuse(408)
            return
        self._look = self.loop.call_later(self.look_seconds, self._watch)

    def _allowed(self) -> float:
        """Seconds, since the head began or since it was complete."""
        if self._in_head:
            return self.head_seconds
        return self.body_seconds + self._body / self.body_bytes_per_second

    def _refuse(self, status: int) -> None:
        """Without a word where nothing was asked, or an answer may be on its way."""
        if self._in_head and self._head and self._is_first:
            head = f"HTTP/1.1 {status} {WORDS[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            self.transport.write(head.encode())
        self.drop()

    def drop(self) -> None:
        self._finish()
        self.transport.close()
