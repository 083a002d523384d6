"""What strangers and bogus cookies may ask for: each is limited, and refused without asking the database."""

import secrets

import msgspec
import pytest

from tests.client import People
from ting.core.networks import Network
from ting.core.settings import Rates, Settings
from ting.server import Server
from ting.store.sessions import SessionStore


@pytest.fixture
def settings(settings: Settings) -> Settings:
    rates = Rates(page="6/1h", download="4/1h", unknown_session="3/1h", people_per_address=1)
    return msgspec.structs.replace(settings, rates=rates, trusted_proxies=[Network("127.0.0.1")])


@pytest.fixture
def lookups(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sessions that the database was asked for."""
    asked: list[str] = []
    get = SessionStore.get

    async def counting(self: SessionStore, session_id: str) -> object:
        asked.append(session_id)
        return await get(self, session_id)

    monkeypatch.setattr(SessionStore, "get", counting)
    return asked


@pytest.mark.gen_test
async def test_pages_and_files_of_the_client_are_limited_per_address(people: People) -> None:
    visitor, neighbour = people.stranger(), people.stranger()
    visitor.address, neighbour.address = "192.0.2.1", "192.0.2.2"

    statuses = [(await visitor.get(path)).status for path in ("/", "/music", "/u/ada", "/a/b/c", "/static/x", "/")]

    assert statuses == [200, 200, 200, 404, 404, 200]
    refused = await visitor.get("/", Accept="text/html", Sec_Fetch_Mode="navigate")
    assert (refused.status, refused.body) == (429, b"Too many requests. Try again a little later.")
    assert int(refused.headers["Retry-After"]) > 0
    assert (await neighbour.get("/")).status == 200


@pytest.mark.gen_test
async def test_profile_pictures_are_limited_per_user(people: People) -> None:
    ada = await people.enter("ada", address="192.0.2.1")

    statuses = [(await ada.get("/api/users/ada/avatar")).status for _ in range(5)]

    assert statuses == [200, 200, 200, 200, 429]
    assert (await ada.get("/api/me")).status == 200


@pytest.mark.gen_test
async def test_a_cookie_that_cannot_be_a_session_asks_the_database_nothing(
    people: People, server: Server, lookups: list[str]
) -> None:
    visitor = people.stranger()

    for token in ("x", "x" * 5_000, "Ω" * 43, "a.b" * 12, "a" * 43 + ";"):
        for headers in ({"Cookie": f"ting_session={token}"}, {"Authorization": f"Bearer {token}"}):
            sent = {name: value.encode().decode("latin-1") for name, value in headers.items()}
            assert (await visitor.get("/api/me", **sent)).status == 401
    assert len(lookups) <= 1  # "a" * 43 before the semicolon is a whole cookie


@pytest.mark.gen_test
async def test_bogus_cookies_are_refused_without_the_database_and_users_are_not(
    people: People, lookups: list[str]
) -> None:
    ada = await people.enter("ada", address="192.0.2.1")
    assert (await ada.get("/api/me")).status == 200
    lookups.clear()
    visitor = people.stranger()
    visitor.address = "192.0.2.1"

    statuses = []
    for path in ("/api/me", "/api/users/ada/avatar", "/files/x/y", "/api/channels", "/api/socket", "/api/me"):
        visitor.cookie = f"ting_session={secrets.token_urlsafe(32)}"
        statuses.append((await visitor.get(path)).status)

    assert statuses == [401, 401, 401, 429, 429, 429]
    assert len(lookups) == 3
    assert (await ada.get("/api/me")).status == 200
