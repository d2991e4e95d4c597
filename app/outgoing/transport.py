"""The connection of one outgoing request: to an address that was checked, and over at its deadline."""

import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpcore2

PIECE = 64 * 1024


@dataclass(frozen=True)
class Wire(httpcore2.NetworkBackend):
    """Connects to the addresses that were checked, whatever name is asked for, and keeps the deadline."""

    addresses: list[str]
    deadline: float
    _plain: httpcore2.SyncBackend = field(default_factory=httpcore2.SyncBackend)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        until = min(self.deadline, time.monotonic() + (timeout or 0.0))
        failed: Exception = httpcore2.ConnectTimeout()
        for address in self.addresses:
            try:
                return Stream(self._plain.connect_tcp(address, port, _left(until), socket_options=()), self.deadline)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as next_one:
                failed = next_one
        raise failed


@dataclass(frozen=True)
class Stream(httpcore2.NetworkStream):
    """A connection whose every wait ends at the deadline: one byte now and then does not keep it alive."""

    inner: httpcore2.NetworkStream
    deadline: float

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, _left(self.deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), PIECE):
            self.inner.write(buffer[start : start + PIECE], _left(self.deadline))

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = min(timeout or 0.0, _left(self.deadline))
        return Stream(self.inner.start_tls(ssl_context, server_hostname, left), self.deadline)

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ConnectTimeout
    return left
