"""Direct conversations: they work like channels for the two users, and do not exist for others."""

from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from tests.client import AN_ID, Frame, People, Person, message_id
from tests.web.url_table import API, MUTATING
from ting import protocol
from ting.core import conversation_ids
from ting.protocol import AnyRequest, Welcome

# Valid values for fields of bodies and frames that the server checks before it looks up the conversation.
FIELDS: dict[str, Any] = {"ref": 7, "text": "x", "topic": "x", "seq": 1, "emoji": "👍", "on": True}
FIELDS |= {"pinned": True, "notify": "all", "reply_to": None}


def direct_id(person: Person, other: Person) -> str:
    return conversation_ids.direct_id(person.id, other.id)


def hidden_ids(ada: Person, bob: Person) -> dict[str, str]:
    """Ids of direct conversations, existing and not. Other users must get the same answer for all of them."""
    return {
        "existing": direct_id(ada, bob),
        "of unknown users": conversation_ids.direct_id("0" * 20, "f" * 20),
        "with an unknown user": conversation_ids.direct_id(ada.id, "f" * 20),
        "none": "@none",
    }


def comparable(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name in ("code", "field", "message")}


def requests(conversation: str, id: str) -> list[Frame]:
    """Every request that has a conversation or a message id."""
    frames = []
    for request in AnyRequest.__args__:
        fields = {field.name for field in msgspec.structs.fields(request)}
        named = {"conversation": conversation} if "conversation" in fields else {"id": id} if "id" in fields else {}
        if named:
            given = {name: value for name, value in FIELDS.items() if name in fields}
            new = {"id": message_id()} if "id" in fields else {}
            frames.append({"type": protocol.tag(request), **given, **new, **named})
    return frames


@pytest.mark.gen_test
async def test_a_direct_conversation_works_like_a_channel(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    conversation = direct_id(ada, bob)
    adas, bobs = await ada.connect(join=conversation), await bob.connect(join=None)
    id, url = message_id(), f"/api/conversations/{quote(conversation, safe='')}"

    joined = await bobs.ask("join", conversation=conversation)
    await adas.event("presence", conversation=conversation)
    await adas.send_frame({"type": "draft", "conversation": conversation, "id": id, "text": "hello"})
    drafts = await bobs.event("draft", conversation=conversation)
    ack = await adas.send("hello", conversation, id=id)
    message = await bobs.event("message", id=id)
    reacted = await bobs.ask("react", id=id, emoji="👍", on=True)

    assert {person["id"] for person in joined["people"]} == {ada.id, bob.id}
    assert drafts["drafts"][0]["author"]["id"] == ada.id
    assert (ack["seq"], reacted["seq"], message["conversation"]) == (1, 2, conversation)
    for person in (ada, bob):
        assert [message["id"] for message in (await person.history(conversation))["messages"]] == [id]
        assert (await person.changes(0, conversation))["head"] == 2
        assert (await person.get(f"/api/messages/{id}")).json["reactions"] == {"👍": [bob.id]}
    assert (await bob.request("POST", f"{url}/messages", {"id": message_id(), "text": "hi"})).status == 201


@pytest.mark.gen_test(timeout=20)
async def test_other_users_find_nothing_at_any_url(people: People) -> None:
    ada, bob, eve = [await people.enter(name) for name in ("ada", "bob", "eve")]
    socket = await ada.connect(join=direct_id(ada, bob))
    secret = (await socket.send("secret", direct_id(ada, bob)))["id"]
    request_count = 0

    for endpoint in API:
        for method in endpoint.methods:
            answers = set()
            for conversation, id in [(hidden, secret) for hidden in hidden_ids(ada, bob).values()] + [
                ("@none", message_id())
            ]:
                path = endpoint.path.replace("%23music", quote(conversation, safe="")).replace(AN_ID, id)
                if path == endpoint.path:
                    continue
                body = {"id": message_id(), **FIELDS} if method in MUTATING else None
                answer = await eve.request(method, path, body)
                code = "no_such_conversation" if "%23music" in endpoint.path else "no_such_message"
                assert answer.status == 404, (method, path)
                if method != "HEAD":
                    assert answer.code == code, (method, path)
                    answers.add(repr(comparable(answer.json["error"])))
                request_count += 1
            assert len(answers) <= 1, (method, endpoint.path)
    assert request_count >= 15
    assert (await ada.get(f"/api/messages/{secret}")).json["text"] == "secret"


@pytest.mark.gen_test(timeout=20)
async def test_other_users_find_nothing_with_query_parameters(people: People) -> None:
    ada, bob, eve = [await people.enter(name) for name in ("ada", "bob", "eve")]
    secret = (await (await ada.connect()).send("secret", direct_id(ada, bob)))["id"]
    parameters = {"/api/search": "in", "/api/files": "conversation", "/api/commands/complete": "conversation"}
    assert parameters.keys() <= {endpoint.path for endpoint in API}

    for path, name in parameters.items():
        answers = set()
        for conversation in hidden_ids(ada, bob).values():
            url = f"{path}?{name}={quote(conversation, safe='')}&q=secret&name=x&text=/me&at=3"
            method, body = ("POST", b"x") if path == "/api/files" else ("GET", None)
            answer = await eve.request(method, url, body, Content_Type="text/plain")
            assert (answer.status, answer.code) == (404, "no_such_conversation"), path
            answers.add(repr(comparable(answer.json["error"])))
        assert len(answers) == 1
    assert (await eve.get("/api/search?q=secret")).json["hits"] == []
    around = await eve.get(f"/api/conversations/%23ting/messages?around={secret}")
    assert (around.status, around.code) == (404, "no_such_message")


@pytest.mark.gen_test(timeout=20)
async def test_other_users_find_nothing_with_any_frame(people: People) -> None:
    ada, bob, eve = [await people.enter(name) for name in ("ada", "bob", "eve")]
    adas, eves = await ada.connect(join=direct_id(ada, bob)), await eve.connect()
    secret = (await adas.send("secret", direct_id(ada, bob)))["id"]

    for conversation in hidden_ids(ada, bob).values():
        for id in (secret, message_id()):
            for frame in requests(conversation, id):
                await eves.send_frame(frame)
                refused = await eves.event("error")
                code = "no_such_conversation" if "conversation" in frame else "no_such_message"
                assert refused["code"] == code, frame
    await eves.send_frame(
        {"type": "send", "ref": 1, "conversation": direct_id(ada, bob), "id": message_id(), "text": "/me x"}
    )
    assert (await eves.event("error"))["code"] == "no_such_conversation"
    answer = {"ref": 1, "conversation": "#ting", "id": message_id(), "text": "x", "reply_to": secret}
    await eves.send_frame({"type": "send", **answer})
    assert (await eves.event("error"))["code"] == "no_such_message"

    await adas.send("another", direct_id(ada, bob))
    await eves.ask("ping")
    received = [frame for frame in eves.frames if frame["type"] not in ("presence", protocol.tag(Welcome))]
    assert received == []
    assert (await ada.history(direct_id(ada, bob)))["messages"][0]["text"] == "secret"


@pytest.mark.gen_test
async def test_a_direct_conversation_with_a_deleted_account_is_read_only(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    conversation = direct_id(ada, bob)
    socket = await ada.connect(join=conversation)
    sent = await socket.send("hello", conversation)
    await socket.send_frame({"type": "draft", "conversation": conversation, "id": message_id(), "text": "are you th"})

    assert (await bob.request("DELETE", "/api/me", {"messages": "keep"})).status == 204

    await socket.event("person")
    refused = await socket.ask("send", conversation=conversation, id=message_id(), text="there?")
    assert (refused["code"], refused["field"]) == ("deserted", "conversation")
    await socket.send_frame({"type": "draft", "conversation": conversation, "id": message_id(), "text": "x"})
    assert (await socket.event("error"))["code"] == "deserted"
    await socket.ask("leave", conversation=conversation)
    url = f"/api/conversations/{quote(conversation, safe='')}"
    late = await ada.request("POST", f"{url}/messages", {"id": message_id(), "text": "loaded anew"})
    assert (late.status, late.code) == (410, "deserted")
    upload = await ada.request("POST", f"/api/files?conversation={quote(conversation, safe='')}", b"x")
    assert (upload.status, upload.code) == (410, "deserted")
    assert (await socket.ask("join", conversation=conversation))["head"] == sent["seq"]
    assert [message["text"] for message in (await ada.history(conversation))["messages"]] == ["hello"]
    assert (await ada.request("PATCH", url, {})).json["with"] == {"id": bob.id, "name": "", "former": True}


@pytest.mark.gen_test
async def test_users_who_list_a_channel_are_notified_of_its_topic(people: People) -> None:
    ada, bob, eve = [await people.enter(name) for name in ("ada", "bob", "eve")]
    sockets = [await person.connect(join=None) for person in (ada, bob, eve)]
    await sockets[0].ask("join", conversation="#garden")
    for socket in sockets[:2]:
        await socket.ask("visit", conversation="#garden")

    await eve.request("PATCH", "/api/channels/garden", {"topic": "What grows"})

    for socket in sockets:
        await socket.ask("ping")
    topics = [[frame["topic"] for frame in socket.frames if frame["type"] == "conversation"] for socket in sockets]
    assert topics == [["What grows"], ["What grows"], []]
