"""Sending and changing messages, and subscribing, below the web layer."""

import asyncio
from itertools import pairwise

import pytest

from tests.app_parts import register
from tests.client import message_id, until
from tests.fake_connection import FakeConnection
from ting.app import App
from ting.core.errors import BadConversation, BadText, BadTopic, Deleted, EditConflict, IdTaken, NoSuchMessage, NotYours
from ting.core.models import Message, Person, Quote

ADA = Person("ada-id", "ada")

MORE_TIME = pytest.mark.gen_test(timeout=20)


async def subscribe(app: App, name: str, conversation: str = "#ting") -> FakeConnection:
    """Return a connection that is subscribed to a conversation and records what it receives."""
    connection = FakeConnection(name)
    app.realtime.presence.connect(connection)
    await app.conversations.subscriptions.join(connection, conversation)
    return connection


@MORE_TIME
async def test_messages_of_many_senders_get_contiguous_seqs_and_are_broadcast_in_that_order(app: App) -> None:
    ada, bob = await register(app, "ada"), await register(app, "bob")
    connections = [await subscribe(app, name) for name in ("ada", "bob", "eve")]

    sent = await asyncio.gather(
        *(
            app.conversations.messages.send(author, "#ting", message_id(), f"{author.name} {number}")
            for number in range(100)
            for author in (ada, bob)
        )
    )

    assert sorted(message.seq for message in sent) == list(range(1, 201))
    assert sorted(message.position for message in sent) == list(range(1, 201))
    for connection in connections:
        received = connection.received("message")
        assert [message["seq"] for message in received] == list(range(1, 201))
        assert {message["id"]: message["text"] for message in received} == {
            message.id: message.text for message in sent
        }


@MORE_TIME
async def test_the_messages_of_a_user_are_stored_in_the_order_of_sending(app: App) -> None:
    ada = await register(app, "ada")
    connection = await subscribe(app, "eve")

    await asyncio.gather(
        *(app.conversations.messages.send(ada, "#ting", message_id(), str(number)) for number in range(50))
    )

    assert [message["text"] for message in connection.received("message")] == [str(number) for number in range(50)]


@MORE_TIME
async def test_conversations_are_numbered_and_broadcast_separately(app: App) -> None:
    ada = await register(app, "ada")
    ting, music = await subscribe(app, "bob"), await subscribe(app, "eve", "#music")

    for conversation in ("#ting", "#music", "#ting", "#Music"):
        await app.conversations.messages.send(ada, conversation, message_id(), conversation)

    assert [(frame["conversation"], frame["seq"]) for frame in ting.received("message")] == [("#ting", 1), ("#ting", 2)]
    assert [(frame["conversation"], frame["seq"]) for frame in music.received("message")] == [
        ("#music", 1),
        ("#music", 2),
    ]


@MORE_TIME
async def test_a_snapshot_and_the_later_broadcasts_have_no_gap(app: App) -> None:
    ada = await register(app, "ada")

    async def send_many() -> None:
        for _ in range(30):
            await asyncio.gather(*(app.conversations.messages.send(ada, "#ting", message_id(), "x") for _ in range(3)))

    sending = asyncio.create_task(send_many())
    heads, connections = [], []
    while not sending.done():
        connection = FakeConnection("bob")
        app.realtime.presence.connect(connection)
        heads.append((await app.conversations.subscriptions.join(connection, "#ting")).head)
        connections.append(connection)
        await asyncio.sleep(0.001)
    await sending

    for head, connection in zip(heads, connections, strict=True):
        assert [message["seq"] for message in connection.received("message")] == list(range(head + 1, 91))
    assert len(set(heads)) > 1, "no connection joined while messages were sent"


@MORE_TIME
async def test_no_message_is_broadcast_before_it_is_in_the_database(app: App) -> None:
    ada = await register(app, "ada")
    lookups: list[asyncio.Task[Message | None]] = []

    class CheckingConnection(FakeConnection):
        def push(self, frames: bytes, /) -> None:
            super().push(frames)
            for frame in self.pushes[-1]:
                if frame["type"] == "message":
                    lookups.append(asyncio.ensure_future(app.stores.messages.get(frame["id"])))

    connection = CheckingConnection("eve")
    app.realtime.presence.connect(connection)
    await app.conversations.subscriptions.join(connection, "#ting")
    await asyncio.gather(*(app.conversations.messages.send(ada, "#ting", message_id(), "x") for _ in range(20)))

    found = await asyncio.gather(*lookups)
    assert len(found) == 20
    assert None not in found


@MORE_TIME
async def test_a_retry_gets_the_first_answer(app: App) -> None:
    ada, id = await register(app, "ada"), message_id()
    connection = await subscribe(app, "bob")

    together = await asyncio.gather(*(app.conversations.messages.send(ada, "#ting", id, "hello") for _ in range(5)))
    later = await app.conversations.messages.send(ada, "#ting", id, "something else")

    assert {(answer.seq, answer.position, answer.text) for answer in (*together, later)} == {(1, 1, "hello")}
    assert len(connection.received("message")) == 1


@MORE_TIME
@pytest.mark.parametrize("together", [True, False])
async def test_an_id_belongs_to_one_author_and_one_conversation(app: App, together: bool) -> None:
    ada, bob, id = await register(app, "ada"), await register(app, "bob"), message_id()
    for conversation in ("#ting", "#music"):
        await app.realtime.live.acquire(conversation)  # so that the sends are handled in the order of the calls
    first = app.conversations.messages.send(ada, "#ting", id, "hello")
    others = [
        app.conversations.messages.send(bob, "#ting", id, "hello"),
        app.conversations.messages.send(ada, "#music", id, "hello"),
    ]

    if together:
        answers = await asyncio.gather(first, *others, return_exceptions=True)
    else:
        answers = [await first, *await asyncio.gather(*others, return_exceptions=True)]

    assert isinstance(answers[0], Message)
    assert [type(answer) for answer in answers[1:]] == [IdTaken, IdTaken]


@MORE_TIME
async def test_an_edit_takes_the_next_seq_and_keeps_position_and_first(app: App) -> None:
    ada = await register(app, "ada")
    sent = [await app.conversations.messages.send(ada, "#ting", message_id(), "x") for _ in range(2)]
    connection = await subscribe(app, "bob")

    edited = await app.conversations.messages.edit(ada, sent[0].id, "y")

    assert (edited.seq, edited.first, edited.position, edited.text) == (3, 1, 1, "y")
    assert edited.edited is not None
    assert edited.edited > edited.sent
    assert [message["seq"] for message in connection.received("message")] == [3]
    assert await app.conversations.history.get("eve-id", sent[0].id) == edited


@MORE_TIME
async def test_an_edit_that_changes_nothing_takes_no_seq(app: App) -> None:
    ada = await register(app, "ada")
    sent = await app.conversations.messages.send(ada, "#ting", message_id(), "x")

    assert await app.conversations.messages.edit(ada, sent.id, "x") == sent


@MORE_TIME
async def test_an_edit_of_an_outdated_version_is_refused(app: App) -> None:
    ada, bob = await register(app, "ada"), await register(app, "bob")
    sent = await app.conversations.messages.send(ada, "#ting", message_id(), "x")
    await app.conversations.messages.react(bob, sent.id, "👍", on=True)  # takes a seq, but changes no text
    edited = await app.conversations.messages.edit(ada, sent.id, "y", sent.seq)

    with pytest.raises(EditConflict):
        await app.conversations.messages.edit(ada, sent.id, "z", sent.seq)
    assert await app.conversations.messages.edit(ada, sent.id, "y", sent.seq) == edited  # a retry
    reacted = await app.conversations.messages.react(ada, sent.id, "👍", on=True)
    assert (await app.conversations.messages.edit(ada, sent.id, "z", edited.seq)).text == "z"
    with pytest.raises(EditConflict):
        await app.conversations.messages.edit(ada, sent.id, "w", reacted.seq)


@MORE_TIME
async def test_reactions_are_broadcast_as_changes_of_the_message(app: App) -> None:
    ada, bob = await register(app, "ada"), await register(app, "bob")
    sent = await app.conversations.messages.send(ada, "#ting", message_id(), "x")
    connection = await subscribe(app, "eve")

    added = await app.conversations.messages.react(bob, sent.id, "👍", on=True)
    again = await app.conversations.messages.react(bob, sent.id, "👍", on=True)
    removed = await app.conversations.messages.react(bob, sent.id, "👍", on=False)

    assert (added.reactions, added.seq, added.first, added.edited) == ({"👍": [bob.id]}, 2, 1, None)
    assert again == added
    assert removed.reactions == {}
    assert [frame.get("reactions") for frame in connection.received("message")] == [{"👍": [bob.id]}, None]
    await app.conversations.messages.delete(ada, sent.id)
    with pytest.raises(Deleted):
        await app.conversations.messages.react(bob, sent.id, "👍", on=True)


@MORE_TIME
async def test_a_reply_quotes_the_beginning_of_the_message_as_it_is_now(app: App) -> None:
    ada, bob = await register(app, "ada"), await register(app, "bob")
    asked = await app.conversations.messages.send(ada, "#ting", message_id(), "x" * 200)
    connection = await subscribe(app, "eve")

    answer = await app.conversations.messages.send(bob, "#ting", message_id(), "yes", reply_to=asked.id)
    await app.conversations.messages.edit(ada, asked.id, "why?")
    edited = await app.conversations.history.get("eve-id", answer.id)
    await app.conversations.messages.delete(ada, asked.id)
    deleted = await app.conversations.history.get("eve-id", answer.id)

    assert answer.reply_to == Quote(asked.id, ada, "x" * 160)
    assert connection.received("message")[0]["reply_to"]["text"] == "x" * 160
    assert edited.reply_to == Quote(asked.id, ada, "why?")
    assert deleted.reply_to == Quote(asked.id, ada, "", deleted=True)


@MORE_TIME
async def test_a_reply_needs_an_existing_message_of_the_same_conversation(app: App) -> None:
    ada = await register(app, "ada")
    elsewhere = await app.conversations.messages.send(ada, "#music", message_id(), "x")

    for id in (message_id(), elsewhere.id):
        with pytest.raises(NoSuchMessage) as refused:
            await app.conversations.messages.send(ada, "#ting", message_id(), "yes", reply_to=id)
        assert refused.value.field == "reply_to"


@MORE_TIME
async def test_concurrent_edits_of_one_message_are_applied_one_after_another(app: App) -> None:
    ada = await register(app, "ada")
    sent = await app.conversations.messages.send(ada, "#ting", message_id(), "x")

    edits = await asyncio.gather(*(app.conversations.messages.edit(ada, sent.id, str(number)) for number in range(20)))

    assert sorted(edit.seq for edit in edits) == list(range(2, 22))
    newest = max(edits, key=lambda edit: edit.seq)
    assert await app.conversations.history.get("eve-id", sent.id) == newest
    assert all(later.edited > earlier.edited for earlier, later in pairwise(sorted(edits, key=lambda edit: edit.seq)))  # type: ignore[operator]


@MORE_TIME
async def test_deleting_leaves_a_tombstone_that_can_be_deleted_again_but_not_edited(app: App) -> None:
    ada = await register(app, "ada")
    sent = await app.conversations.messages.send(ada, "#ting", message_id(), "secret")

    deleted = await app.conversations.messages.delete(ada, sent.id)

    assert (deleted.text, deleted.seq, deleted.position) == ("", 2, 1)
    assert deleted.deleted is not None
    assert await app.conversations.messages.delete(ada, sent.id) == deleted
    with pytest.raises(Deleted):
        await app.conversations.messages.edit(ada, sent.id, "back")
    document = await app.web.database.collection("messages").find_one({"_id": sent.id})
    assert "secret" not in str(document)


@MORE_TIME
async def test_messages_of_other_users_and_missing_messages_cannot_be_changed(app: App) -> None:
    ada, bob = await register(app, "ada"), await register(app, "bob")
    sent = await app.conversations.messages.send(ada, "#ting", message_id(), "x")

    for change in (app.conversations.messages.edit(bob, sent.id, "y"), app.conversations.messages.delete(bob, sent.id)):
        with pytest.raises(NotYours):
            await change
    for change in (
        app.conversations.messages.edit(ada, message_id(), "y"),
        app.conversations.messages.delete(ada, message_id()),
    ):
        with pytest.raises(NoSuchMessage):
            await change
    assert await app.conversations.history.get("eve-id", sent.id) == sent


@MORE_TIME
@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "is empty"), ("x" * 4001, "4001 characters"), ("\x1b", "is empty"), ("\ud83d", "half of a character")],
)
async def test_a_bad_text_is_refused_with_the_reason(app: App, text: str, reason: str) -> None:
    ada = await register(app, "ada")
    sent = await app.conversations.messages.send(ada, "#ting", message_id(), "x")

    for change in (
        app.conversations.messages.send(ada, "#ting", message_id(), text),
        app.conversations.messages.edit(ada, sent.id, text),
    ):
        with pytest.raises(BadText, match=reason):
            await change


@MORE_TIME
async def test_a_topic_is_one_line_and_broadcast_to_its_channel(app: App) -> None:
    connection, elsewhere = await subscribe(app, "ada"), await subscribe(app, "bob", "#music")

    changed, people = await app.conversations.channels.change_topic(ADA, "Ting", "  All\n the\x1bre  is\0 ")

    assert (changed.topic, people) == ("All there is", 1)
    assert connection.received("conversation") == [
        {"type": "conversation", "conversation": "#ting", "topic": "All there is"}
    ]
    assert elsewhere.received("conversation") == []
    assert (await app.conversations.subscriptions.join(connection, "#ting")).conversation.topic == "All there is"
    for topic in ("x" * 201, "a\ud800b"):
        with pytest.raises(BadTopic):
            await app.conversations.channels.change_topic(ADA, "ting", topic)
    with pytest.raises(BadConversation):
        await app.conversations.channels.change_topic(ADA, "api", "x")


@MORE_TIME
async def test_a_message_is_stored_even_if_its_sender_disconnects(app: App) -> None:
    ada, id = await register(app, "ada"), message_id()
    connection = await subscribe(app, "bob")

    sending = asyncio.create_task(app.conversations.messages.send(ada, "#ting", id, "hello"))
    retry = asyncio.create_task(app.conversations.messages.send(ada, "#ting", id, "hello"))
    await until(lambda: app.realtime.journal.pending_insert(id))
    sending.cancel()

    assert (await retry).id == id
    assert [message["id"] for message in connection.received("message")] == [id]
