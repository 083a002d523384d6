"""The cookies of browsers: where the chat is reached by https, only its own pages can set and read them."""

from collections.abc import Callable
from http.cookies import Morsel, SimpleCookie
from typing import Any

import msgspec
import pytest
from tornado.ioloop import IOLoop

from tests.client import Answer, People, Person
from ting.core.clock import DAY_MS
from ting.core.settings import Settings
from ting.server import Server
from ting.web.cookies import DEVICE_COOKIE, SESSION_COOKIE

PASSWORD = "correct horse"
Start = Callable[[Settings], Server]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, public_url="https://chat.example.org")


def set_cookies(answer: Answer) -> dict[str, "Morsel[str]"]:
    """The cookies that an answer sets or deletes, by name."""
    lines = answer.headers.get_list("Set-Cookie")
    return {name: morsel for line in lines for name, morsel in SimpleCookie(line).items()}


async def enter(people: People, name: str = "ada") -> tuple[Person, Answer]:
    person = people.stranger()
    answer = await person.request("POST", "/api/session", {"name": name, "password": PASSWORD, "create": True})
    assert answer.status == 201
    person.cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in set_cookies(answer).items())
    return person, answer


@pytest.mark.gen_test
async def test_cookies_are_bound_to_the_host_where_the_public_address_is_https(people: People) -> None:
    ada, answer = await enter(people)

    found = set_cookies(answer)
    assert set(found) == {f"__Host-{SESSION_COOKIE}", f"__Host-{DEVICE_COOKIE}"}
    for morsel in found.values():
        # What browsers demand of the prefix (RFC 6265bis, 4.1.3.2), and that no script reads it.
        assert (morsel["secure"], morsel["path"], morsel["domain"], morsel["httponly"]) == (True, "/", "", True)
        assert morsel["samesite"] == "Lax"
    assert (await ada.get("/api/me")).json["name"] == "ada"
    await (await ada.connect()).send("hello")


def test_an_earlier_cookie_is_valid_and_is_replaced_at_the_next_start(
    io_loop: IOLoop, start_server: Start, settings: Settings
) -> None:
    run: Callable[[Any], Any] = io_loop.run_sync
    before = start_server(msgspec.structs.replace(settings, public_url=""))
    ada: Person = run(lambda: People(before.url).enter("ada"))
    assert ada.cookie.startswith(f"{SESSION_COOKIE}=")
    run(before.stop)
    ada.url = start_server(settings).url.rstrip("/")

    renewed = set_cookies(run(lambda: ada.get("/api/session")))

    assert renewed[f"__Host-{SESSION_COOKIE}"].value == ada.cookie.partition("=")[2]
    assert renewed[SESSION_COOKIE].value == ""
    ada.cookie = f"__Host-{ada.cookie}"
    assert run(lambda: ada.get("/api/me")).status == 200


@pytest.mark.gen_test
async def test_a_cookie_that_another_host_of_the_domain_plants_does_not_replace_the_session(people: People) -> None:
    ada, _ = await enter(people)
    _, eves = await enter(people, "eve")
    planted = set_cookies(eves)[f"__Host-{SESSION_COOKIE}"].value

    for cookie in (f"{SESSION_COOKIE}={planted}; {ada.cookie}", f"{ada.cookie}; {SESSION_COOKIE}={planted}"):
        answer = await ada.request("GET", "/api/me", Cookie=cookie)
        assert answer.json["name"] == "ada"


@pytest.mark.gen_test
async def test_signing_out_deletes_the_cookie_under_both_names(people: People) -> None:
    ada, _ = await enter(people)
    ada.cookie += f"; {SESSION_COOKIE}=old"

    left = set_cookies(await ada.request("DELETE", "/api/session"))

    assert {name: morsel.value for name, morsel in left.items()} == {
        f"__Host-{SESSION_COOKIE}": "",
        SESSION_COOKIE: "",
    }


@pytest.fixture
def later(server: Server, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Move the clock of sessions by days."""
    sessions = server.app.accounts.sessions
    clock = sessions._clock

    def move(days: float) -> None:
        monkeypatch.setattr(sessions, "_clock", lambda: clock() + int(days * DAY_MS))

    return move


@pytest.mark.gen_test
async def test_a_session_that_was_not_used_for_a_year_has_ended(people: People, later: Callable[[float], None]) -> None:
    ada, _ = await enter(people)
    token = (await ada.request("POST", "/api/me/tokens", {"name": "a bot", "password": PASSWORD, "days": None})).ok_json
    for days in (364, 2 * 364):
        later(days)
        assert (await ada.get("/api/me")).status == 200, "its use is recorded"

    later(3 * 365)

    assert (await ada.get("/api/me")).status == 401
    bearer = f"Bearer {token['secret']}"
    assert (await people.stranger().get("/api/me", Authorization=bearer)).status == 200, "a token says when it ends"
    again = await people.enter("ada", password=PASSWORD)
    assert len((await again.get("/api/me/sessions")).json["sessions"]) == 1
