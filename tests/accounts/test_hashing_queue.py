"""The queue for password hashes: who waits takes turns."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from ting.accounts import hashing_queue
from ting.accounts.hashing_queue import HashingQueue, Requester
from ting.core.errors import Busy, TooMany

EVE, BOB, ADA = Requester("198.51.100.1"), Requester("198.51.100.2"), Requester("ada", known=True)


class Hashes:
    """A queue with one thread, which a test holds until it has queued everything."""

    def __init__(self) -> None:
        self.queue = HashingQueue()
        self.order: list[str] = []
        self._release = threading.Event()

    def hold(self) -> "asyncio.Task[None]":
        return self.add(Requester("first"), lambda: self._release.wait(timeout=10))

    def add(self, requester: Requester, work: object = None) -> "asyncio.Task[None]":
        async def run() -> None:
            def record() -> None:
                if callable(work):
                    work()
                self.order.append(requester.key)

            await self.queue.run(requester, record)

        return asyncio.create_task(run())

    async def release(self, *tasks: "asyncio.Task[None]") -> list[object]:
        self._release.set()
        return list(await asyncio.gather(*tasks, return_exceptions=True))


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hashes]:
    monkeypatch.setattr(hashing_queue, "MAX_THREADS", 1)
    hashes = Hashes()
    yield hashes
    hashes.queue.close()


async def queued() -> None:
    """Let the tasks that were just created begin to wait."""
    for _ in range(3):
        await asyncio.sleep(0)


@pytest.mark.gen_test
async def test_requesters_take_turns_however_much_one_of_them_wants(hashes: Hashes) -> None:
    tasks = [hashes.hold(), *(hashes.add(EVE) for _ in range(10)), hashes.add(BOB), hashes.add(BOB)]
    await queued()

    await hashes.release(*tasks)

    assert [EVE.key, BOB.key, EVE.key, BOB.key] == hashes.order[1:5]


@pytest.mark.gen_test
async def test_a_known_requester_waits_for_at_most_one_of_any_number_of_strangers(hashes: Hashes) -> None:
    tasks = [hashes.hold(), *(hashes.add(Requester(f"198.51.100.{number}")) for number in range(50))]
    await queued()
    tasks.append(hashes.add(ADA))
    await queued()

    await hashes.release(*tasks)

    assert hashes.order.index(ADA.key) <= 2


@pytest.mark.gen_test
async def test_what_waits_is_bounded_per_requester_and_for_all_strangers(
    hashes: Hashes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing_queue, "MAX_WAITING_EACH", 2)
    monkeypatch.setattr(hashing_queue, "MAX_WAITING_STRANGERS", 3)
    tasks = [hashes.hold(), *(hashes.add(EVE) for _ in range(3)), *(hashes.add(BOB) for _ in range(2)), hashes.add(ADA)]
    await queued()

    *_, third_of_eve, _, second_of_bob, of_ada = await hashes.release(*tasks)

    assert isinstance(third_of_eve, TooMany)
    assert isinstance(second_of_bob, Busy)
    assert of_ada is None


@pytest.mark.gen_test
async def test_no_hash_is_computed_for_one_who_does_not_wait_any_more(hashes: Hashes) -> None:
    tasks = [hashes.hold(), hashes.add(EVE), hashes.add(BOB)]
    await queued()

    tasks[1].cancel()
    await hashes.release(*tasks)

    assert hashes.order == ["first", BOB.key]
    await hashes.release(hashes.add(ADA))
    assert hashes.order[-1] == ADA.key, "the thread is free again"
