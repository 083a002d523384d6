"""A message that cannot be read or indexed is left out. All others are found."""

import asyncio
from typing import Any

import pytest

from tests.client import message_id
from tests.conversations.searchable import SearchableChat
from ting.app import App
from ting.conversations import indexer
from ting.conversations.tokenizer import index_tokens

BROKEN: list[dict[str, Any]] = [
    {"$unset": {"text": ""}},
    {"$set": {"text": 7}},
    {"$set": {"text": None}},
    {"$unset": {"author": ""}},
    {"$set": {"author": ["ada"]}},
    {"$set": {"sent": "yesterday"}},
    {"$set": {"deleted": "yes"}},
]


@pytest.fixture
def chat(app: App) -> SearchableChat:
    return SearchableChat(app)


async def send_without_indexing(chat: SearchableChat, *texts: str) -> list[str]:
    """Send messages as one user, and return their ids."""
    ada = await chat.user("ada")
    ids = [message_id() for _ in texts]
    for id, text in zip(ids, texts, strict=True):
        await chat.app.conversations.messages.send(ada.person, "#ting", id, text)
    return ids


@pytest.mark.gen_test
async def test_an_unreadable_message_does_not_stop_the_indexer(
    chat: SearchableChat, caplog: pytest.LogCaptureFixture
) -> None:
    eve = await chat.user("eve")
    texts = ["bread first", *["bread xyzzy"] * (len(BROKEN) + 1), "bread last"]
    ids = await send_without_indexing(chat, *texts)
    messages = chat.app.web.database.collection("messages")
    database = messages.database
    await database.command("collMod", "messages", validationLevel="off")
    for id, change in zip(ids[1:], BROKEN, strict=False):
        await messages.update_one({"_id": id}, change)
    document = await messages.find_one_and_delete({"_id": ids[-2]})
    await messages.insert_one({**(document or {}), "_id": "no UUID"})
    await database.command("collMod", "messages", validationLevel="strict")

    await chat.indexer.catch_up()

    assert await chat.find(eve, "bread") == ["bread last", "bread first"]
    assert chat.indexer.behind == 0
    assert await chat.index.indexed("#ting") == len(texts)
    assert all(id in caplog.text for id in [*ids[1:-2], "no UUID"])
    assert "xyzzy" not in caplog.text


@pytest.mark.gen_test
async def test_a_text_that_the_tokenizer_refuses_is_left_out(
    chat: SearchableChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(text: str) -> set[str]:
        if "xyzzy" in text:
            raise RuntimeError
        return index_tokens(text)

    monkeypatch.setattr(indexer, "index_tokens", refusing)
    eve = await chat.user("eve")
    await send_without_indexing(chat, "bread first", "bread xyzzy", "bread last")

    await chat.indexer.catch_up()

    assert await chat.find(eve, "bread") == ["bread last", "bread first"]


@pytest.mark.gen_test
async def test_an_entry_that_the_database_refuses_is_left_out(chat: SearchableChat) -> None:
    eve = await chat.user("eve")
    await send_without_indexing(chat, "bread first", "bread xyzzy", "bread last")
    database = chat.app.web.database.collection("words").database
    await database.command("collMod", "words", validator={"t": {"$ne": "xyzzy"}})

    await chat.indexer.catch_up()

    assert await chat.find(eve, "bread") == ["bread last", "bread first"]
    assert await chat.app.web.database.collection("vocabulary").find_one({"_id": "xyzzy"}) is None


@pytest.mark.gen_test
@pytest.mark.parametrize("field", ["author", "text"])
async def test_a_hit_or_a_page_with_an_unreadable_message_shows_the_others(chat: SearchableChat, field: str) -> None:
    eve = await chat.user("eve")
    ids = await send_without_indexing(chat, "bread first", "bread xyzzy", "bread last")
    await chat.indexer.catch_up()
    messages = chat.app.web.database.collection("messages")
    await messages.database.command("collMod", "messages", validationLevel="off")
    await messages.update_one({"_id": ids[1]}, {"$unset": {field: ""}})
    await messages.database.command("collMod", "messages", validationLevel="strict")

    assert await chat.find(eve, "bread") == ["bread last", "bread first"]
    page = await chat.app.conversations.history.before(eve.id, "#ting", None, 10)
    assert [message.text for message in page.messages] == ["bread first", "bread last"]


@pytest.mark.gen_test
async def test_a_conversation_that_cannot_be_indexed_does_not_hold_up_others(
    chat: SearchableChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer, "RETRY_S", 0.01)
    monkeypatch.setattr(indexer, "BATCH_WINDOW_S", 0.01)
    ada = await chat.user("ada")
    indexed = chat.index.indexed

    async def failing(conversation: str) -> int:
        if conversation == "#broken":
            raise RuntimeError
        return await indexed(conversation)

    monkeypatch.setattr(chat.index, "indexed", failing)
    for name in ("#broken", "#a", "#z"):
        await chat.app.conversations.messages.send(ada.person, name, message_id(), f"bread in {name}")
    running = asyncio.create_task(chat.indexer.run())
    while await chat.find(ada, "bread") != ["bread in #z", "bread in #a"]:
        await asyncio.sleep(0.01)
    running.cancel()
