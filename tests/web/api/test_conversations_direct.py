"""Privates: the two have all that channels have, and to a third person there is nothing, whatever they try."""

from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from tests.client import AN_ID, Frame, People, Person, message_id
from tests.web.url_table import API, CHANGING
from ting import protocol
from ting.core import conversation_ids
from ting.protocol import AnyRequest, Welcome

# What the fields of bodies and frames are, where the server asks for them before it looks at the conversation.
FIELDS: dict[str, Any] = {"ref": 7, "text": "x", "topic": "x", "seq": 1, "emoji": "👍", "on": True}
FIELDS |= {"pinned": True, "notify": "all", "reply_to": None}


def private(one: Person, other: Person) -> str:
    return conversation_ids.direct_id(one.id, other.id)


def hidden(ada: Person, bob: Person) -> dict[str, str]:
    """Ids of privates that do not exist for others: what is there, and what is not, must look alike."""
    return {
        "theirs": private(ada, bob),
        "nobody's": conversation_ids.direct_id("0" * 20, "f" * 20),
        "with somebody who never was": conversation_ids.direct_id(ada.id, "f" * 20),
        "none": "@none",
    }


def answered(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name in ("code", "field", "message")}


def commands(conversation: str, id: str) -> list[Frame]:
    """Every frame that names a conversation or a message."""
    found = []
    for command in AnyRequest.__args__:
        fields = {field.name for field in msgspec.structs.fields(command)}
        named = {"conversation": conversation} if "conversation" in fields else {"id": id} if "id" in fields else {}
        if named:
            asked = {name: value for name, value in FIELDS.items() if name in fields}
            new = {"id": message_id()} if "id" in fields else {}
            found.append({"type": protocol.tag(command), **asked, **new, **named})
    return found


@pytest.mark.gen_test
async def test_two_talk_as_in_a_channel(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    conversation = private(ada, bob)
    adas, bobs = await ada.connect(join=conversation), await bob.connect(join=None)
    typed, url = message_id(), f"/api/conversations/{quote(conversation, safe='')}"

    joined = await bobs.ask("join", conversation=conversation)
    await adas.event("presence", conversation=conversation)
    await adas.tell({"type": "draft", "conversation": conversation, "id": typed, "text": "hello"})
    ghost = await bobs.event("draft", conversation=conversation)
    ack = await adas.send("hello", conversation, id=typed)
    heard = await bobs.event("message", id=typed)
    reacted = await bobs.ask("react", id=typed, emoji="👍", on=True)

    assert {person["id"] for person in joined["people"]} == {ada.id, bob.id}
    assert ghost["drafts"][0]["author"]["id"] == ada.id
    assert (ack["seq"], reacted["seq"], heard["conversation"]) == (1, 2, conversation)
    for person in (ada, bob):
        assert [one["id"] for one in (await person.history(conversation))["messages"]] == [typed]
        assert (await person.changes(0, conversation))["head"] == 2
        assert (await person.get(f"/api/messages/{typed}")).json["reactions"] == {"👍": [bob.id]}
    assert (await bob.request("POST", f"{url}/messages", {"id": message_id(), "text": "hi"})).status == 201


@pytest.mark.gen_test(timeout=20)
async def test_a_third_person_finds_nothing_at_any_url(people: People) -> None:
    ada, bob, eve = [await people.enter(name) for name in ("ada", "bob", "eve")]
    socket = await ada.connect(join=private(ada, bob))
    secret = (await socket.send("secret", private(ada, bob)))["id"]
    asked = 0

    for endpoint in API:
        for method in endpoint.methods:
            answers = set()
            for conversation, id in [(one, secret) for one in hidden(ada, bob).values()] + [("@none", message_id())]:
                path = endpoint.path.replace("%23music", quote(conversation, safe="")).replace(AN_ID, id)
                if path == endpoint.path:
                    continue
                body = {"id": message_id(), **FIELDS} if method in CHANGING else None
                answer = await eve.request(method, path, body)
                code = "no_such_conversation" if "%23music" in endpoint.path else "no_such_message"
                assert (answer.status, answer.code) == (404, code), (method, path)
                answers.add(repr(answered(answer.json["error"])))
                asked += 1
            assert len(answers) <= 1, (method, endpoint.path)
    assert asked >= 15
    assert (await ada.get(f"/api/messages/{secret}")).json["text"] == "secret"


@pytest.mark.gen_test(timeout=20)
async def test_a_third_person_finds_nothing_through_what_is_asked_beside_the_path(people: People) -> None:
    ada, bob, eve = [await people.enter(name) for name in ("ada", "bob", "eve")]
    secret = (await (await ada.connect()).send("secret", private(ada, bob)))["id"]
    named = {"/api/search": "in", "/api/files": "conversation", "/api/commands/complete": "conversation"}
    assert named.keys() <= {endpoint.path for endpoint in API}

    for path, name in named.items():
        answers = set()
        for conversation in hidden(ada, bob).values():
            asked = f"{path}?{name}={quote(conversation, safe='')}&q=secret&name=x&text=/me&at=3"
            method, body = ("POST", b"x") if path == "/api/files" else ("GET", None)
            answer = await eve.request(method, asked, body, Content_Type="text/plain")
            assert (answer.status, answer.code) == (404, "no_such_conversation"), path
            answers.add(repr(answered(answer.json["error"])))
        assert len(answers) == 1
    assert (await eve.get("/api/search?q=secret")).json["hits"] == []
    around = await eve.get(f"/api/conversations/%23ting/messages?around={secret}")
    assert (around.status, around.code) == (404, "no_such_message")


@pytest.mark.gen_test(timeout=20)
async def test_a_third_person_finds_nothing_with_any_frame(people: People) -> None:
    ada, bob, eve = [await people.enter(name) for name in ("ada", "bob", "eve")]
    adas, eves = await ada.connect(join=private(ada, bob)), await eve.connect()
    secret = (await adas.send("secret", private(ada, bob)))["id"]

    for conversation in hidden(ada, bob).values():
        for id in (secret, message_id()):
            for frame in commands(conversation, id):
                await eves.tell(frame)
                refused = await eves.event("error")
                code = "no_such_conversation" if "conversation" in frame else "no_such_message"
                assert refused["code"] == code, frame
    await eves.tell({"type": "send", "ref": 1, "conversation": private(ada, bob), "id": message_id(), "text": "/me x"})
    assert (await eves.event("error"))["code"] == "no_such_conversation"
    answer = {"ref": 1, "conversation": "#ting", "id": message_id(), "text": "x", "reply_to": secret}
    await eves.tell({"type": "send", **answer})
    assert (await eves.event("error"))["code"] == "no_such_message"

    await adas.send("another", private(ada, bob))
    await eves.ask("ping")
    heard = [frame for frame in eves.frames if frame["type"] not in ("presence", protocol.tag(Welcome))]
    assert heard == []
    assert (await ada.history(private(ada, bob)))["messages"][0]["text"] == "secret"


@pytest.mark.gen_test
async def test_nobody_writes_to_somebody_who_left_and_what_was_said_stays(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    conversation = private(ada, bob)
    socket = await ada.connect(join=conversation)
    said = await socket.send("hello", conversation)
    await socket.tell({"type": "draft", "conversation": conversation, "id": message_id(), "text": "are you th"})

    assert (await bob.request("DELETE", "/api/me", {"messages": "keep"})).status == 204

    await socket.event("person")
    refused = await socket.ask("send", conversation=conversation, id=message_id(), text="there?")
    assert (refused["code"], refused["field"]) == ("deserted", "conversation")
    await socket.tell({"type": "draft", "conversation": conversation, "id": message_id(), "text": "x"})
    assert (await socket.event("error"))["code"] == "deserted"
    await socket.ask("leave", conversation=conversation)
    url = f"/api/conversations/{quote(conversation, safe='')}"
    late = await ada.request("POST", f"{url}/messages", {"id": message_id(), "text": "loaded anew"})
    assert (late.status, late.code) == (410, "deserted")
    brought = await ada.request("POST", f"/api/files?conversation={quote(conversation, safe='')}", b"x")
    assert (brought.status, brought.code) == (410, "deserted")
    assert (await socket.ask("join", conversation=conversation))["head"] == said["seq"]
    assert [one["text"] for one in (await ada.history(conversation))["messages"]] == ["hello"]
    assert (await ada.request("PATCH", url, {})).json["with"] == {"id": bob.id, "name": "", "former": True}


@pytest.mark.gen_test
async def test_who_lists_a_channel_hears_of_its_topic(people: People) -> None:
    ada, bob, eve = [await people.enter(name) for name in ("ada", "bob", "eve")]
    sockets = [await person.connect(join=None) for person in (ada, bob, eve)]
    await sockets[0].ask("join", conversation="#garden")
    for socket in sockets[:2]:
        await socket.ask("visit", conversation="#garden")

    await eve.request("PATCH", "/api/channels/garden", {"topic": "What grows"})

    for socket in sockets:
        await socket.ask("ping")
    told = [[frame["topic"] for frame in socket.frames if frame["type"] == "conversation"] for socket in sockets]
    assert told == [["What grows"], ["What grows"], []]
