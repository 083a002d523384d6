"""What was deleted or replaced leaves no trace: a marker is looked for in every collection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from tests.accounts.test_deletion import account_deletion, finished, running
from tests.app_parts import register
from tests.client import message_id, until
from tests.fake_connection import FakeConnection
from ting.app import App
from ting.conversations.indexer import Indexer
from ting.core.conversation_ids import direct_id
from ting.core.models import ClientInfo, Message, User

MARKER = "xyzzyplugh"
CLIENT = ClientInfo(f"{MARKER} browser", "192.0.2.77")


@asynccontextmanager
async def indexing(app: App, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Indexer]:
    """Index new messages at once."""
    monkeypatch.setattr("ting.conversations.indexer.BATCH_WINDOW_S", 0.01)
    indexer = Indexer(app.stores.messages, app.stores.search_index, share=1.0)
    app.realtime.journal.on_commit(indexer.on_commit)
    task = asyncio.create_task(indexer.run())
    try:
        yield indexer
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def traces(app: App, marker: str) -> list[tuple[str, Any]]:
    """All documents that contain a text, with their collections."""
    database = app.web.database.collection("meta").database
    return [
        (name, document)
        for name in sorted(await database.list_collection_names())
        async for document in database[name].find()
        if marker in str(document)
    ]


async def until_gone(app: App, marker: str) -> None:
    while await traces(app, marker):
        await asyncio.sleep(0.02)


async def until_indexed(app: App, *messages: Message) -> None:
    for message in messages:
        while await app.stores.search_index.indexed(message.conversation) < message.seq:
            await asyncio.sleep(0.02)


async def user_named(app: App, name: str) -> User:
    user = await app.stores.users.get((await register(app, name)).id)
    assert user is not None
    return user


@pytest.mark.gen_test
@pytest.mark.parametrize("change", ["edit", "delete"])
async def test_an_edited_or_deleted_message_leaves_no_trace(
    app: App, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    ada, bob = await user_named(app, "ada"), await user_named(app, "bob")
    messages, send = app.conversations.messages, app.conversations.messages.send
    async with indexing(app, monkeypatch):
        for conversation in ("#ting", direct_id(ada.id, bob.id)):
            sent = await send(ada.person, conversation, message_id(), f"the word is {MARKER}, {MARKER}日本")
            kept = await send(ada.person, conversation, message_id(), "the word is another")
            await until_indexed(app, sent, kept)
            assert {name for name, _ in await traces(app, MARKER)} == {"messages", "words", "vocabulary"}
            await send(bob.person, conversation, message_id(), "a reply", reply_to=sent.id)

            if change == "edit":
                await messages.edit(ada.person, sent.id, "the word is gone")
            else:
                await messages.delete(ada.person, sent.id)
            await until_gone(app, MARKER)

        vocabulary = app.web.database.collection("vocabulary")
        words = app.web.database.collection("words")
        assert set(await vocabulary.distinct("_id")) == set(await words.distinct("t"))
        assert await vocabulary.find_one({"_id": "another"}) == {"_id": "another", "n": 1}


@pytest.mark.gen_test
async def test_a_word_is_kept_as_long_as_another_message_has_it(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await user_named(app, "ada")
    messages, send = app.conversations.messages, app.conversations.messages.send
    async with indexing(app, monkeypatch):
        sent = [await send(ada.person, name, message_id(), MARKER) for name in ("#ting", "#music", "#music")]
        await until_indexed(app, *sent)
        vocabulary = app.web.database.collection("vocabulary")
        for message in sent[:2]:
            deleted = await messages.delete(ada.person, message.id)
            await until_indexed(app, deleted)
            assert await vocabulary.find_one({"_id": MARKER}) is not None
        await messages.delete(ada.person, sent[2].id)
        await until_gone(app, MARKER)


async def fill(app: App, ada: User, bob: User, cyd: User) -> list[Message]:
    """Store something of ada's everywhere, and return the messages."""
    send = app.conversations.messages.send
    await app.stores.users.change(ada.id, email=f"{MARKER}@example.org", place=MARKER, gender=MARKER)
    await app.stores.users.ignore(bob.id, ada.id)
    with_bob, with_cyd = direct_id(ada.id, bob.id), direct_id(ada.id, cyd.id)
    for user, conversation in ((ada, with_bob), (ada, with_cyd), (cyd, with_cyd)):
        await app.memberships.memberships.visit(user.id, conversation)
    return [
        await send(ada.person, "#ting", message_id(), f"{MARKER} in public"),
        await send(ada.person, with_cyd, message_id(), f"{MARKER} for cyd"),
        await send(ada.person, with_bob, message_id(), f"{MARKER} for bob"),
        await send(bob.person, with_bob, message_id(), "an answer by bob"),
    ]


@pytest.mark.gen_test
async def test_a_deleted_account_with_its_messages_leaves_no_trace(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, _ = await app.accounts.accounts.register("ada", CLIENT)
    bob, cyd = await user_named(app, "bob"), await user_named(app, "cyd")
    cyds = FakeConnection("cyd")
    cyds.person = cyd.person
    app.realtime.presence.connect(cyds)
    deletion = account_deletion(app)
    async with indexing(app, monkeypatch), running(deletion):
        await until_indexed(app, *await fill(app, ada, bob, cyd))
        assert {"messages", "words", "users", "sessions"} <= {name for name, _ in await traces(app, MARKER)}

        await deletion.delete(ada, "remove")
        await finished(app, ada)

        await until_gone(app, MARKER)
        await until_gone(app, direct_id(ada.id, cyd.id))
        assert cyds.received("unlisted") == [{"type": "unlisted", "conversation": direct_id(ada.id, cyd.id)}]
    # The id is left only where others refer to it: tombstones, and the direct conversation in which bob wrote.
    of_bob = (direct_id(ada.id, bob.id), f"'!{ada.id} ")
    found = await traces(app, ada.id)
    left = [(name, document) for name, document in found if not any(part in str(document) for part in of_bob)]
    assert sorted(name for name, _ in left) == ["audit", "messages", "users"]
    assert all(document["text"] == "" for name, document in left if name == "messages")
    assert (await app.stores.users.get(bob.id) or ada).ignored == ()


@pytest.mark.gen_test
async def test_a_removed_conversation_stays_removed_after_a_restart_of_the_indexer(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = await user_named(app, "ada"), await user_named(app, "bob")
    direct = direct_id(ada.id, bob.id)
    deletion = account_deletion(app)
    async with indexing(app, monkeypatch), running(deletion):
        sent = await app.conversations.messages.send(ada.person, direct, message_id(), MARKER)
        await until_indexed(app, sent)
        await deletion.delete(ada, "remove")
        await finished(app, ada)
    public = await app.conversations.messages.send(bob.person, "#ting", message_id(), "hello")
    async with indexing(app, monkeypatch) as indexer:
        await until_indexed(app, public)
        await until(lambda: not indexer.behind)

    assert await traces(app, direct) == []
