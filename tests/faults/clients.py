"""Several replicas who talk at the same time, and what is waited for between two faults."""

import asyncio
from collections.abc import Callable
from random import Random

from tests.faults.checker import assert_faithful, stored_messages
from tests.faults.processes import DATABASE
from tests.faults.raw_client import Address, enter
from tests.faults.replica import Replica
from tests.faults.waiting import eventually

CONVERSATION = "#ting"
NAMES = ("ada", "bob", "cleo", "dora", "emil", "faye", "gus", "hedy")


class Crowd:
    """The replicas of one test. Whatever they do at random comes from one seed."""

    def __init__(self, seed: int = 1) -> None:
        self.replicas: list[Replica] = []
        self._random = Random(seed)
        self._talking: list[asyncio.Task[None]] = []

    async def enter(
        self, address: Address, size: int, *, through: Address | None = None, editing: float = 0.25
    ) -> None:
        """So many more, who have joined. They talk to the server `through` a proxy, if one is given."""
        new: list[Replica] = []
        for name in NAMES[:size]:
            account = await enter(address, f"{name}{len(self.replicas) + len(new)}")
            new.append(Replica(through or address, account, Random(self._random.random()), editing=editing))
        self.replicas += new
        for replica in new:
            replica.start()
        await eventually(lambda: all(replica.here for replica in new), "all have joined")

    @property
    def acknowledged(self) -> int:
        """How many operations were."""
        return sum(len(replica.record.acked) for replica in self.replicas)

    @property
    def waiting(self) -> int:
        """How many operations were asked for and not acknowledged yet."""
        return sum(len(replica.outbox) for replica in self.replicas)

    def talk(self, window: int = 8) -> None:
        """Everybody does things at random, with at most `window` of them unanswered, until `silence`."""
        self._talking = [asyncio.create_task(_talk(replica, window)) for replica in self.replicas]

    async def progress(self, count: int = 40) -> None:
        """Return when so many more operations were acknowledged."""
        wanted = self.acknowledged + count
        await eventually(lambda: self.acknowledged >= wanted, f"{count} more acknowledgements")

    async def silence(self) -> None:
        """Nobody begins anything more."""
        for task in self._talking:
            task.cancel()
        await asyncio.gather(*self._talking, return_exceptions=True)
        self._talking = []

    async def settle(self) -> None:
        """Return when everything was acknowledged and everybody has everything."""
        await self.silence()
        await eventually(lambda: self.waiting == 0, "everything is acknowledged")
        head = max((acked.seq for replica in self.replicas for acked in replica.record.acked), default=0)
        await eventually(lambda: all(self.at(head)), f"everybody is at {head}")

    def at(self, head: int) -> list[bool]:
        """Who has everything up to this head."""
        return [replica.here and replica.timeline.cursor == head for replica in self.replicas]

    def assert_faithful(self, uri: str, database: str = DATABASE, *, ordered: bool = True) -> None:
        """After `settle`: what the clients were told and what is stored are the same."""
        stored = stored_messages(uri, database, CONVERSATION)
        records = [replica.record for replica in self.replicas]
        timelines = [replica.timeline for replica in self.replicas]
        assert stored, "nothing was stored: this would prove nothing"
        assert_faithful(stored, records, timelines, ordered=ordered)

    async def leave(self) -> None:
        await self.silence()
        await asyncio.gather(*(replica.stop() for replica in self.replicas))


async def _talk(replica: Replica, window: int) -> None:
    """Do the next thing as soon as there is room in the outbox."""
    room: Callable[[], bool] = lambda: len(replica.outbox) < window  # noqa: E731
    while True:
        await eventually(room, f"{replica.account.name} has room")
        replica.act()
        await asyncio.sleep(0)
