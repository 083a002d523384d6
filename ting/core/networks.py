"""IP addresses and networks."""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

IPV6_NETWORK_BITS = 64  # a site gets at least a /64 and can use any address in it (RFC 6177)


@lru_cache(maxsize=10_000)
def network_of(address: str) -> str:
    """The addresses that one client can use: its IPv4 address, or the network of its IPv6 address."""
    parsed = _parsed(address)
    if parsed is None:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(ipaddress.ip_network((parsed, IPV6_NETWORK_BITS), strict=False))


def forwarded_address(text: str) -> str | None:
    """The address in an element of X-Forwarded-For, without a port and brackets; None if it is no address."""
    text = text.strip().strip('"')
    bare = text[1:].partition("]")[0] if text.startswith("[") else text
    parsed = _parsed(bare) or _parsed(bare.partition(":")[0])
    return None if parsed is None else str(parsed)


class Network:
    """An address or a network: "192.0.2.7", "10.0.0.0/8", "2001:db8::/32" (RFC 4632, RFC 4291)."""

    def __init__(self, text: str) -> None:
        """Raises `ValueError` for other texts, and for a network with bits set beyond its prefix."""
        self._network = ipaddress.ip_network(text)

    def __contains__(self, address: str) -> bool:
        parsed = _parsed(address)
        return parsed is not None and parsed in self._network

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Network) and self._network == other._network

    def __hash__(self) -> int:
        return hash(self._network)

    def __repr__(self) -> str:
        return f"Network({str(self)!r})"

    def __str__(self) -> str:
        is_address = self._network.num_addresses == 1
        return str(self._network.network_address if is_address else self._network)


def in_networks(address: str, networks: Iterable[Network]) -> bool:
    """Whether an address is in one of these networks."""
    return any(address in network for network in networks)


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Parse an address, without its zone. An IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2) becomes an IPv4 address."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return parsed if mapped is None else mapped
