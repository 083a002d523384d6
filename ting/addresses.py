"""Addresses of people: which of them belong together."""

import ipaddress

IPV6_NETWORK_BITS = 64  # what one household or machine is given: it may choose any address in it (RFC 6177)


def network_of(address: str) -> str:
    """Whoever has this address has all of these: an IPv4 address, or the network of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, IPV6_NETWORK_BITS), strict=False))
