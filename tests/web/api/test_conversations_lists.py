"""Everybody's list of conversations, over real connections: what is in it, and who is told what, where."""

from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from tests.client import Frame, People, Person, Socket, message_id
from ting.core import conversation_ids
from ting.core.settings import Pace, Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, pace=Pace(presence_ms=10, activity_ms=20, drain_s=2.0))


async def listed(person: Person) -> dict[str, Any]:
    """The list as the API answers it, by conversation, in its order."""
    answer = await person.get("/api/conversations")
    return {entry["conversation"]: entry for entry in answer.json["conversations"]}


async def changed(person: Person, method: str, conversation: str, body: Any = None) -> Any:
    return await person.request(method, f"/api/conversations/{quote(conversation, safe='')}", body)


def activity(socket: Socket) -> list[Frame]:
    return [frame for frame in socket.frames if frame["type"] == "activity"]


@pytest.mark.gen_test
async def test_a_private_reaches_its_receiver_who_knew_nothing_of_it(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect(join="#music")
    private = conversation_ids.direct_id(ada.id, bob.id)

    opened = await ada.request("POST", "/api/conversations", {"user": "BOB"})
    assert (opened.status, opened.json["conversation"]) == (201, private)
    assert (opened.json["with"], opened.json["online"]) == ({"id": bob.id, "name": "bob"}, True)
    assert (await adas.event("entry"))["entry"] == opened.json
    assert await listed(bob) == {}

    ack = await adas.send("hello", private)
    entry = (await bobs.event("entry"))["entry"]
    told = await bobs.event("activity")

    assert (entry["conversation"], entry["with"]["name"], entry["notify"]) == (private, "ada", "all")
    assert (told["conversation"], told["head"]) == (private, 1)
    assert [message["id"] for message in told["messages"]] == [ack["id"]]
    assert (await listed(bob))[private]["unread"] == 1
    assert "unread" not in (await listed(ada))[private]
    await adas.send("again", private)
    assert (await bobs.event("activity"))["messages"][0]["text"] == "again"
    await bobs.ask("ping")
    assert [frame for frame in bobs.frames if frame["type"] == "entry"] == []


@pytest.mark.gen_test
async def test_a_private_waits_for_somebody_who_is_away(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    private = conversation_ids.direct_id(ada.id, bob.id)

    await (await ada.connect()).send("hello", private)

    entry = (await listed(bob))[private]
    assert (entry["unread"], entry["read"], entry["head"]) == (1, 0, 1)


@pytest.mark.gen_test
async def test_what_was_read_on_one_device_is_read_on_all(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, desk, phone = await ada.connect(), await bob.connect(), await bob.connect(join=None)
    await desk.ask("visit", conversation="#ting")
    assert (await phone.event("entry"))["entry"]["conversation"] == "#ting"
    for text in ("1", "2", "3"):
        await adas.send(text)

    await desk.ask("read", conversation="#Ting", seq=2)
    told = await phone.event("read")
    await desk.ask("read", conversation="#ting", seq=1)
    await phone.ask("read", conversation="#ting", seq=99)

    assert told == {"type": "read", "conversation": "#ting", "seq": 2, "head": 3, "unread": 1, "mentions": 0}
    assert await desk.event("read") == {**told, "seq": 3, "unread": 0}
    entry = (await listed(bob))["#ting"]
    assert (entry["read"], entry["head"], entry.get("unread", 0)) == (3, 3, 0)
    assert (await phone.ask("join", conversation="#ting"))["read"] == 3
    assert [frame for frame in (*desk.frames, *phone.frames) if frame["type"] == "read"] == []


@pytest.mark.gen_test
async def test_a_channel_tells_those_who_list_it_and_are_elsewhere_together(people: People) -> None:
    ada, bob, eve = [await people.enter(name) for name in ("ada", "bob", "eve")]
    adas, here, away, unlisted = (
        await ada.connect(),
        await bob.connect(),
        await bob.connect(join=None),
        await eve.connect(join="#x"),
    )
    await here.ask("visit", conversation="#ting")
    texts = [str(number) for number in range(30)]
    for text in texts:
        await adas.begin("send", conversation="#ting", id=message_id(), text=text)

    told: list[str] = []
    while not told or told[-1] != texts[-1]:
        told += [message["text"] for message in (await away.event("activity"))["messages"]]

    assert told[-20:] == texts[-20:]
    for other in (here, unlisted):
        await other.ask("ping")
        assert activity(other) == []


@pytest.mark.gen_test
async def test_an_entry_is_pinned_muted_and_taken_off_and_comes_back_with_the_next_message(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()
    private = conversation_ids.direct_id(ada.id, bob.id)
    await adas.send("hello", private)
    await bobs.event("entry")

    pinned = await changed(bob, "PATCH", private, {"pinned": True, "notify": "nothing"})
    assert (await bobs.event("entry"))["entry"] == pinned.json
    assert (pinned.json["pinned"], pinned.json["notify"]) == (True, "nothing")
    assert (await changed(bob, "PATCH", private, {"notify": "loud"})).code == "bad_request"
    for _ in range(2):
        assert (await changed(bob, "DELETE", private)).status == 204
    assert (await bobs.event("unlisted"))["conversation"] == private
    assert await listed(bob) == {}

    await adas.send("are you there?", private)
    entry = (await bobs.event("entry"))["entry"]
    assert (entry["notify"], "pinned" in entry, entry["unread"]) == ("nothing", False, 1)
    assert (await listed(bob))[private]["unread"] == 2


@pytest.mark.gen_test
async def test_a_private_that_is_listed_is_opened_where_it_stands(people: People) -> None:
    ada, _ = await people.enter("ada"), await people.enter("bob")
    socket = await ada.connect(join=None)
    first = await ada.request("POST", "/api/conversations", {"user": "bob"})
    await socket.ask("visit", conversation="#tea")

    again = await ada.request("POST", "/api/conversations", {"user": "bob"})

    assert (first.status, again.status, again.json["active"]) == (201, 201, first.json["active"])


@pytest.mark.gen_test
async def test_there_is_no_private_with_oneself_or_with_nobody(people: People) -> None:
    ada = await people.enter("ada")

    for name, status, code in (
        ("ada", 404, "no_such_conversation"),
        ("bob", 404, "unknown_name"),
        ("", 400, "bad_name"),
    ):
        answer = await ada.request("POST", "/api/conversations", {"user": name})
        assert (answer.status, answer.code) == (status, code)
    assert await listed(ada) == {}


@pytest.mark.gen_test
async def test_whom_somebody_ignores_does_not_reach_them(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()
    private = conversation_ids.direct_id(ada.id, bob.id)
    await bob.request("PUT", "/api/me/ignored/ada")

    await adas.send("hello", private)
    assert await listed(bob) == {}
    await bob.request("POST", "/api/conversations", {"user": "ada"})
    await adas.send("hello?", private)

    assert "unread" not in (await listed(bob))[private]
    await bobs.ask("visit", conversation="#tea")
    before = (await listed(bob))["#tea"]
    await adas.send("@bob, hello?", "#tea")
    after = (await listed(bob))["#tea"]
    assert (after["head"], after["active"], "mentions" in after) == (1, before["active"], False)
    await bobs.ask("ping")
    assert {frame["conversation"] for frame in activity(bobs)} <= {"#tea"}


@pytest.mark.gen_test
async def test_whether_somebody_is_online_is_theirs_to_show(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    opened = (await ada.request("POST", "/api/conversations", {"user": "bob"})).json

    assert opened["online"] is False
    await bob.connect()
    assert (await listed(ada))[opened["conversation"]]["online"] is True
    await bob.request("PATCH", "/api/me", {"shown": []})
    assert "online" not in (await listed(ada))[opened["conversation"]]


@pytest.mark.gen_test
async def test_who_lists_a_private_sees_the_other_come_and_go(people: People) -> None:
    ada, bob, eve = [await people.enter(name) for name in ("ada", "bob", "eve")]
    adas, eves = await ada.connect(), await eve.connect()
    for name in ("bob", "eve"):
        await ada.request("POST", "/api/conversations", {"user": name})
    bobs = [await bob.connect(), await bob.connect()]
    came = await adas.event("online")
    assert (came["user"], came["online"]) == (bob.id, True)

    await bob.request("PATCH", "/api/me", {"shown": []})
    for socket in (*bobs, eves):
        socket.connection.close()

    went = await adas.event("online")
    assert (went["user"], went["online"]) == (eve.id, False)
    assert [frame["user"] for frame in adas.frames if frame["type"] == "online"] == []
