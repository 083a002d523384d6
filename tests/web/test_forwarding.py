"""The address of a client behind proxies: as an address, whatever form the proxy writes it in."""

from typing import Any, cast

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest

from ting.core.networks import Network, forwarded_address
from ting.core.settings import Settings
from ting.web.request import address_of, scheme_of
from ting.web.services import WebServices


class Services:
    """What the functions need of the server."""

    settings = Settings(trusted_proxies=[Network("127.0.0.1"), Network("10.0.0.0/8")])
    reports = 0

    def report_bad_forwarding(self) -> None:
        self.reports += 1


class Request:
    """A request from an address with these headers."""

    protocol = "http"

    def __init__(self, remote_ip: str = "127.0.0.1", **headers: str) -> None:
        self.remote_ip = remote_ip
        self.headers = HTTPHeaders({name.replace("_", "-"): value for name, value in headers.items()})


def address(forwarded: str, remote_ip: str = "127.0.0.1") -> str:
    request = cast(HTTPServerRequest, Request(remote_ip, X_Forwarded_For=forwarded))
    return address_of(cast(WebServices, Services()), request)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("198.51.100.2", "198.51.100.2"),
        (" 198.51.100.2:5000 ", "198.51.100.2"),
        ("[2001:DB8::1]:5000", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ('"[2001:db8::1]:5000"', "2001:db8::1"),
        ("::ffff:198.51.100.2", "198.51.100.2"),
        ("[::ffff:198.51.100.2]:80", "198.51.100.2"),
        ("fe80::1%eth0", "fe80::1"),
        *((text, None) for text in ("", "unknown", "_hidden", "198.51.100", "a:80", "[", "]", "[x]:1", "1.2.3.4.5")),
        ("198.51.100.2 Refused at the door", None),
    ],
)
def test_ports_brackets_and_quotes_are_stripped(text: str, expected: str | None) -> None:
    assert forwarded_address(text) == expected


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ("198.51.100.2:5000", "198.51.100.2"),
        ("203.0.113.9, 198.51.100.2:5000, 10.0.0.1:80", "198.51.100.2"),
        ("203.0.113.9, , 198.51.100.2", "198.51.100.2"),
        ("198.51.100.2, [::ffff:10.0.0.1]:80", "198.51.100.2"),
        ("", "127.0.0.1"),
        ("unknown", "127.0.0.1"),
        ("203.0.113.9, unknown", "127.0.0.1"),  # who wrote what comes before it is not known
        ("203.0.113.9, unknown, 10.0.0.1", "10.0.0.1"),
        ("10.0.0.7", "10.0.0.7"),
    ],
)
def test_the_nearest_address_that_is_no_proxy_counts(forwarded: str, expected: str) -> None:
    assert address(forwarded) == expected


def test_without_a_trusted_proxy_nothing_forwarded_counts() -> None:
    assert address("203.0.113.9", remote_ip="192.0.2.1") == "192.0.2.1"
    request = cast(Any, Request("192.0.2.1", X_Forwarded_Proto="https"))
    assert scheme_of(cast(WebServices, Services()), request) == "http"


@pytest.mark.parametrize(
    ("forwarded", "scheme"),
    [("https", "https"), ("HTTPS", "https"), ("https, http", "https"), ("http, https", "http"), ("ftp", "http")],
)
def test_the_first_forwarded_scheme_counts_in_any_case(forwarded: str, scheme: str) -> None:
    request = cast(Any, Request(X_Forwarded_Proto=forwarded))

    assert scheme_of(cast(WebServices, Services()), request) == scheme


def test_what_is_no_address_is_reported() -> None:
    services = Services()
    address_of(cast(WebServices, services), cast(Any, Request(X_Forwarded_For="unknown")))

    assert services.reports == 1
