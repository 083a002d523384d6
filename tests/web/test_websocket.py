"""The websocket over real connections: answers, broadcasts, and how it closes."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from tests.client import Frame, People, Person, Socket, message_id, until
from ting import __version__
from ting.server import Server
from ting.store.messages import Write, Written


@pytest.mark.gen_test
async def test_two_users_chat(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()

    ack = await adas.send("Hello, Bob!")
    message = await bobs.event("message")

    assert (message["text"], message["author"]) == ("Hello, Bob!", {"id": ada.id, "name": "ada"})
    assert (
        (message["id"], message["seq"], message["position"])
        == (ack["id"], ack["seq"], ack["position"])
        == (ack["id"], 1, 1)
    )
    assert (await ada.history())["messages"] == [message]


async def open_websocket(person: Person, *protocols: str) -> Socket:
    """A new websocket from which no frame was read."""
    request = HTTPRequest(person.url.replace("http", "ws", 1) + "/api/socket", headers={"Cookie": person.cookie})
    socket = Socket(await websocket_connect(request, subprotocols=list(protocols)))
    person.sockets.append(socket)
    return socket


@pytest.mark.gen_test
async def test_the_first_frame_has_the_user_and_the_limits(people: People) -> None:
    ada = await people.enter("ada")

    socket = await open_websocket(ada, "ting.v2", "ting.v1")
    welcome = await socket.next(lambda frame: True)

    assert socket.connection.selected_subprotocol == "ting.v1"
    assert welcome["type"] == "welcome"
    assert welcome["me"] == (await ada.get("/api/me")).json
    assert welcome["version"] == __version__
    pictures = ["image/png", "image/jpeg", "image/webp", "image/gif"]
    sizes = {"frame": 65536, "file": 25 * 2**20, "avatar": 5 * 2**20}
    assert welcome["limits"] == {"text": 4000, "topic": 200, **sizes, "pictures": pictures}
    assert welcome["commands"] == (await ada.get("/api/commands")).json["commands"]


@pytest.mark.gen_test
@pytest.mark.parametrize("protocols", [[], ["ting.v2"], ["TING.V1"]], ids=str)
async def test_a_websocket_needs_the_subprotocol(people: People, protocols: list[str]) -> None:
    ada = await people.enter("ada")

    with pytest.raises(HTTPClientError) as refusal:
        await open_websocket(ada, *protocols)

    assert refusal.value.code == 400
    assert refusal.value.response is not None
    assert "ting.v1" in json.loads(refusal.value.response.body)["error"]["message"]


@pytest.mark.gen_test
async def test_join_answers_with_the_roster_and_joining_again_does_not_subscribe_twice(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()
    await adas.send("one")

    for conversation in ("#ting", "#Ting"):
        joined = await bobs.ask("join", conversation=conversation)
        assert {name: joined[name] for name in ("type", "conversation", "topic", "head")} == {
            "type": "joined",
            "conversation": "#ting",
            "topic": "",
            "head": 1,
        }
        assert sorted(person["name"] for person in joined["people"]) == ["ada", "bob"]
    await adas.send("two")
    await bobs.ask("ping")

    assert [frame["text"] for frame in bobs.frames if frame["type"] == "message"] == ["one", "two"]


@pytest.mark.gen_test
async def test_after_leaving_a_client_gets_no_messages_but_can_still_send(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()

    assert (await bobs.ask("leave", conversation="#ting"))["type"] == "ack"
    assert (await bobs.ask("leave", conversation="#ting"))["type"] == "ack"
    await adas.event("presence", went=[bob.id])
    ack = await bobs.send("from outside")
    await bobs.ask("ping")

    assert (await adas.event("message"))["id"] == ack["id"]
    assert [frame for frame in bobs.frames if frame["type"] == "message"] == []


@pytest.mark.gen_test
async def test_presence_is_broadcast_once_per_user(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas = await ada.connect()
    await adas.event("presence")

    tabs = [await bob.connect(), await bob.connect()]
    assert (await adas.event("presence"))["came"] == [{"id": bob.id, "name": "bob"}]
    tabs[0].connection.close()
    await tabs[0].closed()
    await tabs[1].ask("ping")
    tabs[1].connection.close()

    assert (await adas.event("presence"))["went"] == [bob.id]
    assert [frame for frame in adas.frames if frame["type"] == "presence"] == []


BAD_FRAMES: list[tuple[dict[str, Any], str, str | None]] = [
    ({"type": "fly"}, "unknown_type", "type"),
    ({}, "unknown_type", "type"),
    ({"type": "join"}, "bad_request", "conversation"),
    ({"type": "join", "conversation": "ting"}, "bad_conversation", "conversation"),
    ({"type": "join", "conversation": "#api"}, "bad_conversation", "conversation"),
    ({"type": "join", "conversation": "#" + "x" * 21}, "bad_conversation", "conversation"),
    ({"type": "leave", "conversation": "@a~b"}, "no_such_conversation", "conversation"),
    ({"type": "send", "conversation": "#ting", "id": "1", "text": "x"}, "bad_request", "id"),
    ({"type": "send", "conversation": "#ting", "id": message_id()}, "bad_request", "text"),
    ({"type": "send", "conversation": "", "id": message_id(), "text": "x"}, "bad_conversation", "conversation"),
    ({"type": "send", "conversation": "#ting", "id": message_id(), "text": ""}, "bad_text", "text"),
    ({"type": "send", "conversation": "#ting", "id": message_id(), "text": "x" * 4001}, "bad_text", "text"),
    ({"type": "send", "conversation": "#ting", "id": message_id(), "text": "/nothing"}, "unknown_command", "text"),
    ({"type": "edit", "id": message_id(), "text": "x"}, "no_such_message", "id"),
    ({"type": "edit", "id": message_id(), "text": "x" * 4001}, "bad_text", "text"),
    ({"type": "edit", "id": message_id(), "text": 5}, "bad_request", "text"),
    ({"type": "delete", "id": message_id()}, "no_such_message", "id"),
    ({"type": "delete", "id": "x"}, "bad_request", "id"),
]


@pytest.mark.gen_test
async def test_a_bad_frame_is_answered_and_the_connection_stays_open(people: People) -> None:
    socket = await (await people.enter("ada")).connect()

    for number, (frame, code, field) in enumerate(BAD_FRAMES, start=1000):
        await socket.send_frame({**frame, "ref": number})
        answer = await socket.answer(number)
        assert (answer["type"], answer["code"], answer.get("field")) == ("error", code, field), frame
        assert answer["message"]

    assert (await socket.send("still here"))["seq"] == 1


@pytest.mark.gen_test
async def test_a_frame_without_a_readable_ref_is_answered_without_one(people: People) -> None:
    socket = await (await people.enter("ada")).connect()

    for ref in ({}, {"ref": "x"}, {"ref": None}, {"ref": True}):
        await socket.send_frame({"type": "ping", **ref})
        error = await socket.event("error", code="bad_request", field="ref")
        assert "ref" not in error

    assert (await socket.ask("ping"))["type"] == "ack"


@pytest.mark.gen_test
@pytest.mark.parametrize("frame", ["hello", "", "[]", "1", '{"type":', b'{"type":"ping","ref":1}', b"\xff"], ids=repr)
async def test_a_frame_that_is_not_a_json_object_in_text_is_answered_and_closes_the_connection(
    people: People, frame: str | bytes
) -> None:
    socket = await (await people.enter("ada")).connect()

    await socket.send_frame(frame)

    assert (await socket.event("error"))["code"] == "bad_frame"
    assert await socket.closed() == (4003, "bad_frame")


@pytest.mark.gen_test
async def test_a_frame_over_the_limit_is_closed_with_its_code(people: People) -> None:
    ada = await people.enter("ada")
    fits, too_large = await ada.connect(), await ada.connect()

    largest = '{"type":"ping","ref":1}'.ljust(65536)
    await fits.send_frame(largest)
    await too_large.send_frame(largest + " ")

    assert (await fits.answer(1))["type"] == "ack"
    assert (await too_large.closed())[0] == 1009


@pytest.mark.gen_test
async def test_messages_arrive_in_the_order_they_were_sent(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(join=None), await bob.connect()

    refs = [await adas.begin("send", conversation="#ting", id=message_id(), text=str(number)) for number in range(100)]
    acks = [await adas.answer(ref) for ref in refs]

    assert [ack["seq"] for ack in acks] == list(range(1, 101))
    assert [(await bobs.event("message"))["text"] for _ in range(100)] == [str(number) for number in range(100)]


@pytest.mark.gen_test
async def test_every_tab_of_the_author_gets_the_message_once(people: People) -> None:
    ada = await people.enter("ada")
    tabs = [await ada.connect(), await ada.connect()]

    ack = await tabs[0].send("hello")

    for tab in tabs:
        assert (await tab.event("message"))["id"] == ack["id"]
        await tab.ask("ping")
        assert [frame for frame in tab.frames if frame["type"] == "message"] == []


def seq_and_position(frame: Frame) -> tuple[int, int]:
    return frame["seq"], frame["position"]


@pytest.mark.gen_test
async def test_a_retry_gets_the_first_answer(people: People) -> None:
    ada = await people.enter("ada")
    socket, again = await ada.connect(), await ada.connect()
    id = message_id()

    refs = [await socket.begin("send", conversation="#ting", id=id, text="hello") for _ in range(3)]
    answers = [await socket.answer(ref) for ref in refs]
    later = await again.send("another text", id=id)

    assert {seq_and_position(answer) for answer in (*answers, later)} == {(1, 1)}
    assert [message["text"] for message in (await ada.history())["messages"]] == ["hello"]


@pytest.mark.gen_test
async def test_an_id_of_another_author_or_conversation_is_refused(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()
    id = (await adas.send("mine"))["id"]

    for answer in (await bobs.send("mine", id=id), await adas.send("mine", "#music", id=id)):
        assert (answer["type"], answer["code"], answer["field"]) == ("error", "id_taken", "id")


@pytest.mark.gen_test
async def test_users_can_edit_and_delete_only_their_own_messages(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()
    id = (await adas.send("first"))["id"]
    await bobs.event("message")

    for answer in (await bobs.ask("edit", id=id, text="x"), await bobs.ask("delete", id=id)):
        assert (answer["type"], answer["code"]) == ("error", "not_yours")
    assert seq_and_position(await adas.ask("edit", id=id, text="second")) == (2, 1)
    edited = await bobs.event("message")
    assert seq_and_position(await adas.ask("delete", id=id)) == (3, 1)
    deleted = await bobs.event("message")
    refused = await adas.ask("edit", id=id, text="third")

    assert (edited["text"], edited["first"], "edited" in edited) == ("second", 1, True)
    assert (deleted["text"], deleted["first"], "deleted" in deleted) == ("", 1, True)
    assert refused["code"] == "deleted"


@pytest.mark.gen_test
async def test_a_stopping_server_acknowledges_pending_messages_and_closes_connections(
    people: People, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, may_write = server.app.realtime.journal, asyncio.Event()
    store = server.app.stores.messages
    write = store.write

    async def delayed_write(batch: Sequence[Write]) -> Written:
        await may_write.wait()
        written: Written = await write(batch)
        return written

    monkeypatch.setattr(store, "write", delayed_write)
    ada = await people.enter("ada")
    socket, idle = await ada.connect(), await ada.connect(join=None)
    refs = [await socket.begin("send", conversation="#ting", id=message_id(), text="x") for _ in range(20)]
    await until(lambda: journal.waiting == 20)

    stopping = asyncio.create_task(server.stop())
    await asyncio.sleep(0)
    late = await socket.send("too late")
    may_write.set()

    assert [(await socket.answer(ref))["type"] for ref in refs] == ["ack"] * 20
    assert (late["code"], late["retry_after"]) == ("busy", 1.0)
    for closed in (socket, idle):
        assert await closed.closed() == (1012, "restart")
    await stopping
