"""Rate limits in a running server: only requests and frames over a limit are refused."""

import msgspec
import pytest

from tests.client import People, message_id
from tests.web.api.test_me_tokens import create_token, enter_with_token
from ting.core.networks import Network
from ting.core.settings import Rates, Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    rates = Rates(enter="4/1h", send="3/1h", request="8/1h", frame="20/1h", people_per_address=2, programs_per_person=2)
    return msgspec.structs.replace(settings, rates=rates, trusted_proxies=[Network("127.0.0.1")])


@pytest.mark.gen_test
async def test_a_user_over_the_limit_gets_a_retry_time_and_others_are_unaffected(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()

    for _ in range(2):
        assert (await adas.send("hello"))["type"] == "ack"
    posted = {"id": message_id(), "text": "hello"}
    assert (await ada.request("POST", "/api/conversations/%23ting/messages", posted)).status == 201
    refused = await adas.send("hello")
    answer = await ada.request("DELETE", f"/api/messages/{posted['id']}")

    assert (refused["code"], refused["retry_after"] > 0) == ("too_many", True)
    assert (answer.status, answer.code) == (429, "too_many")
    assert int(answer.headers["Retry-After"]) > 0
    assert (await bobs.send("hello"))["type"] == "ack"


@pytest.mark.gen_test
async def test_a_program_has_its_own_limits(people: People) -> None:
    ada = await people.enter("ada")
    bot = await enter_with_token(people, (await create_token(ada))["secret"])
    bots, adas = await bot.connect(), await ada.connect()

    answers = [await bots.send("beep") for _ in range(4)]

    assert [answer.get("code") for answer in answers] == [None, None, None, "too_many"]
    assert (await adas.send("hello"))["type"] == "ack"
    assert [(await bot.get("/api/me")).status for _ in range(8)] == [200] * 7 + [429]
    assert (await ada.get("/api/me")).status == 200


@pytest.mark.gen_test
async def test_all_programs_of_a_user_share_a_limit(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    for person in (ada, bob):
        person.address = "203.0.113.9" if person is ada else "203.0.113.10"
    secrets = [(await create_token(ada, name=f"bot {number}"))["secret"] for number in range(6)]
    sent = 0
    for number, secret in enumerate(secrets):
        bot = await enter_with_token(people, secret)
        bot.address = f"192.0.2.{number}"
        bots = await bot.connect()
        answers = [await bots.send("beep") for _ in range(4)]
        assert {answer.get("code", "too_many") for answer in answers} == {"too_many"}
        sent += sum(answer["type"] == "ack" for answer in answers)

    assert sent == 3 * 2  # programs_per_person
    assert (await (await ada.connect()).send("hello"))["type"] == "ack"
    bobs = await (await enter_with_token(people, (await create_token(bob))["secret"])).connect()
    assert (await bobs.send("beep"))["type"] == "ack"


@pytest.mark.gen_test
async def test_registrations_per_address_are_limited(people: People) -> None:
    for number in range(4):
        await people.enter(f"ada-{number}")
    entry = {"name": "ada-5"}

    refused = await people.stranger().request("POST", "/api/session", entry)
    elsewhere = await people.stranger().request("POST", "/api/session", entry, X_Forwarded_For="192.0.2.7")

    assert (refused.status, refused.code) == (429, "too_many")
    assert elsewhere.status == 201


@pytest.mark.gen_test
async def test_a_forged_forwarded_address_is_ignored(people: People) -> None:
    statuses = [
        # The last address is the one the trusted proxy saw. The ones before it can be forged.
        (await people.stranger().get("/api/me", X_Forwarded_For=f"198.51.100.{number}, 192.0.2.1")).status
        for number in range(17)
    ]

    assert statuses == [401] * 16 + [429]


@pytest.mark.gen_test
async def test_api_requests_are_limited_and_pages_are_not(people: People) -> None:
    ada = await people.enter("ada")

    statuses = [(await ada.get("/api/me")).status for _ in range(9)]

    assert statuses == [200] * 8 + [429]
    assert (await ada.get("/")).status == 200


@pytest.mark.gen_test
async def test_a_flood_of_frames_closes_only_its_connection(people: People) -> None:
    ada = await people.enter("ada")
    flooding, quiet = await ada.connect(), await ada.connect()

    for _ in range(20):
        await flooding.begin("ping")

    assert await flooding.closed() == (4005, "flood")
    assert flooding.frames[-1]["code"] == "too_many"
    assert (await quiet.ask("ping"))["type"] == "ack"
