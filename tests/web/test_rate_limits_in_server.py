"""Firm for floods: what is too much is refused where it comes in, and nothing else is."""

import msgspec
import pytest

from tests.client import People, message_id
from tests.web.api.test_me_tokens import make, program
from ting.core.networks import Network
from ting.core.settings import Rates, Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    rates = Rates(enter="4/1h", send="3/1h", request="8/1h", frame="20/1h", people_per_address=2)
    return msgspec.structs.replace(settings, rates=rates, trusted_proxies=[Network("127.0.0.1")])


@pytest.mark.gen_test
async def test_who_sends_too_much_is_told_when_to_come_back_and_others_are_not(people: People) -> None:
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
async def test_a_program_is_counted_for_itself(people: People) -> None:
    ada = await people.enter("ada")
    bot = await program(people, (await make(ada))["secret"])
    bots, adas = await bot.connect(), await ada.connect()

    answers = [await bots.send("beep") for _ in range(4)]

    assert [answer.get("code") for answer in answers] == [None, None, None, "too_many"]
    assert (await adas.send("hello"))["type"] == "ack"
    assert [(await bot.get("/api/me")).status for _ in range(8)] == [200] * 7 + [429]
    assert (await ada.get("/api/me")).status == 200


@pytest.mark.gen_test
async def test_one_address_lets_only_so_many_in(people: People) -> None:
    for number in range(4):
        await people.enter(f"ada-{number}")
    entry = {"name": "ada-5"}

    refused = await people.stranger().request("POST", "/api/session", entry)
    elsewhere = await people.stranger().request("POST", "/api/session", entry, X_Forwarded_For="192.0.2.7")

    assert (refused.status, refused.code) == (429, "too_many")
    assert elsewhere.status == 201


@pytest.mark.gen_test
async def test_an_address_that_only_claims_to_be_another_is_counted_as_itself(people: People) -> None:
    statuses = [
        # What the trusted proxy saw stands last; what stands before it, anybody may have written.
        (await people.stranger().get("/api/me", X_Forwarded_For=f"198.51.100.{number}, 192.0.2.1")).status
        for number in range(17)
    ]

    assert statuses == [401] * 16 + [429]


@pytest.mark.gen_test
async def test_requests_are_counted_and_pages_are_not(people: People) -> None:
    ada = await people.enter("ada")

    statuses = [(await ada.get("/api/me")).status for _ in range(9)]

    assert statuses == [200] * 8 + [429]
    assert (await ada.get("/")).status == 200


@pytest.mark.gen_test
async def test_a_flood_of_frames_closes_its_connection_alone(people: People) -> None:
    ada = await people.enter("ada")
    flooding, quiet = await ada.connect(), await ada.connect()

    for _ in range(20):
        await flooding.begin("ping")

    assert await flooding.closed() == (4005, "flood")
    assert flooding.frames[-1]["code"] == "too_many"
    assert (await quiet.ask("ping"))["type"] == "ack"
