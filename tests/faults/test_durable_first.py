"""What MongoDB has applied but not made durable can still be lost, so no response may contain it."""

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
    """Replaces the store's writes. While it is blocked, writes are applied but not durable."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.applied = asyncio.Event()
        self._unblocked = asyncio.Event()
        self._unblocked.set()
        write, barrier = MessageStore.write, MessageStore.barrier

        async def slow_write(store: MessageStore, batch: Sequence[Write]) -> Written:
            written = await write(store, batch)
            self.applied.set()
            await self._unblocked.wait()
            return written

        async def slow_barrier(store: MessageStore) -> None:
            await barrier(store)
            await self._unblocked.wait()

        monkeypatch.setattr(MessageStore, "write", slow_write)
        monkeypatch.setattr(MessageStore, "barrier", slow_barrier)

    def block(self) -> None:
        self._unblocked.clear()
        self.applied.clear()

    def unblock(self) -> None:
        self._unblocked.set()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowDisk]:
    disk = SlowDisk(monkeypatch)
    yield disk
    disk.unblock()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With a short drain: a failed test leaves pending writes."""
    return structs.replace(settings, pace=structs.replace(settings.pace, drain_s=0.1))


async def answered_early(request: asyncio.Task[_Answer]) -> _Answer | None:
    """The answer, if it arrives while the disk is blocked."""
    done, _ = await asyncio.wait({request}, timeout=MOMENT_S)
    return request.result() if done else None


@pytest.mark.parametrize("path", [CHANGES, HISTORY, "/api/messages/{id}"])
@pytest.mark.gen_test(timeout=30)
async def test_a_message_that_could_still_be_lost_is_not_shown(disk: SlowDisk, people: People, path: str) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    socket, id = await ada.connect(), message_id()
    disk.block()
    ref = await socket.begin("send", conversation="#ting", id=id, text="could be lost")
    await disk.applied.wait()

    early = await answered_early(request := asyncio.create_task(bob.get(path.format(id=id))))
    disk.unblock()
    await asyncio.gather(socket.answer(ref), request)
    assert early is None or b"could be lost" not in early.body
    assert b"could be lost" in (await bob.get(path.format(id=id))).body


@pytest.mark.parametrize("path", [CHANGES, HISTORY, "/api/messages/{id}"])
@pytest.mark.gen_test(timeout=30)
async def test_an_edit_that_could_still_be_lost_is_not_shown(disk: SlowDisk, people: People, path: str) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    socket = await ada.connect()
    id = (await socket.send("durable"))["id"]
    disk.block()
    ref = await socket.begin("edit", id=id, text="could be lost")
    await disk.applied.wait()

    early = await answered_early(request := asyncio.create_task(bob.get(path.format(id=id))))
    disk.unblock()
    await asyncio.gather(socket.answer(ref), request)
    assert early is None or b"could be lost" not in early.body
    assert b"could be lost" in (await bob.get(path.format(id=id))).body


@pytest.mark.gen_test(timeout=30)
async def test_history_always_contains_a_message_that_is_being_edited(disk: SlowDisk, people: People) -> None:
    ada = await people.enter("ada")
    socket = await ada.connect()
    id = (await socket.send("durable"))["id"]
    disk.block()
    ref = await socket.begin("edit", id=id, text="edited")
    await disk.applied.wait()

    request = asyncio.create_task(ada.get(HISTORY))
    await answered_early(request)
    disk.unblock()
    await socket.answer(ref)
    assert [message["id"] for message in (await request).json["messages"]] == [id]


@pytest.mark.gen_test(timeout=30)
async def test_a_change_of_a_message_that_could_still_be_lost_is_not_acknowledged(
    disk: SlowDisk, people: People
) -> None:
    ada = await people.enter("ada")
    sending, editing, id = await ada.connect(), await ada.connect(), message_id()
    disk.block()
    ref = await sending.begin("send", conversation="#ting", id=id, text="the same")
    await disk.applied.wait()

    # An edit that changes nothing waits only for the message itself.
    early = await answered_early(request := asyncio.create_task(editing.ask("edit", id=id, text="the same")))
    disk.unblock()
    await asyncio.gather(sending.answer(ref), request)
    assert early is None or early["type"] == "error"
