"""Addresses and networks in settings."""

import pytest

from ting.core.networks import Network, in_networks


@pytest.mark.parametrize(
    ("network", "inside", "outside"),
    [
        ("127.0.0.1", "127.0.0.1", "127.0.0.2"),
        ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
        ("0.0.0.0/0", "192.0.2.1", "::1"),
        ("2001:db8::/32", "2001:db8:1::7", "2001:db9::7"),
        ("::1", "::1", "127.0.0.1"),
        ("192.0.2.0/24", "::ffff:192.0.2.9", "::ffff:198.51.100.9"),
        ("fe80::/10", "fe80::1%eth0", "fec0::1%eth0"),
    ],
)
def test_a_network_contains_the_addresses_with_its_prefix(network: str, inside: str, outside: str) -> None:
    assert inside in Network(network)
    assert outside not in Network(network)


@pytest.mark.parametrize("invalid", ["", "localhost", "10.0.0.1/8", "10.0.0.0/33", "10.0.0"])
def test_an_invalid_network_is_refused(invalid: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Network(invalid)


@pytest.mark.parametrize("invalid", ["", "unknown", "10.0.0.1:80"])
def test_an_invalid_address_is_in_no_network(invalid: str) -> None:
    assert not in_networks(invalid, [Network("0.0.0.0/0"), Network("::/0")])


def test_a_network_is_printed_as_it_was_written() -> None:
    assert [str(Network(text)) for text in ("127.0.0.1", "10.0.0.0/8")] == ["127.0.0.1", "10.0.0.0/8"]
    assert Network("10.0.0.0/8") == Network("10.0.0.0/255.0.0.0")
