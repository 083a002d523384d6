"""What people do in conversations, below the edge."""

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

PATIENT = pytest.mark.gen_test(timeout=20)


async def listening(app: App, name: str, conversation: str = "#ting") -> FakeConnection:
    """Somebody who has joined, from a connection that keeps what it hears."""
    ears = FakeConnection(name)
    app.realtime.presence.connect(ears)
    await app.conversations.subscriptions.join(ears, conversation)
    return ears


@PATIENT
async def test_many_senders_get_contiguous_seqs_and_all_hear_them_in_this_order(app: App) -> None:
    ada, bob = await register(app, "ada"), await register(app, "bob")
    ears = [await listening(app, name) for name in ("ada", "bob", "eve")]

    sent = await asyncio.gather(
        *(
            app.conversations.messages.send(author, "#ting", message_id(), f"{author.name} {number}")
            for number in range(100)
            for author in (ada, bob)
        )
    )

    assert sorted(message.seq for message in sent) == list(range(1, 201))
    assert sorted(message.position for message in sent) == list(range(1, 201))
    for one in ears:
        heard = one.received("message")
        assert [message["seq"] for message in heard] == list(range(1, 201))
        assert {message["id"]: message["text"] for message in heard} == {message.id: message.text for message in sent}


@PATIENT
async def test_what_one_person_sends_is_stored_in_the_order_of_sending(app: App) -> None:
    ada = await register(app, "ada")
    ears = await listening(app, "eve")

    await asyncio.gather(
        *(app.conversations.messages.send(ada, "#ting", message_id(), str(number)) for number in range(50))
    )

    assert [message["text"] for message in ears.received("message")] == [str(number) for number in range(50)]


@PATIENT
async def test_conversations_are_numbered_and_heard_apart(app: App) -> None:
    ada = await register(app, "ada")
    ting, music = await listening(app, "bob"), await listening(app, "eve", "#music")

    for conversation in ("#ting", "#music", "#ting", "#Music"):
        await app.conversations.messages.send(ada, conversation, message_id(), conversation)

    assert [(one["conversation"], one["seq"]) for one in ting.received("message")] == [("#ting", 1), ("#ting", 2)]
    assert [(one["conversation"], one["seq"]) for one in music.received("message")] == [("#music", 1), ("#music", 2)]


@PATIENT
async def test_a_snapshot_and_what_is_heard_after_it_have_no_gap(app: App) -> None:
    ada = await register(app, "ada")

    async def chatter() -> None:
        for _ in range(30):
            await asyncio.gather(*(app.conversations.messages.send(ada, "#ting", message_id(), "x") for _ in range(3)))

    sending = asyncio.create_task(chatter())
    heads, ears = [], []
    while not sending.done():
        one = FakeConnection("bob")
        app.realtime.presence.connect(one)
        heads.append((await app.conversations.subscriptions.join(one, "#ting")).head)
        ears.append(one)
        await asyncio.sleep(0.001)
    await sending

    for head, one in zip(heads, ears, strict=True):
        assert [message["seq"] for message in one.received("message")] == list(range(head + 1, 91))
    assert len(set(heads)) > 1, "nobody joined in the middle"


@PATIENT
async def test_nobody_hears_a_message_that_is_not_in_the_database(app: App) -> None:
    ada = await register(app, "ada")
    missing: list[asyncio.Task[Message | None]] = []

    class Doubting(FakeConnection):
        def push(self, frames: bytes, /) -> None:
            super().push(frames)
            for frame in self.pushes[-1]:
                if frame["type"] == "message":
                    missing.append(asyncio.ensure_future(app.stores.messages.get(frame["id"])))

    doubting = Doubting("eve")
    app.realtime.presence.connect(doubting)
    await app.conversations.subscriptions.join(doubting, "#ting")
    await asyncio.gather(*(app.conversations.messages.send(ada, "#ting", message_id(), "x") for _ in range(20)))

    found = await asyncio.gather(*missing)
    assert len(found) == 20
    assert None not in found


@PATIENT
async def test_a_retry_gets_the_first_answer(app: App) -> None:
    ada, id = await register(app, "ada"), message_id()
    ears = await listening(app, "bob")

    together = await asyncio.gather(*(app.conversations.messages.send(ada, "#ting", id, "hello") for _ in range(5)))
    later = await app.conversations.messages.send(ada, "#ting", id, "something else")

    assert {(one.seq, one.position, one.text) for one in (*together, later)} == {(1, 1, "hello")}
    assert len(ears.received("message")) == 1


@PATIENT
@pytest.mark.parametrize("together", [True, False])
async def test_an_id_belongs_to_one_author_and_one_conversation(app: App, together: bool) -> None:
    ada, bob, id = await register(app, "ada"), await register(app, "bob"), message_id()
    for conversation in ("#ting", "#music"):
        await app.realtime.live.acquire(conversation)  # so that who asks first is first
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


@PATIENT
async def test_an_edit_takes_the_next_seq_and_keeps_place_and_first(app: App) -> None:
    ada = await register(app, "ada")
    sent = [await app.conversations.messages.send(ada, "#ting", message_id(), "x") for _ in range(2)]
    ears = await listening(app, "bob")

    edited = await app.conversations.messages.edit(ada, sent[0].id, "y")

    assert (edited.seq, edited.first, edited.position, edited.text) == (3, 1, 1, "y")
    assert edited.edited is not None
    assert edited.edited > edited.sent
    assert [message["seq"] for message in ears.received("message")] == [3]
    assert await app.conversations.history.get("eve-id", sent[0].id) == edited


@PATIENT
async def test_an_edit_that_changes_nothing_takes_no_seq(app: App) -> None:
    ada = await register(app, "ada")
    sent = await app.conversations.messages.send(ada, "#ting", message_id(), "x")

    assert await app.conversations.messages.edit(ada, sent.id, "x") == sent


@PATIENT
async def test_an_edit_of_a_version_that_was_edited_since_is_refused(app: App) -> None:
    ada, bob = await register(app, "ada"), await register(app, "bob")
    sent = await app.conversations.messages.send(ada, "#ting", message_id(), "x")
    await app.conversations.messages.react(bob, sent.id, "👍", on=True)  # takes a seq, but changes no text
    edited = await app.conversations.messages.edit(ada, sent.id, "y", sent.seq)

    with pytest.raises(EditConflict):
        await app.conversations.messages.edit(ada, sent.id, "z", sent.seq)
    assert await app.conversations.messages.edit(ada, sent.id, "y", sent.seq) == edited  # the same once more
    reacted = await app.conversations.messages.react(ada, sent.id, "👍", on=True)
    assert (await app.conversations.messages.edit(ada, sent.id, "z", edited.seq)).text == "z"
    with pytest.raises(EditConflict):
        await app.conversations.messages.edit(ada, sent.id, "w", reacted.seq)


@PATIENT
async def test_reactions_are_changes_that_everybody_is_told(app: App) -> None:
    ada, bob = await register(app, "ada"), await register(app, "bob")
    sent = await app.conversations.messages.send(ada, "#ting", message_id(), "x")
    ears = await listening(app, "eve")

    added = await app.conversations.messages.react(bob, sent.id, "👍", on=True)
    again = await app.conversations.messages.react(bob, sent.id, "👍", on=True)
    taken = await app.conversations.messages.react(bob, sent.id, "👍", on=False)

    assert (added.reactions, added.seq, added.first, added.edited) == ({"👍": [bob.id]}, 2, 1, None)
    assert again == added
    assert taken.reactions == {}
    assert [frame.get("reactions") for frame in ears.received("message")] == [{"👍": [bob.id]}, None]
    await app.conversations.messages.delete(ada, sent.id)
    with pytest.raises(Deleted):
        await app.conversations.messages.react(bob, sent.id, "👍", on=True)


@PATIENT
async def test_an_answer_shows_the_beginning_of_what_it_answers_as_that_now_is(app: App) -> None:
    ada, bob = await register(app, "ada"), await register(app, "bob")
    asked = await app.conversations.messages.send(ada, "#ting", message_id(), "x" * 200)
    ears = await listening(app, "eve")

    answer = await app.conversations.messages.send(bob, "#ting", message_id(), "yes", reply_to=asked.id)
    await app.conversations.messages.edit(ada, asked.id, "why?")
    edited = await app.conversations.history.get("eve-id", answer.id)
    await app.conversations.messages.delete(ada, asked.id)
    deleted = await app.conversations.history.get("eve-id", answer.id)

    assert answer.reply_to == Quote(asked.id, ada, "x" * 160)
    assert ears.received("message")[0]["reply_to"]["text"] == "x" * 160
    assert edited.reply_to == Quote(asked.id, ada, "why?")
    assert deleted.reply_to == Quote(asked.id, ada, "", deleted=True)


@PATIENT
async def test_only_what_is_there_can_be_answered(app: App) -> None:
    ada = await register(app, "ada")
    elsewhere = await app.conversations.messages.send(ada, "#music", message_id(), "x")

    for id in (message_id(), elsewhere.id):
        with pytest.raises(NoSuchMessage) as refused:
            await app.conversations.messages.send(ada, "#ting", message_id(), "yes", reply_to=id)
        assert refused.value.field == "reply_to"


@PATIENT
async def test_edits_of_one_message_at_the_same_time_all_take_their_turn(app: App) -> None:
    ada = await register(app, "ada")
    sent = await app.conversations.messages.send(ada, "#ting", message_id(), "x")

    edits = await asyncio.gather(*(app.conversations.messages.edit(ada, sent.id, str(number)) for number in range(20)))

    assert sorted(edit.seq for edit in edits) == list(range(2, 22))
    newest = max(edits, key=lambda edit: edit.seq)
    assert await app.conversations.history.get("eve-id", sent.id) == newest
    assert all(later.edited > earlier.edited for earlier, later in pairwise(sorted(edits, key=lambda one: one.seq)))  # type: ignore[operator]


@PATIENT
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


@PATIENT
async def test_others_messages_and_messages_that_are_none_cannot_be_changed(app: App) -> None:
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


@PATIENT
@pytest.mark.parametrize(
    ("text", "said"), [("", "is empty"), ("x" * 4001, "4001 characters"), ("\x1b", "invalid characters")]
)
async def test_a_bad_text_is_refused_with_the_reason(app: App, text: str, said: str) -> None:
    ada = await register(app, "ada")
    sent = await app.conversations.messages.send(ada, "#ting", message_id(), "x")

    for change in (
        app.conversations.messages.send(ada, "#ting", message_id(), text),
        app.conversations.messages.edit(ada, sent.id, text),
    ):
        with pytest.raises(BadText, match=said):
            await change


@PATIENT
async def test_a_topic_is_one_line_that_everybody_here_is_told(app: App) -> None:
    ears, elsewhere = await listening(app, "ada"), await listening(app, "bob", "#music")

    changed, people = await app.conversations.channels.change_topic(ADA, "Ting", "  All\n there  is ")

    assert (changed.topic, people) == ("All there is", 1)
    assert ears.received("conversation") == [{"type": "conversation", "conversation": "#ting", "topic": "All there is"}]
    assert elsewhere.received("conversation") == []
    assert (await app.conversations.subscriptions.join(ears, "#ting")).conversation.topic == "All there is"
    for topic in ("x" * 201, "a\0b", "a\x1bb"):
        with pytest.raises(BadTopic):
            await app.conversations.channels.change_topic(ADA, "ting", topic)
    with pytest.raises(BadConversation):
        await app.conversations.channels.change_topic(ADA, "api", "x")


@PATIENT
async def test_a_sender_that_goes_away_takes_nothing_back(app: App) -> None:
    ada, id = await register(app, "ada"), message_id()
    ears = await listening(app, "bob")

    sending = asyncio.create_task(app.conversations.messages.send(ada, "#ting", id, "hello"))
    retry = asyncio.create_task(app.conversations.messages.send(ada, "#ting", id, "hello"))
    await until(lambda: app.realtime.journal.pending_insert(id))
    sending.cancel()

    assert (await retry).id == id
    assert [message["id"] for message in ears.received("message")] == [id]
