"""The order of requests while a conversation is being loaded."""

import asyncio

import pytest

from tests.client import People, message_id, until
from ting.core.models import Conversation
from ting.store.conversations import ConversationStore


@pytest.mark.gen_test
async def test_no_request_overtakes_one_whose_conversation_is_being_loaded(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    loading, may_load, get = [], asyncio.Event(), ConversationStore.get

    async def delayed_get(store: ConversationStore, id: str) -> Conversation:
        loading.append(id)
        await may_load.wait()
        return await get(store, id)

    monkeypatch.setattr(ConversationStore, "get", delayed_get)
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(join=None), await bob.connect(join=None)

    sent = await adas.begin("send", conversation="#ting", id=message_id(), text="first")
    pinged = await adas.begin("ping")
    await until(lambda: loading)
    for _ in range(5):
        await bobs.ask("ping")  # long enough for the other ping to be handled, if it were read
    may_load.set()
    await adas.answer(pinged)

    assert [frame["ref"] for frame in adas.frames] == [sent]


@pytest.mark.gen_test
async def test_messages_sent_without_joining_are_stored_in_order(people: People) -> None:
    ada = await people.enter("ada")
    socket = await ada.connect(join=None)

    refs = [
        await socket.begin("send", conversation=f"#c{number % 3}", id=message_id(), text=str(number))
        for number in range(30)
    ]
    for ref in refs:
        await socket.answer(ref)

    for rest in range(3):
        texts = [message["text"] for message in (await ada.history(f"#c{rest}"))["messages"]]
        assert texts == [str(number) for number in range(30) if number % 3 == rest]
