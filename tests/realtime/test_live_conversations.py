"""The live state of conversations: loaded once, kept while held, and loaded again from the database."""

import asyncio
from collections.abc import Sequence

import pytest
from pymongo.errors import ConnectionFailure

from tests.app_parts import register, start_app, stop_app
from tests.client import message_id, until
from tests.fake_connection import FakeConnection
from ting.app import App
from ting.core.errors import Busy
from ting.core.models import Conversation, Person
from ting.store.conversations import ConversationStore
from ting.store.database import Database
from ting.store.messages import Write, Written

ADA = Person("ada-id", "ada")


def in_memory(app: App) -> set[str]:
    """The ids of the conversations in memory."""
    assert len(app.realtime.live) == len(app.realtime.live.ids)
    return app.realtime.live.ids


@pytest.mark.gen_test
async def test_a_conversation_is_loaded_once_for_concurrent_acquires(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    loads = 0
    get = ConversationStore.get

    async def counting_get(store: ConversationStore, id: str) -> Conversation:
        nonlocal loads
        loads += 1
        return await get(store, id)

    monkeypatch.setattr(ConversationStore, "get", counting_get)

    held = await asyncio.gather(*(app.realtime.live.acquire("#ting") for _ in range(20)))

    assert loads == 1
    assert all(live is held[0] for live in held)


@pytest.mark.gen_test
async def test_a_conversation_leaves_memory_with_its_last_subscriber(app: App) -> None:
    ada, bob = FakeConnection("ada"), FakeConnection("bob")
    for connection in (ada, bob):
        app.realtime.presence.connect(connection)
        await app.conversations.subscriptions.join(connection, "#ting")
        await app.conversations.subscriptions.join(connection, "#ting")
        await app.conversations.subscriptions.join(connection, "#music")
    assert in_memory(app) == {"#ting", "#music"}

    app.conversations.subscriptions.leave(ada, "#music")
    app.conversations.subscriptions.leave(ada, "#music")
    app.conversations.subscriptions.disconnect(ada)
    app.conversations.subscriptions.disconnect(ada)
    assert in_memory(app) == {"#ting", "#music"}
    app.conversations.subscriptions.disconnect(bob)

    assert in_memory(app) == set()


@pytest.mark.gen_test
async def test_requests_for_a_conversation_leave_nothing_in_memory(app: App) -> None:
    ada = await register(app, "ada")

    sent = await app.conversations.messages.send(ada, "#ting", message_id(), "hello")
    await app.conversations.messages.edit(ada, sent.id, "hello!")
    await app.conversations.history.changes("eve-id", "#ting", 0, 10)
    await app.conversations.channels.get("ting")
    await app.conversations.channels.change_topic(ADA, "ting", "All there is")

    assert in_memory(app) == set()


@pytest.mark.gen_test
async def test_a_connection_closed_while_joining_holds_nothing(app: App) -> None:
    ada = FakeConnection("ada")
    app.realtime.presence.connect(ada)

    joining = asyncio.create_task(app.conversations.subscriptions.join(ada, "#ting"))
    await asyncio.sleep(0)
    app.conversations.subscriptions.disconnect(ada)
    await joining

    assert in_memory(app) == set()
    assert app.realtime.presence.people("#ting") == []


@pytest.mark.gen_test
async def test_a_cancelled_acquire_does_not_stop_the_loading_for_others(app: App) -> None:
    first = asyncio.create_task(app.realtime.live.acquire("#ting"))
    second = asyncio.create_task(app.realtime.live.acquire("#ting"))
    await asyncio.sleep(0)

    first.cancel()

    assert (await second).id == "#ting"
    assert first.cancelled()
    app.realtime.live.release("#ting")
    assert in_memory(app) == set()


@pytest.mark.gen_test
async def test_a_conversation_that_could_not_be_loaded_is_loaded_by_the_next_acquire(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_answer(store: ConversationStore, id: str) -> Conversation:
        raise Busy("gone") from ConnectionFailure()

    with monkeypatch.context() as broken:
        broken.setattr(ConversationStore, "get", no_answer)
        results = await asyncio.gather(*(app.realtime.live.acquire("#ting") for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [Busy] * 3
    assert in_memory(app) == set()

    assert (await app.realtime.live.acquire("#ting")).head == 0


@pytest.mark.gen_test
async def test_positions_and_seqs_continue_after_a_restart(app: App, database: Database) -> None:
    ada = await register(app, "ada")
    for _ in range(3):
        last = await app.conversations.messages.send(ada, "#ting", message_id(), "before")
    await app.conversations.messages.edit(ada, last.id, "edited")
    await app.realtime.journal.stop()

    restarted = start_app(database)
    sent = await restarted.conversations.messages.send(ada, "#ting", message_id(), "after")
    await stop_app(restarted)

    assert (last.seq, last.position) == (3, 3)
    assert (sent.seq, sent.position) == (5, 4)


@pytest.mark.gen_test
async def test_a_conversation_stays_in_memory_until_a_cancelled_send_is_stored(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, id = await register(app, "ada"), message_id()
    may_write, write = asyncio.Event(), app.stores.messages.write

    async def blocked_write(batch: Sequence[Write]) -> Written:
        await may_write.wait()
        return await write(batch)

    monkeypatch.setattr(app.stores.messages, "write", blocked_write)
    sending = asyncio.create_task(app.conversations.messages.send(ada, "#ting", id, "cancelled"))
    await until(lambda: app.realtime.journal.waiting)

    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    after = asyncio.create_task(app.conversations.messages.send(ada, "#ting", message_id(), "after"))
    await until(lambda: app.realtime.journal.waiting == 2)
    may_write.set()

    assert (await after).position > (await app.conversations.history.get("eve-id", id)).position
    assert in_memory(app) == set()


@pytest.mark.gen_test
async def test_joins_within_an_interval_are_one_frame_for_each_connection(app: App) -> None:
    guests = [FakeConnection(f"guest{number}") for number in range(30)]
    async with app.realtime.live.lease("#ting") as live:
        for connection in guests:  # without an await between, so that a slow machine cannot split the interval
            app.realtime.presence.connect(connection)
            app.realtime.live.join(live, connection)

    await until(lambda: all(connection.pushes for connection in guests))

    for connection in guests:
        frames = connection.received("presence")
        assert [sorted(person["id"] for person in frame["came"]) for frame in frames] == [
            sorted(guest.person.id for guest in guests)
        ]


@pytest.mark.gen_test
async def test_leaving_is_broadcast_and_closing_a_second_tab_is_not(app: App) -> None:
    ada, bob, tab = FakeConnection("ada"), FakeConnection("bob"), FakeConnection("bob")
    for connection in (ada, bob, tab):
        app.realtime.presence.connect(connection)
        await app.conversations.subscriptions.join(connection, "#ting")
    await until(lambda: ada.pushes and not app.realtime.presence.changed_conversations)
    ada.pushes.clear()

    app.conversations.subscriptions.disconnect(tab)
    eve = FakeConnection("eve")
    app.realtime.presence.connect(eve)
    await app.conversations.subscriptions.join(eve, "#ting")
    app.conversations.subscriptions.disconnect(bob)
    await until(lambda: ada.pushes)

    assert ada.received("presence") == [
        {
            "type": "presence",
            "conversation": "#ting",
            "came": [{"id": "eve-id", "name": "eve"}],
            "went": ["bob-id"],
        }
    ]
