"""An SMTP server that takes every mail, in a process of its own: where the mail of a bench goes."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from typing import Any

END = b"\r\n.\r\n"


@dataclass
class Sink:
    port: int
    pid: int
    taken: "Synchronized[int]"

    def count(self) -> int:
        """Mails so far."""
        return int(self.taken.value)


@contextmanager
def running() -> Iterator[Sink]:
    context = multiprocessing.get_context("spawn")
    ports, taken = context.SimpleQueue(), context.Value("i", 0, lock=True)
    process = context.Process(target=_serve, args=(ports, taken), daemon=True)
    process.start()
    try:
        yield Sink(ports.get(), process.pid or 0, taken)
    finally:
        process.kill()
        process.join()


def _serve(ports: Any, taken: Any) -> None:
    async def forever() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Session(taken), "127.0.0.1", 0)
        ports.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(forever())


class _Session(asyncio.Protocol):
    """As much of RFC 5321 as a sender needs who uses neither TLS nor pipelining."""

    def __init__(self, taken: Any) -> None:
        self._taken, self._waiting, self._in_letter = taken, b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while (end := END if self._in_letter else b"\r\n") in self._waiting:
            line, _, self._waiting = self._waiting.partition(end)
            self._transport.write(self._letter() if self._in_letter else self._command(line[:4].upper()))

    def _letter(self) -> bytes:
        self._in_letter = False
        with self._taken.get_lock():
            self._taken.value += 1
        return b"250 taken\r\n"

    def _command(self, verb: bytes) -> bytes:
        if verb == b"EHLO":
            return b"250-sink\r\n250 8BITMIME\r\n"
        self._in_letter = verb == b"DATA"
        return b"354 go on\r\n" if self._in_letter else b"221 bye\r\n" if verb == b"QUIT" else b"250 OK\r\n"
