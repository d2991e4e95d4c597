"""The client's address behind reverse proxies: X-Forwarded-For, believed of TRUSTED_PROXIES alone."""

from collections.abc import Iterable
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

FORWARDED = "x-forwarded-for"


def client_address(peer: str, forwarded: Iterable[str], trusted: frozenset[str]) -> str:
    """The nearest address that no proxy of ours has. `forwarded`: the lines of the header, in their order.

    Whoever sends the header may write what they like in front of it, so it is read from its end.
    """
    hops = [hop.strip() for line in forwarded for hop in line.split(",")]
    found = peer
    while hops and _is_trusted(found, trusted):
        hop = _parsed(hops.pop())
        if hop is None:
            break
        found = str(hop)
    return found


def _is_trusted(address: str, trusted: frozenset[str]) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in _networks(trusted))


@cache
def _networks(trusted: frozenset[str]) -> list[IPv4Network | IPv6Network]:
    return [ip_network(text) for text in trusted]


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """With or without a port. An IPv4 address is one in IPv6 clothes, too."""
    bare = text[1:].partition("]")[0] if text.startswith("[") else text
    bare = bare.partition(":")[0] if bare.count(":") == 1 else bare
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
