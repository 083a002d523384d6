"""Sending and changing messages while other messages are being stored."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.app_parts import register
from tests.client import message_id, until
from ting.app import App
from ting.core.models import Conversation
from ting.store.conversations import ConversationStore
from ting.store.messages import Write, Written

MORE_TIME = pytest.mark.gen_test(timeout=20)


@MORE_TIME
async def test_a_message_is_placed_before_it_is_stored(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, write, may_write = await register(app, "ada"), app.stores.messages.write, asyncio.Event()

    async def slow(batch: Sequence[Write]) -> Written:
        await may_write.wait()
        return await write(batch)

    monkeypatch.setattr(app.stores.messages, "write", slow)
    placed = [await app.conversations.messages.place(ada, "#ting", message_id(), text) for text in ("one", "two")]
    waiting = app.realtime.journal.waiting
    may_write.set()
    stored = await asyncio.gather(*placed)

    assert waiting == 2
    assert [(message.text, message.position, message.seq) for message in stored] == [("one", 1, 1), ("two", 2, 2)]


@MORE_TIME
async def test_changes_of_one_message_run_in_turn_and_do_not_delay_other_messages(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, write, may_write = await register(app, "ada"), app.stores.messages.write, asyncio.Event()
    messages = app.conversations.messages
    first, second = [await messages.send(ada, "#ting", message_id(), text) for text in ("one", "two")]

    async def slow(batch: Sequence[Write]) -> Written:
        await may_write.wait()
        return await write(batch)

    monkeypatch.setattr(app.stores.messages, "write", slow)
    changes = [
        asyncio.create_task(messages.edit(ada, first.id, "one!")),
        asyncio.create_task(messages.edit(ada, first.id, "one?")),
        asyncio.create_task(messages.edit(ada, second.id, "two!")),
    ]
    await until(lambda: app.realtime.journal.waiting == 2)
    may_write.set()
    await asyncio.gather(*changes)

    page = (await app.conversations.history.before(ada.id, "#ting", None, 10)).messages
    assert [message.text for message in page] == ["one?", "two!"]


@MORE_TIME
async def test_authors_who_send_many_messages_load_the_conversation_once(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, loads, get = await register(app, "ada"), 0, ConversationStore.get

    async def counted(store: ConversationStore, id: str) -> Conversation:
        nonlocal loads
        loads += 1
        return await get(store, id)

    async def send_three() -> None:
        for _ in range(3):
            await app.conversations.messages.send(ada, "#ting", message_id(), "hello")

    monkeypatch.setattr(ConversationStore, "get", counted)
    await asyncio.gather(*(send_three() for _ in range(8)))

    assert loads == 1
