"""The live state of conversations: loaded once, kept while held, and continued from the database."""

import asyncio
from collections.abc import Sequence

import pytest
from pymongo.errors import ConnectionFailure

from tests.app_parts import AppParts
from tests.client import message_id, until
from tests.fake_connection import FakeConnection
from ting.core.errors import Busy
from ting.core.models import Conversation, Person
from ting.store.conversations import ConversationStore
from ting.store.database import Database
from ting.store.messages import Write, Written

ADA = Person("ada-id", "ada")


def in_memory(backstage: AppParts) -> set[str]:
    """The conversations that take memory."""
    internals = vars(backstage.conversations)
    assert set(internals["_live"]) == set(internals["_holders"])
    return set(internals["_live"])


@pytest.mark.gen_test
async def test_a_conversation_is_loaded_once_for_all_who_ask_at_the_same_time(
    backstage: AppParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads = 0
    get = ConversationStore.get

    async def counted(store: ConversationStore, id: str) -> Conversation:
        nonlocal loads
        loads += 1
        return await get(store, id)

    monkeypatch.setattr(ConversationStore, "get", counted)

    held = await asyncio.gather(*(backstage.conversations.acquire("#ting") for _ in range(20)))

    assert loads == 1
    assert all(live is held[0] for live in held)


@pytest.mark.gen_test
async def test_a_conversation_leaves_memory_with_the_last_who_holds_it(backstage: AppParts) -> None:
    ada, bob = FakeConnection("ada"), FakeConnection("bob")
    for ears in (ada, bob):
        backstage.presence.connect(ears)
        await backstage.chat.join(ears, "#ting")
        await backstage.chat.join(ears, "#ting")
        await backstage.chat.join(ears, "#music")
    assert in_memory(backstage) == {"#ting", "#music"}

    backstage.chat.leave(ada, "#music")
    backstage.chat.leave(ada, "#music")
    backstage.chat.disconnect(ada)
    backstage.chat.disconnect(ada)
    assert in_memory(backstage) == {"#ting", "#music"}
    backstage.chat.disconnect(bob)

    assert in_memory(backstage) == set()


@pytest.mark.gen_test
async def test_asking_about_a_conversation_leaves_nothing_in_memory(backstage: AppParts) -> None:
    ada = await backstage.person("ada")

    sent = await backstage.chat.send(ada, "#ting", message_id(), "hello")
    await backstage.chat.edit(ada, sent.id, "hello!")
    await backstage.reading.changes("eve-id", "#ting", 0, 10)
    await backstage.chat.channel("ting")
    await backstage.chat.change_topic(ADA, "ting", "All there is")

    assert in_memory(backstage) == set()


@pytest.mark.gen_test
async def test_a_connection_that_went_while_it_was_joining_holds_nothing(backstage: AppParts) -> None:
    ada = FakeConnection("ada")
    backstage.presence.connect(ada)

    joining = asyncio.create_task(backstage.chat.join(ada, "#ting"))
    await asyncio.sleep(0)
    backstage.chat.disconnect(ada)
    await joining

    assert in_memory(backstage) == set()
    assert backstage.presence.people("#ting") == []


@pytest.mark.gen_test
async def test_somebody_who_gives_up_waiting_does_not_stop_the_loading_for_others(backstage: AppParts) -> None:
    first = asyncio.create_task(backstage.conversations.acquire("#ting"))
    second = asyncio.create_task(backstage.conversations.acquire("#ting"))
    await asyncio.sleep(0)

    first.cancel()

    assert (await second).id == "#ting"
    assert first.cancelled()
    backstage.conversations.release("#ting")
    assert in_memory(backstage) == set()


@pytest.mark.gen_test
async def test_a_conversation_that_could_not_be_loaded_is_loaded_by_the_next_who_asks(
    backstage: AppParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unanswered(store: ConversationStore, id: str) -> Conversation:
        raise Busy("gone") from ConnectionFailure()

    with monkeypatch.context() as broken:
        broken.setattr(ConversationStore, "get", unanswered)
        results = await asyncio.gather(
            *(backstage.conversations.acquire("#ting") for _ in range(3)), return_exceptions=True
        )
    assert [type(result) for result in results] == [Busy] * 3
    assert in_memory(backstage) == set()

    assert (await backstage.conversations.acquire("#ting")).head == 0


@pytest.mark.gen_test
async def test_positions_and_seqs_continue_after_a_restart(backstage: AppParts, database: Database) -> None:
    ada = await backstage.person("ada")
    for _ in range(3):
        last = await backstage.chat.send(ada, "#ting", message_id(), "before")
    await backstage.chat.edit(ada, last.id, "edited")
    await backstage.stop()

    again = AppParts(database)
    sent = await again.chat.send(ada, "#ting", message_id(), "after")
    await again.stop()

    assert (last.seq, last.position) == (3, 3)
    assert (sent.seq, sent.position) == (5, 4)


@pytest.mark.gen_test
async def test_a_conversation_stays_in_memory_until_what_was_given_up_is_stored(
    backstage: AppParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, id = await backstage.person("ada"), message_id()
    gate, write = asyncio.Event(), backstage.messages.write

    async def gated(batch: Sequence[Write]) -> Written:
        await gate.wait()
        return await write(batch)

    monkeypatch.setattr(backstage.messages, "write", gated)
    sending = asyncio.create_task(backstage.chat.send(ada, "#ting", id, "given up"))
    await until(lambda: backstage.journal.waiting)

    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    after = asyncio.create_task(backstage.chat.send(ada, "#ting", message_id(), "after"))
    await until(lambda: backstage.journal.waiting == 2)
    gate.set()

    assert (await after).position > (await backstage.reading.get("eve-id", id)).position
    assert in_memory(backstage) == set()


@pytest.mark.gen_test
async def test_arrivals_within_an_interval_are_one_frame_for_each_who_is_here(backstage: AppParts) -> None:
    guests = [FakeConnection(f"guest{number}") for number in range(30)]
    async with backstage.conversations.lease("#ting") as live:
        for ears in guests:  # in one step, however busy this machine is
            backstage.presence.connect(ears)
            backstage.conversations.join(live, ears)

    await until(lambda: all(ears.pushes for ears in guests))

    for ears in guests:
        frames = ears.received("presence")
        assert [sorted(person["id"] for person in frame["came"]) for frame in frames] == [
            sorted(guest.person.id for guest in guests)
        ]


@pytest.mark.gen_test
async def test_departures_are_told_to_those_who_stay_and_second_tabs_to_nobody(backstage: AppParts) -> None:
    ada, bob, tab = FakeConnection("ada"), FakeConnection("bob"), FakeConnection("bob")
    for ears in (ada, bob, tab):
        backstage.presence.connect(ears)
        await backstage.chat.join(ears, "#ting")
    await until(lambda: ada.pushes and not backstage.presence.has_changes)
    ada.pushes.clear()

    backstage.chat.disconnect(tab)
    eve = FakeConnection("eve")
    backstage.presence.connect(eve)
    await backstage.chat.join(eve, "#ting")
    backstage.chat.disconnect(bob)
    await until(lambda: ada.pushes)

    assert ada.received("presence") == [
        {
            "type": "presence",
            "conversation": "#ting",
            "came": [{"id": "eve-id", "name": "eve"}],
            "went": ["bob-id"],
        }
    ]
