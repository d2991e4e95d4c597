"""Which addresses we call. A written URL is taken apart strictly: what can be read in two ways is refused."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote

WRITTEN = re.compile(r"(?i)(https?)://([^/?#\\]*)((?:[/?][^#]*)?)(?:#.*)?", re.DOTALL)
AUTHORITY = re.compile(r"(?i)(?:([a-z0-9_.-]{1,253})|\[([0-9a-f:.]{2,45})\])(?::([0-9]{1,5}))?")
LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# A last label like these makes some resolvers read the whole name as an IPv4 address.
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
LOCAL_NAMES = ("localhost", "local", "internal", "localdomain", "home.arpa")
WEB_PORTS = {"http": 80, "https": 443}
# Other services that listen above 1023 and could be made to act on the text of an HTTP request.
SERVICE_PORTS = {
    *(1433, 1521, 2049, 2375, 2376, 3306, 3389, 5432, 5672, 5984),
    *(6000, 6379, 6380, 9042, 9092, 9200, 11211, 27017),
}
GLOBAL_V6 = IPv6Network("2000::/3")
V4_INSIDE_V6 = IPv6Network("2002::/16")
LONGEST = 4000


class Unsafe(ValueError):
    """An address or header we do not use; the message is for whoever wrote it."""


@dataclass(frozen=True)
class Target:
    """path: with the query, percent-encoded."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"


def read(url: str, allow: Collection[str] = ()) -> Target:
    """Take a URL apart. `allow`: places (host:port) that may be inside our own network. Raises Unsafe."""
    target = _parts(url)
    if target.place in allow:
        return target
    if target.port != WEB_PORTS[target.scheme] and (target.port < 1024 or target.port in SERVICE_PORTS):
        raise Unsafe(f"Port {target.port} is not one we call.")
    literal = _literal(target.host)
    if literal is not None:
        require_public(literal)
    elif f".{target.host}".endswith(tuple(f".{name}" for name in LOCAL_NAMES)):
        raise Unsafe(f"“{target.host}” is a name inside a private network.")
    return target


def place(url: str) -> str:
    """The host:port of an address of our own, which needs no further check."""
    return _parts(url).place


def require_public(address: str) -> None:
    """Raises Unsafe for every address that is not a plain public one."""
    found = ip_address(address)
    if isinstance(found, IPv4Address):
        public = found.is_global and not found.is_multicast
    else:
        public = found.is_global and found in GLOBAL_V6 and found not in V4_INSIDE_V6
    if not public:
        raise Unsafe("This address is inside a private network, so it is not called.")


def _parts(url: str) -> Target:
    match = WRITTEN.fullmatch(url)
    if match is None or len(url) > LONGEST:
        raise Unsafe("An address starts with https:// or http:// and names a host.")
    authority = AUTHORITY.fullmatch(match[2])
    if authority is None:
        raise Unsafe("The host is written out in plain letters, without a user, a password or filled-in values.")
    scheme, host = match[1].lower(), (authority[1] or authority[2]).lower()
    if authority[1]:
        _require_name(host)
    else:
        _require_v6(host)
    port = int(authority[3] or WEB_PORTS[scheme])
    if not 0 < port < 65536:
        raise Unsafe(f"There is no port {port}.")
    return Target(scheme, host, port, _path(match[3]))


def _require_name(host: str) -> None:
    labels = host.split(".")
    if not all(LABEL.fullmatch(label) for label in labels):
        raise Unsafe(f"“{host}” is not a host name.")
    if NUMBER.fullmatch(labels[-1]) and _literal(host) is None:
        raise Unsafe(f"“{host}” is an unusual way to write an address. Write it as four numbers, like 203.0.113.7.")


def _require_v6(host: str) -> None:
    try:
        IPv6Address(host)
    except ValueError:
        raise Unsafe(f"“[{host}]” is not an IPv6 address.") from None


def _literal(host: str) -> str | None:
    try:
        return str(ip_address(host))
    except ValueError:
        return None


def _path(written: str) -> str:
    path, question, query = written.partition("?")
    if any(part in (".", "..") for part in re.split(r"[/\\]|%2f|%5c", path.lower().replace("%2e", "."))):
        raise Unsafe("The path goes up or sideways with dots.")
    return quote(path or "/", safe="/%:@!$&'()*+,;=~-._") + question + quote(query, safe="/?%:@!$&'()*+,;=~-._[]")
