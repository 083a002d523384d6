"""Access control for every URL: sessions, origins, and the security headers."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import product
from typing import Any

import msgspec
import pytest
from tornado.httpclient import HTTPClientError
from tornado.routing import URLSpec
from tornado.web import RequestHandler

from tests.client import People
from tests.web.url_table import API, ENDPOINTS, METHODS, MUTATING, ROUTES, Endpoint
from ting.core.errors import StartupError
from ting.core.origins import Origin
from ting.core.settings import Settings
from ting.server import Server
from ting.web import routes
from ting.web.api.conversations import ChannelHandler
from ting.web.api.files import SANDBOX
from ting.web.handler import SECURITY_HEADERS, Access, ApiHandler, Handler

FRIEND = "https://friend.example"


def implemented(endpoints: Iterable[Endpoint]) -> list[tuple[str, str]]:
    """Every path with each of its methods."""
    return [(endpoint.path, method) for endpoint in endpoints for method in endpoint.methods]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, origins=[Origin(FRIEND)])


@pytest.mark.gen_test(timeout=60)
async def test_every_api_url_except_sign_in_and_registration_needs_a_session(people: People) -> None:
    stranger = people.stranger()
    cookies = ("", "ting_session=", "ting_session=wrong", "other=1", 'ting_session="\\073"')
    public = {("/api/session", "POST"), *(("/api/registration", method) for method in ("GET", "HEAD", "POST"))}
    requests = [(path, method) for path, method in implemented(API) if (path, method) not in public]

    for (path, method), stranger.cookie in product(requests, cookies):
        answer = await stranger.request(method, path, {} if method in MUTATING else None)
        assert answer.status == 401, (method, path, stranger.cookie)
        assert method == "HEAD" or answer.code == "no_session", (method, path, stranger.cookie)


@pytest.mark.gen_test(timeout=60)
async def test_pages_of_other_sites_cannot_change_anything(people: People) -> None:
    ada = await people.enter("ada")
    host = people.url.removeprefix("http://").rstrip("/")
    foreign = [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": f"http://{host}.evil.example"},
        {"Origin": f"http://evil.example/{host}"},
        {"Origin": f"http://{host}@evil.example"},
        {"Origin": f"{FRIEND}.evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ]

    for endpoint, method, headers in product(ROUTES, MUTATING, foreign):
        answer = await ada.request(method, endpoint.path, {}, **headers)
        assert (answer.status, answer.code) == (403, "bad_origin"), (method, endpoint.path, headers)
    assert (await ada.get("/api/me")).status == 200


@pytest.mark.gen_test
async def test_own_pages_listed_origins_and_programs_can_make_changes(people: People) -> None:
    ada = await people.enter("ada")
    own = people.url.rstrip("/")

    for headers in ({}, {"Origin": own}, {"Origin": FRIEND}, {"Sec_Fetch_Site": "same-origin"}):
        assert (await ada.request("PATCH", "/api/channels/music", {"topic": "x"}, **headers)).status == 200
        assert (await ada.connect(**headers)).connection.close_code is None


@pytest.mark.gen_test
@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}], ids=str
)
async def test_pages_of_other_sites_cannot_open_a_websocket(people: People, headers: dict[str, str]) -> None:
    ada = await people.enter("ada")

    with pytest.raises(HTTPClientError) as refusal:
        await ada.connect(**headers)

    assert refusal.value.code == 403


@pytest.mark.gen_test
async def test_a_websocket_needs_a_session(people: People) -> None:
    with pytest.raises(HTTPClientError) as refusal:
        await people.stranger().connect()

    assert refusal.value.code == 401


@pytest.mark.gen_test(timeout=60)
async def test_every_response_has_the_security_headers(people: People) -> None:
    ada, stranger = await people.enter("ada"), people.stranger()

    for endpoint, method, person in product(ENDPOINTS, METHODS, (ada, stranger)):
        if (endpoint.path, method) == ("/api/session", "DELETE"):
            continue
        answer = await person.request(method, endpoint.path, {} if method in MUTATING else None)
        sent = {name: answer.headers.get(name) for name in SECURITY_HEADERS}
        if sent["Content-Security-Policy"] == SANDBOX:  # a stricter policy for content uploaded by users
            sent["Content-Security-Policy"] = SECURITY_HEADERS["Content-Security-Policy"]
        assert sent == SECURITY_HEADERS, (method, endpoint.path, answer.status)
        assert "Server" not in answer.headers
        assert answer.status < 500, (method, endpoint.path)


def test_the_content_security_policy_allows_only_own_files_and_images_made_in_the_page() -> None:
    policy = dict(part.strip().split(" ", 1) for part in SECURITY_HEADERS["Content-Security-Policy"].split(";"))

    assert policy["default-src"] == "'self'"
    assert policy["img-src"] == "'self' data: blob:"
    assert not [
        name for name, sources in policy.items() if name != "img-src" and ("data:" in sources or "blob:" in sources)
    ]
    assert {policy[name] for name in ("object-src", "base-uri", "frame-ancestors")} == {"'none'"}
    for sources in policy.values():
        assert "unsafe" not in sources
        assert "*" not in sources


@pytest.mark.gen_test(timeout=60)
async def test_an_unsupported_method_is_answered_with_the_supported_ones(people: People) -> None:
    ada = await people.enter("ada")

    for endpoint, method in product(ROUTES, METHODS):
        if method in endpoint.methods:
            continue
        answer = await ada.request(
            method, endpoint.path, {} if method in MUTATING else None, Sec_WebSocket_Protocol="ting.v1"
        )
        assert answer.status == 405, (method, endpoint.path)
        assert sorted(answer.headers["Allow"].split(", ")) == sorted(endpoint.methods), endpoint.path
        if method != "HEAD":
            assert answer.code == "bad_method"


@pytest.mark.gen_test
@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/api/me/", "/a/b", "/static/x", "/files/x", "/u/"])
async def test_unknown_urls_are_answered_with_404_as_json(people: People, path: str) -> None:
    for method in ("GET", "POST"):
        answer = await people.stranger().request(method, path, {} if method == "POST" else None)
        assert (answer.status, answer.code) == (404, "not_found")


class WithoutAccess(Handler):
    """Does not declare its access."""


class WithAccess(ApiHandler):
    access = Access.ANYONE


@pytest.mark.parametrize("handler", [WithoutAccess, RequestHandler])
def test_a_url_table_with_a_handler_without_access_is_rejected(handler: Any) -> None:
    table = [URLSpec("/clear", WithAccess), URLSpec("/silent", handler)]

    routes.check(table[:1])
    with pytest.raises(StartupError, match=rf"{handler.__name__} \(/silent\$\) does not declare its access"):
        routes.check(table)


def test_a_server_with_a_handler_without_access_does_not_start(
    start_server: Callable[[Settings], Server], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ChannelHandler, "access", None)

    with pytest.raises(StartupError, match=r"ChannelHandler .* does not declare its access"):
        start_server(settings)


def test_the_url_table_ends_with_a_pattern_that_matches_everything() -> None:
    assert [str(endpoint) for endpoint in ENDPOINTS][-1] == "/there/is/nothing/here"
    assert len({replace(endpoint).path for endpoint in ENDPOINTS}) == len(ENDPOINTS)
