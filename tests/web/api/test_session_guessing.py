"""Guessing passwords over REST, and how the owner of the name still signs in."""

from collections.abc import Callable
from http.cookies import SimpleCookie

import msgspec
import pytest

from tests.client import Answer, People, Person
from ting.accounts.guesses import GUESSES_PER_DEVICE, GUESSES_PER_NAME
from ting.core.networks import Network
from ting.core.settings import Rates, Settings
from ting.server import Server

PASSWORD, OTHER = "correct horse", "battery staple"
ENTRIES = 5


@pytest.fixture
def settings(settings: Settings) -> Settings:
    rates = Rates(enter=f"{ENTRIES}/1h", send="", upload="", request="", frame="")
    return msgspec.structs.replace(settings, trusted_proxies=[Network("127.0.0.1")], rates=rates)


def cookies_of(answer: Answer) -> dict[str, str]:
    """The cookies that an answer sets, by name."""
    found: dict[str, str] = {}
    for line in answer.headers.get_list("Set-Cookie"):
        found |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
    return found


async def sign_in(people: People, address: str, password: str, device: str = "", name: str = "ada") -> Answer:
    """Try to sign in in a browser without a session; `device` is its cookie."""
    browser = people.stranger()
    browser.address, browser.cookie = address, f"ting_device={device}" if device else ""
    return await browser.request("POST", "/api/session", {"name": name, "password": password})


async def enter_and_leave(people: People, address: str = "192.0.2.1") -> str:
    """Register ada, sign her out, and return the cookie by which her browser is known."""
    ada = people.stranger()
    ada.address = address
    answer = await ada.request("POST", "/api/session", {"name": "ada", "password": PASSWORD, "create": True})
    cookies = cookies_of(answer)
    ada.cookie = f"ting_session={cookies['ting_session']}"
    assert (await ada.request("DELETE", "/api/session")).status == 204
    return cookies["ting_device"]


async def guess_until_refused(people: People, address: Callable[[int], str]) -> None:
    for number in range(2 * GUESSES_PER_NAME.burst):
        if (await sign_in(people, address(number), OTHER)).code == "too_many":
            return
    pytest.fail("guesses are not limited")


@pytest.mark.gen_test(timeout=30)
async def test_guesses_of_strangers_do_not_keep_the_owner_out_of_a_known_device(people: People) -> None:
    device = await enter_and_leave(people)

    await guess_until_refused(people, lambda number: f"198.51.100.{number}")

    assert (await sign_in(people, "203.0.113.9", PASSWORD)).code == "too_many"
    assert (await sign_in(people, "203.0.113.9", PASSWORD, device)).status == 201


@pytest.mark.gen_test(timeout=30)
async def test_guesses_from_the_owners_address_do_not_keep_the_owner_out_of_a_known_device(people: People) -> None:
    device = await enter_and_leave(people)

    await guess_until_refused(people, lambda _: "192.0.2.1")

    assert (await sign_in(people, "192.0.2.1", PASSWORD)).code == "too_many"
    for _ in range(ENTRIES):
        assert (await sign_in(people, "192.0.2.1", PASSWORD, device)).status == 201
    assert (await sign_in(people, "192.0.2.1", PASSWORD, device)).code == "too_many"


@pytest.mark.gen_test(timeout=30)
async def test_only_a_user_of_a_known_device_may_exceed_the_limit_of_an_address(people: People) -> None:
    device = await enter_and_leave(people)
    await people.enter("bob", "192.0.2.2", password=PASSWORD, create=True)
    await guess_until_refused(people, lambda _: "192.0.2.1")

    for cookie in (device, f"{'0' * 16}.{'0' * 32}", "x"):
        assert (await sign_in(people, "192.0.2.1", PASSWORD, cookie, "bob")).code == "too_many"
        newcomer = people.stranger()
        newcomer.address, newcomer.cookie = "192.0.2.1", f"ting_device={cookie}"
        for entry in ({"name": "eve"}, {"name": "eve", "password": PASSWORD, "create": True}):
            assert (await newcomer.request("POST", "/api/session", entry)).code == "too_many"
    assert (await sign_in(people, "192.0.2.1", PASSWORD, device)).status == 201


@pytest.mark.gen_test(timeout=30)
async def test_a_known_device_has_a_limit_of_its_own(people: People) -> None:
    device = await enter_and_leave(people)

    codes = [
        (await sign_in(people, f"198.51.100.{number}", OTHER, device)).code
        for number in range(GUESSES_PER_DEVICE.burst + 1)
    ]

    assert codes == ["wrong_password"] * GUESSES_PER_DEVICE.burst + ["too_many"]
    assert (await sign_in(people, "203.0.113.9", PASSWORD)).status == 201, "the limit of strangers is untouched"


@pytest.mark.gen_test(timeout=30)
@pytest.mark.parametrize("kind", ["forged", "of another user", "changed", "too long", "before a new password"])
async def test_only_a_true_device_cookie_makes_a_device_known(people: People, kind: str) -> None:
    device = await enter_and_leave(people)
    if kind == "forged":
        device = f"{'0' * 16}.{'0' * 32}"
    elif kind == "of another user":
        eve = await people.stranger().request(
            "POST", "/api/session", {"name": "eve", "password": OTHER, "create": True}
        )
        device = cookies_of(eve)["ting_device"]
    elif kind == "changed":
        device = ("0" if device[0] != "0" else "1") + device[1:]
    elif kind == "too long":
        device += f".{'0' * 32}" * 5
    else:
        ada = people.stranger()
        answer = await sign_in(people, "192.0.2.1", PASSWORD)
        ada.cookie = f"ting_session={cookies_of(answer)['ting_session']}"
        new = {"password": "a new passphrase", "current": PASSWORD}
        changed = await ada.request("PUT", "/api/me/password", new)
        assert "ting_device" in cookies_of(changed)
    await guess_until_refused(people, lambda number: f"198.51.100.{number}")

    assert (await sign_in(people, "203.0.113.9", PASSWORD, device)).code == "too_many"


@pytest.mark.gen_test
async def test_a_browser_stays_known_to_the_last_five_users_who_signed_in(people: People) -> None:
    device = await enter_and_leave(people)
    for number in range(4):
        other = people.stranger()
        other.address, other.cookie = f"192.0.2.{number}", f"ting_device={device}"
        entry = {"name": f"user{number}", "password": OTHER, "create": True}
        device = cookies_of(await other.request("POST", "/api/session", entry))["ting_device"]
    await guess_until_refused(people, lambda number: f"198.51.100.{number}")

    assert (await sign_in(people, "203.0.113.9", PASSWORD, device)).status == 201


@pytest.mark.gen_test
async def test_a_signed_in_browser_becomes_known(people: People, server: Server) -> None:
    ada: Person = await people.enter("ada", "192.0.2.1", password=PASSWORD, create=True)
    bob: Person = await people.enter("bob", "192.0.2.2")

    assert "ting_device" in cookies_of(await ada.get("/api/session"))
    assert "ting_device" not in cookies_of(await bob.get("/api/session")), "nothing to guess"
    first = await bob.request("PUT", "/api/me/password", {"password": OTHER})
    assert "ting_device" in cookies_of(first)
