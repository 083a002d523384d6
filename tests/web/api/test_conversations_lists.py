"""The list of conversations over real connections: its entries, and which clients are notified of changes."""

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


async def entries(person: Person) -> dict[str, Any]:
    """The list from the API, by conversation, in its order."""
    answer = await person.get("/api/conversations")
    return {entry["conversation"]: entry for entry in answer.json["conversations"]}


async def change_entry(person: Person, method: str, conversation: str, body: Any = None) -> Any:
    return await person.request(method, f"/api/conversations/{quote(conversation, safe='')}", body)


def activity(socket: Socket) -> list[Frame]:
    return [frame for frame in socket.frames if frame["type"] == "activity"]


@pytest.mark.gen_test
async def test_the_first_direct_message_adds_an_entry_to_the_receivers_list(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect(join="#music")
    conversation = conversation_ids.direct_id(ada.id, bob.id)

    opened = await ada.request("POST", "/api/conversations", {"user": "BOB"})
    assert (opened.status, opened.json["conversation"]) == (201, conversation)
    assert (opened.json["with"], opened.json["online"]) == ({"id": bob.id, "name": "bob"}, True)
    assert (await adas.event("entry"))["entry"] == opened.json
    assert await entries(bob) == {}

    ack = await adas.send("hello", conversation)
    entry = (await bobs.event("entry"))["entry"]
    event = await bobs.event("activity")

    assert (entry["conversation"], entry["with"]["name"], entry["notify"]) == (conversation, "ada", "all")
    assert (event["conversation"], event["head"]) == (conversation, 1)
    assert [message["id"] for message in event["messages"]] == [ack["id"]]
    assert (await entries(bob))[conversation]["unread"] == 1
    assert "unread" not in (await entries(ada))[conversation]
    await adas.send("again", conversation)
    assert (await bobs.event("activity"))["messages"][0]["text"] == "again"
    await bobs.ask("ping")
    assert [frame for frame in bobs.frames if frame["type"] == "entry"] == []


@pytest.mark.gen_test
async def test_a_direct_message_to_an_offline_user_is_unread(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    conversation = conversation_ids.direct_id(ada.id, bob.id)

    await (await ada.connect()).send("hello", conversation)

    entry = (await entries(bob))[conversation]
    assert (entry["unread"], entry["read"], entry["head"]) == (1, 0, 1)


@pytest.mark.gen_test
async def test_read_marks_are_shared_between_devices(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, laptop, phone = await ada.connect(), await bob.connect(), await bob.connect(join=None)
    await laptop.ask("visit", conversation="#ting")
    assert (await phone.event("entry"))["entry"]["conversation"] == "#ting"
    for text in ("1", "2", "3"):
        await adas.send(text)

    await laptop.ask("read", conversation="#Ting", seq=2)
    event = await phone.event("read")
    await laptop.ask("read", conversation="#ting", seq=1)
    await phone.ask("read", conversation="#ting", seq=99)

    assert event == {"type": "read", "conversation": "#ting", "seq": 2, "head": 3, "unread": 1, "mentions": 0}
    assert await laptop.event("read") == {**event, "seq": 3, "unread": 0}
    entry = (await entries(bob))["#ting"]
    assert (entry["read"], entry["head"], entry.get("unread", 0)) == (3, 3, 0)
    assert (await phone.ask("join", conversation="#ting"))["read"] == 3
    assert [frame for frame in (*laptop.frames, *phone.frames) if frame["type"] == "read"] == []


@pytest.mark.gen_test
async def test_clients_elsewhere_get_the_activity_of_listed_channels_in_batches(people: People) -> None:
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

    received: list[str] = []
    while not received or received[-1] != texts[-1]:
        received += [message["text"] for message in (await away.event("activity"))["messages"]]

    assert received[-20:] == texts[-20:]
    for other in (here, unlisted):
        await other.ask("ping")
        assert activity(other) == []


@pytest.mark.gen_test
async def test_an_entry_can_be_pinned_muted_and_removed_and_returns_with_the_next_message(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()
    conversation = conversation_ids.direct_id(ada.id, bob.id)
    await adas.send("hello", conversation)
    await bobs.event("entry")

    pinned = await change_entry(bob, "PATCH", conversation, {"pinned": True, "notify": "nothing"})
    assert (await bobs.event("entry"))["entry"] == pinned.json
    assert (pinned.json["pinned"], pinned.json["notify"]) == (True, "nothing")
    assert (await change_entry(bob, "PATCH", conversation, {"notify": "loud"})).code == "bad_request"
    for _ in range(2):
        assert (await change_entry(bob, "DELETE", conversation)).status == 204
    assert (await bobs.event("unlisted"))["conversation"] == conversation
    assert await entries(bob) == {}

    await adas.send("are you there?", conversation)
    entry = (await bobs.event("entry"))["entry"]
    assert (entry["notify"], "pinned" in entry, entry["unread"]) == ("nothing", False, 1)
    assert (await entries(bob))[conversation]["unread"] == 2


@pytest.mark.gen_test
async def test_opening_a_listed_direct_conversation_does_not_move_it(people: People) -> None:
    ada, _ = await people.enter("ada"), await people.enter("bob")
    socket = await ada.connect(join=None)
    first = await ada.request("POST", "/api/conversations", {"user": "bob"})
    await socket.ask("visit", conversation="#tea")

    again = await ada.request("POST", "/api/conversations", {"user": "bob"})

    assert (first.status, again.status, again.json["active"]) == (201, 201, first.json["active"])


@pytest.mark.gen_test
async def test_a_direct_conversation_needs_another_existing_user(people: People) -> None:
    ada = await people.enter("ada")

    for name, status, code in (
        ("ada", 404, "no_such_conversation"),
        ("bob", 404, "unknown_name"),
        ("", 400, "bad_name"),
    ):
        answer = await ada.request("POST", "/api/conversations", {"user": name})
        assert (answer.status, answer.code) == (status, code)
    assert await entries(ada) == {}


@pytest.mark.gen_test
async def test_messages_of_ignored_users_do_not_notify(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()
    conversation = conversation_ids.direct_id(ada.id, bob.id)
    await bob.request("PUT", "/api/me/ignored/ada")

    await adas.send("hello", conversation)
    assert await entries(bob) == {}
    await bob.request("POST", "/api/conversations", {"user": "ada"})
    await adas.send("hello?", conversation)

    assert "unread" not in (await entries(bob))[conversation]
    await bobs.ask("visit", conversation="#tea")
    before = (await entries(bob))["#tea"]
    await adas.send("@bob, hello?", "#tea")
    after = (await entries(bob))["#tea"]
    assert (after["head"], after["active"], "mentions" in after) == (1, before["active"], False)
    await bobs.ask("ping")
    assert {frame["conversation"] for frame in activity(bobs)} <= {"#tea"}


@pytest.mark.gen_test
async def test_the_online_status_is_shown_only_if_the_user_allows_it(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    opened = (await ada.request("POST", "/api/conversations", {"user": "bob"})).json

    assert opened["online"] is False
    await bob.connect()
    assert (await entries(ada))[opened["conversation"]]["online"] is True
    await bob.request("PATCH", "/api/me", {"shown": []})
    assert "online" not in (await entries(ada))[opened["conversation"]]


@pytest.mark.gen_test
async def test_the_online_status_of_direct_conversations_is_broadcast(people: People) -> None:
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
