"""What MongoDB has applied and not yet made durable can still be lost: nobody may see it, by any way."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import TypeVar

import pytest
from msgspec import structs

from tests.client import People, message_id
from ting.core.settings import Settings
from ting.store.messages import MessageStore, Write, Written

CHANGES = "/api/conversations/%23ting/changes?after=0"
HISTORY = "/api/conversations/%23ting/messages"
MOMENT_S = 0.2

_Answer = TypeVar("_Answer")


class SlowDisk:
    """Between the store and the journal: while it is stuck, writes are applied, and nothing is durable."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.applied = asyncio.Event()
        self._turning = asyncio.Event()
        self._turning.set()
        write, barrier = MessageStore.write, MessageStore.barrier

        async def slow_write(store: MessageStore, batch: Sequence[Write]) -> Written:
            written = await write(store, batch)
            self.applied.set()
            await self._turning.wait()
            return written

        async def slow_barrier(store: MessageStore) -> None:
            await barrier(store)
            await self._turning.wait()

        monkeypatch.setattr(MessageStore, "write", slow_write)
        monkeypatch.setattr(MessageStore, "barrier", slow_barrier)

    def stick(self) -> None:
        self._turning.clear()
        self.applied.clear()

    def turn(self) -> None:
        self._turning.set()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowDisk]:
    disk = SlowDisk(monkeypatch)
    yield disk
    disk.turn()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A test that fails leaves something waiting: do not wait long for it."""
    return structs.replace(settings, pace=structs.replace(settings.pace, drain_s=0.1))


async def at_once(asking: asyncio.Task[_Answer]) -> _Answer | None:
    """The answer, if it does not wait for the disk."""
    done, _ = await asyncio.wait({asking}, timeout=MOMENT_S)
    return asking.result() if done else None


@pytest.mark.parametrize("path", [CHANGES, HISTORY, "/api/messages/{id}"])
@pytest.mark.gen_test(timeout=30)
async def test_nobody_sees_a_message_that_could_still_be_lost(disk: SlowDisk, people: People, path: str) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    socket, id = await ada.connect(), message_id()
    disk.stick()
    ref = await socket.begin("send", conversation="#ting", id=id, text="could be lost")
    await disk.applied.wait()

    early = await at_once(asking := asyncio.create_task(bob.get(path.format(id=id))))
    disk.turn()
    await asyncio.gather(socket.answer(ref), asking)
    assert early is None or b"could be lost" not in early.body
    assert b"could be lost" in (await bob.get(path.format(id=id))).body


@pytest.mark.parametrize("path", [CHANGES, HISTORY, "/api/messages/{id}"])
@pytest.mark.gen_test(timeout=30)
async def test_nobody_sees_an_edit_that_could_still_be_lost(disk: SlowDisk, people: People, path: str) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    socket = await ada.connect()
    id = (await socket.send("durable"))["id"]
    disk.stick()
    ref = await socket.begin("edit", id=id, text="could be lost")
    await disk.applied.wait()

    early = await at_once(asking := asyncio.create_task(bob.get(path.format(id=id))))
    disk.turn()
    await asyncio.gather(socket.answer(ref), asking)
    assert early is None or b"could be lost" not in early.body
    assert b"could be lost" in (await bob.get(path.format(id=id))).body


@pytest.mark.gen_test(timeout=30)
async def test_history_is_never_without_a_message_that_is_being_edited(disk: SlowDisk, people: People) -> None:
    ada = await people.enter("ada")
    socket = await ada.connect()
    id = (await socket.send("durable"))["id"]
    disk.stick()
    ref = await socket.begin("edit", id=id, text="edited")
    await disk.applied.wait()

    asking = asyncio.create_task(ada.get(HISTORY))
    await at_once(asking)
    disk.turn()
    await socket.answer(ref)
    assert [message["id"] for message in (await asking).json["messages"]] == [id]


@pytest.mark.gen_test(timeout=30)
async def test_a_change_of_a_message_that_could_still_be_lost_is_not_acknowledged(
    disk: SlowDisk, people: People
) -> None:
    ada = await people.enter("ada")
    sending, editing, id = await ada.connect(), await ada.connect(), message_id()
    disk.stick()
    ref = await sending.begin("send", conversation="#ting", id=id, text="the same")
    await disk.applied.wait()

    # An edit that changes nothing has nothing to wait for but the message itself.
    early = await at_once(asking := asyncio.create_task(editing.ask("edit", id=id, text="the same")))
    disk.turn()
    await asyncio.gather(sending.answer(ref), asking)
    assert early is None or early["type"] == "error"
