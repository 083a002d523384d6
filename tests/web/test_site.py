"""The hosts and the origins of a server: attacks by pages of other sites find nothing."""

import socket
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from tornado.httpclient import HTTPClientError

from tests.client import People
from ting.core.networks import Network
from ting.core.origins import HostName, Origin
from ting.core.settings import Settings
from ting.server import Server
from ting.web.site import Site

PUBLIC = Settings(public_url="https://Chat.example.org/", hosts=[HostName("intern.example")])


@pytest.mark.parametrize(
    ("settings", "hosts"),
    [
        (Settings(), ["127.0.0.1:8080", "localhost", "localhost:9", "LOCALHOST.", "[::1]:8080"]),
        (Settings(address="::1"), ["[::1]", "localhost:8080"]),
        (Settings(address="192.0.2.1"), ["192.0.2.1:8080"]),
        (Settings(address="chat.lan"), ["chat.lan:8080", "Chat.LAN"]),
        (Settings(address="0.0.0.0"), ["192.0.2.1", "[2001:db8::1]:80", "localhost", socket.gethostname()]),
        (PUBLIC, ["chat.example.org", "CHAT.example.org:443", "intern.example", "127.0.0.1:8080"]),
    ],
)
def test_own_hosts(settings: Settings, hosts: list[str]) -> None:
    site = Site(settings)

    assert [host for host in hosts if not site.has_host(host)] == []


@pytest.mark.parametrize(
    ("settings", "hosts"),
    [
        (
            Settings(),
            ["evil.example", "evil.example:8080", "6.6.6.6", "localhost.evil.example", "", "a:b", "127.0.0.1.x"],
        ),
        (Settings(address="192.0.2.1"), ["192.0.2.2", "localhost"]),
        (Settings(address="::"), ["evil.example", "6.6.6.6.evil.example", "[::1", "6.6.6"]),
        (PUBLIC, ["example.org", "chat.example.org.evil.example", "evil.example", "chat.example.org:x"]),
    ],
)
def test_hosts_of_others(settings: Settings, hosts: list[str]) -> None:
    site = Site(settings)

    assert [host for host in hosts if site.has_host(host)] == []


@pytest.mark.parametrize(
    ("origin", "scheme", "host", "is_own"),
    [
        ("http://localhost:8080", "http", "localhost:8080", True),
        ("http://LOCALHOST:8080", "http", "localhost:8080", True),
        ("http://localhost", "http", "localhost:80", True),
        ("https://chat.example.org", "http", "127.0.0.1:8080", True),
        ("https://chat.example.org:443", "http", "127.0.0.1:8080", True),
        ("https://friend.example", "http", "localhost:8080", True),
        ("https://localhost:8080", "http", "localhost:8080", False),
        ("http://chat.example.org", "https", "chat.example.org", False),
        ("http://localhost:3000", "http", "localhost:8080", False),
        ("//localhost:8080", "http", "localhost:8080", False),
        ("localhost:8080", "http", "localhost:8080", False),
        ("http://localhost:8080/", "http", "localhost:8080", False),
        ("http://localhost:8080/a", "http", "localhost:8080", False),
        ("http://localhost:8080@evil.example", "http", "localhost:8080", False),
        ("http://evil.example\\@localhost:8080", "http", "localhost:8080", False),
        ("http://localhost:8080 ", "http", "localhost:8080", False),
        ("http://localhost:080080", "http", "localhost:8080", False),
        ("null", "http", "localhost:8080", False),
        ("", "http", "", False),
    ],
)
def test_scheme_host_and_port_of_an_origin_must_be_ours(origin: str, scheme: str, host: str, is_own: bool) -> None:
    site = Site(msgspec.structs.replace(PUBLIC, origins=[Origin("https://friend.example")]))

    assert site.is_own_origin(origin, scheme, host) is is_own


@pytest.mark.gen_test
async def test_dns_rebinding_finds_nothing(people: People) -> None:
    ada = await people.enter("ada")
    evil = {"Host": "evil.example:8080", "Origin": "http://evil.example:8080"}

    for method, path, body in (
        ("GET", "/", None),
        ("GET", "/metrics", None),
        ("GET", "/healthz", None),
        ("GET", "/readyz", None),
        ("GET", "/api/me", None),
        ("GET", "/a/b/c", None),
        ("PATCH", "/api/channels/music", {"topic": "x"}),
        ("POST", "/api/session", {"name": "eve"}),
        ("POST", "/api/files?conversation=%23ting", "text"),
    ):
        answer = await ada.request(method, path, body, **evil)
        assert (answer.status, answer.code) == (421, "bad_host"), path
    with pytest.raises(HTTPClientError) as refusal:
        await ada.connect(**evil)
    assert refusal.value.code == 421


@pytest.mark.gen_test
async def test_the_scheme_counts_that_a_trusted_proxy_reports(
    settings: Settings, start_server: Callable[[Settings], Server]
) -> None:
    people = People("")
    proxied = msgspec.structs.replace(
        settings, trusted_proxies=[Network("127.0.0.1")], hosts=[HostName("chat.example.org")]
    )
    server = Server(proxied)
    await server.start()
    try:
        people.url = server.url
        stranger = people.stranger()

        async def enter(name: str, origin: str, scheme: str) -> Any:
            headers = {"Host": "chat.example.org", "Origin": origin, "X-Forwarded-Proto": scheme}
            return await stranger.request("POST", "/api/session", {"name": name}, **headers)

        for number, scheme in enumerate(("https", "HTTPS", "https, http", " https ,http")):
            answer = await enter(f"ada{number}", "https://chat.example.org", scheme)
            assert answer.status == 201, scheme
            assert "Secure" in answer.headers["Set-Cookie"], scheme
        assert (await enter("eve", "http://chat.example.org", "https")).status == 403
        for scheme in ("http", "", "ftp", "http, https"):
            answer = await enter(f"bob{scheme}", "http://chat.example.org", scheme)
            assert answer.status in (201, 400)
            assert "Secure" not in answer.headers.get("Set-Cookie", "")
    finally:
        await people.close()
        await server.stop()
