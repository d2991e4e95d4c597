"""Requests to addresses that people wrote. None reaches into our own network, takes long, or brings too much.

A name is resolved once and that very address is connected to: it cannot tell the check one thing and the call
another. Redirects are answers like any other; no cookies, proxies or compressed bodies can mislead it.
"""

import re
import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import httpcore2

from app.config import settings
from app.outgoing.transport import Wire
from app.outgoing.url_policy import Target, Unsafe, read, require_public

USER_AGENT = "Signoff"
NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
# What frames the request is ours to say.
OURS = {
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "upgrade",
    "te",
    "trailer",
    "expect",
    "cookie",
}
# A hanging name server holds one of these, never a worker.
_resolvers = ThreadPoolExecutor(8, thread_name_prefix="resolve")


class Unreachable(Exception):
    """No usable answer came; the message says why in words and holds nothing of the request."""


def lookup(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@cache
def default_tls() -> ssl.SSLContext:
    return ssl.create_default_context()


@dataclass(frozen=True)
class Way:
    """How a request travels. connect and total in seconds, size in bytes of the answer.

    allow: places (host:port) that may be inside our own network; the setting of that name where it is None.
    """

    resolve: Callable[[str, int], list[str]] = lookup
    connect: float = 3.0
    total: float = 10.0
    size: int = 1_000_000
    tls: Callable[[], ssl.SSLContext] = default_tls
    allow: Collection[str] | None = None


@dataclass(frozen=True)
class Answer:
    """headers: by lower-case name. cut: there was more body than we take."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cut: bool = False


OUTSIDE = Way()


def check_url(url: str) -> None:
    """For use when an address is saved: raises Unsafe. Names are resolved only when the call is made."""
    if not url.startswith("{base_url}/"):
        read(url, settings().outgoing_allow)


def check_headers(headers: Mapping[str, str]) -> None:
    """Raises Unsafe for what could change the request besides saying something in it."""
    for name, value in headers.items():
        if not NAME.fullmatch(name) or name.lower() in OURS:
            raise Unsafe(f"“{name[:100]}” is not a header that can be set.")
        if any((letter < " " and letter != "\t") or letter == "\x7f" for letter in value):
            raise Unsafe(f"The header “{name}” has a line break or another control character in it.")


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    key: str,
    way: Way = OUTSIDE,
) -> Answer:
    """`key`: the Idempotency-Key, the same on every attempt. Raises Unsafe or Unreachable."""
    allow = settings().outgoing_allow if way.allow is None else way.allow
    target = read(url, allow)
    fields = _fields(headers or {}, body, key)
    deadline = time.monotonic() + way.total
    addresses = _resolve(target, way)
    if target.place not in allow:
        for address in addresses:
            require_public(address)
    try:
        return _exchange(method, target, fields, body, way, Wire(addresses, deadline))
    except httpcore2.TimeoutException:
        raise Unreachable(f"{target.place} did not answer within {way.total:g} seconds.") from None
    except httpcore2.NetworkError as failed:
        raise Unreachable(f"{target.place} could not be reached: {_reason(failed)}.") from None
    except httpcore2.ProtocolError:
        raise Unreachable(f"{target.place} answered with something that is not HTTP.") from None


def _fields(headers: Mapping[str, str], body: bytes | None, key: str) -> list[tuple[bytes, bytes]]:
    said = {"user-agent": USER_AGENT, "accept": "application/json", "accept-encoding": "identity"}
    if body is not None:
        said |= {"content-type": "application/json", "content-length": str(len(body))}
    check_headers(headers)
    said |= {name.lower(): value.strip() for name, value in headers.items()}
    said |= {
        "idempotency-key": key,
        "user-agent": USER_AGENT,
        "accept-encoding": "identity",
        "connection": "close",
    }
    return [(name.encode(), value.encode()) for name, value in said.items()]


def _resolve(target: Target, way: Way) -> list[str]:
    try:
        addresses = _resolvers.submit(way.resolve, target.host, target.port).result(way.connect)
    except TimeoutError:
        raise Unreachable(f"Looking up {target.host} took too long.") from None
    except (OSError, UnicodeError):
        addresses = []
    if not addresses:
        raise Unreachable(f"There is no host called {target.host}.")
    return addresses


def _exchange(
    method: str,
    target: Target,
    fields: list[tuple[bytes, bytes]],
    body: bytes | None,
    way: Way,
    line: Wire,
) -> Answer:
    url = httpcore2.URL(
        scheme=target.scheme.encode(),
        host=target.host.encode(),
        port=target.port,
        target=target.path.encode(),
    )
    limits = {"timeout": {"connect": way.connect, "read": way.total, "write": way.total, "pool": way.total}}
    with (
        httpcore2.ConnectionPool(ssl_context=way.tls(), network_backend=line) as pool,
        pool.stream(method, url, headers=[(b"host", _host(target)), *fields], content=body, extensions=limits) as reply,
    ):
        taken, cut = _body(reply.iter_stream(), way.size)
        told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in reply.headers}
        return Answer(reply.status, told, taken, cut)


def _host(target: Target) -> bytes:
    name = f"[{target.host}]" if ":" in target.host else target.host
    return f"{name}:{target.port}".encode() if target.port not in (80, 443) else name.encode()


def _body(pieces: Iterable[bytes], size: int) -> tuple[bytes, bool]:
    taken = bytearray()
    for piece in pieces:
        taken += piece
        if len(taken) > size:
            return bytes(taken[:size]), True
    return bytes(taken), False


def _reason(failed: Exception) -> str:
    cause = failed.args[0] if failed.args else failed
    if isinstance(cause, ssl.SSLCertVerificationError):
        return "its certificate is not to be trusted"
    if isinstance(cause, ssl.SSLError):
        return "no secure connection came about"
    if isinstance(cause, ConnectionRefusedError):
        return "it refuses connections"
    return "the connection broke"
