"""Several replicas that send at the same time, and waiting for their progress between faults."""

import asyncio
from collections.abc import Callable
from random import Random

from tests.faults.checker import assert_consistent, stored_messages
from tests.faults.processes import DATABASE
from tests.faults.raw_client import Address, register
from tests.faults.replica import Replica
from tests.faults.waiting import eventually

CONVERSATION = "#ting"
NAMES = ("ada", "bob", "cleo", "dora", "emil", "faye", "gus", "hedy")


class Clients:
    """The replicas of one test. All their random choices come from one seed."""

    def __init__(self, seed: int = 1) -> None:
        self.replicas: list[Replica] = []
        self._random = Random(seed)
        self._sending: list[asyncio.Task[None]] = []

    async def join(self, address: Address, size: int, *, through: Address | None = None, editing: float = 0.25) -> None:
        """Add `size` replicas, and wait until they have joined. They connect `through` a proxy, if one is given."""
        new: list[Replica] = []
        for name in NAMES[:size]:
            account = await register(address, f"{name}{len(self.replicas) + len(new)}")
            new.append(Replica(through or address, account, Random(self._random.random()), editing=editing))
        self.replicas += new
        for replica in new:
            replica.start()
        await eventually(lambda: all(replica.has_joined for replica in new), "all have joined")

    @property
    def acknowledged(self) -> int:
        """The number of acknowledged operations."""
        return sum(len(replica.record.acked) for replica in self.replicas)

    @property
    def waiting(self) -> int:
        """The number of operations that are not acknowledged yet."""
        return sum(len(replica.outbox) for replica in self.replicas)

    def start_sending(self, window: int = 8) -> None:
        """Let all replicas send random operations, each with at most `window` unanswered, until `stop_sending`."""
        self._sending = [asyncio.create_task(_keep_sending(replica, window)) for replica in self.replicas]

    async def progress(self, count: int = 40) -> None:
        """Return when this many more operations were acknowledged."""
        wanted = self.acknowledged + count
        await eventually(lambda: self.acknowledged >= wanted, f"{count} more acknowledgements")

    async def stop_sending(self) -> None:
        """Begin no more operations."""
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        self._sending = []

    async def settle(self) -> None:
        """Stop sending. Return when all operations were acknowledged and all replicas have caught up."""
        await self.stop_sending()
        await eventually(lambda: self.waiting == 0, "everything is acknowledged")
        head = max((acked.seq for replica in self.replicas for acked in replica.record.acked), default=0)
        await eventually(lambda: all(self.caught_up(head)), f"all replicas are at {head}")

    def caught_up(self, head: int) -> list[bool]:
        """For each replica, whether it has all changes up to this head."""
        return [replica.has_joined and replica.timeline.cursor == head for replica in self.replicas]

    def assert_consistent(self, uri: str, database: str = DATABASE, *, ordered: bool = True) -> None:
        """After `settle`: compare what the clients received with what is stored."""
        stored = stored_messages(uri, database, CONVERSATION)
        records = [replica.record for replica in self.replicas]
        timelines = [replica.timeline for replica in self.replicas]
        assert stored, "nothing was stored, so there is nothing to compare"
        assert_consistent(stored, records, timelines, ordered=ordered)

    async def stop(self) -> None:
        await self.stop_sending()
        await asyncio.gather(*(replica.stop() for replica in self.replicas))


async def _keep_sending(replica: Replica, window: int) -> None:
    """Send the next operation as soon as there is room in the outbox."""
    room: Callable[[], bool] = lambda: len(replica.outbox) < window  # noqa: E731
    while True:
        await eventually(room, f"{replica.account.name} has room")
        replica.send_random()
        await asyncio.sleep(0)
