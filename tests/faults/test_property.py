"""Whatever happens, in whatever order: at the end every replica equals the database."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies
from tornado.ioloop import IOLoop

from tests.client import Frame
from tests.faults.checker import assert_faithful, stored_messages
from tests.faults.raw_client import Account, Address, address_of, enter
from tests.faults.replica import Replica
from tests.faults.waiting import eventually
from ting.server import Server
from ting.store.messages import MessageStore, Unanswered, Write, Written

EXAMPLES = 80
REPLICAS = 3
NO_PAUSE_S = (0.0, 0.005)
WITHIN_S = 10.0
LATEST = 3  # a late write comes at most so many writes late

REQUESTS = ("say", "say", "edit", "edit", "delete", "send_again", "disconnect")
DELIVERIES = ("drop", "repeat", "delay")
ANSWERS = ("applied, answer lost", "not applied, answer lost", "answer lost, applied later")

whose = strategies.integers(0, REPLICAS - 1)
steps = strategies.lists(
    strategies.one_of(
        strategies.tuples(strategies.sampled_from(REQUESTS), whose),
        strategies.tuples(strategies.sampled_from(DELIVERIES), whose),
        strategies.tuples(strategies.sampled_from(ANSWERS), whose),
        strategies.tuples(strategies.just("wait"), whose),
    ),
    min_size=4,
    max_size=40,
)


class BadDelivery:
    """Does to the next events of one replica what was asked for."""

    def __init__(self) -> None:
        self.plan: list[str] = []
        self._delayed: list[Frame] = []

    def __call__(self, event: Frame) -> Sequence[Frame]:
        what = self.plan.pop(0) if self.plan else ""
        if what == "drop":
            return []
        if what == "delay":
            self._delayed.append(event)
            return []
        late, self._delayed = self._delayed, []
        return [event, *late, event] if what == "repeat" else [event, *late]


class BadAnswers:
    """Does to the next writes what was asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.plan: list[str] = []
        self._late: list[asyncio.Task[None]] = []
        self._written = 0
        write = MessageStore.write

        async def badly(store: MessageStore, batch: Sequence[Write]) -> Written:
            what = self.plan.pop(0) if self.plan else ""
            if what == "applied, answer lost":
                await write(store, batch)
            if what == "answer lost, applied later":
                self._late.append(asyncio.create_task(self._later(lambda: write(store, batch))))
            if what:
                raise Unanswered(what)
            written = await write(store, batch)
            self._written += 1
            return written

        monkeypatch.setattr(MessageStore, "write", badly)

    async def settled(self) -> None:
        """Nothing is bad any more, and everything that was late has happened."""
        self.plan.clear()
        self._written += LATEST
        late, self._late = self._late, []
        await asyncio.gather(*late)

    async def _later(self, write: Callable[[], Awaitable[Written]]) -> None:
        """At once, while the journal asks what became of it and writes it again, or after some more writes."""
        until = self._written + len(self._late) % (LATEST + 1)
        await eventually(lambda: self._written >= until, "some more writes", WITHIN_S, poll_s=0.001)
        await write()


class World:
    """One server for all examples; a conversation of its own for each."""

    def __init__(self, address: Address, accounts: Sequence[Account], answers: BadAnswers) -> None:
        self.address = address
        self.accounts = accounts
        self.answers = answers
        self.examples = count(1)


@pytest.fixture
def world(server: Server, monkeypatch: pytest.MonkeyPatch, io_loop: IOLoop) -> World:
    address = address_of(server.url)

    async def entered() -> list[Account]:
        return [await enter(address, f"user{number}") for number in range(REPLICAS)]

    return World(address, io_loop.run_sync(entered), BadAnswers(monkeypatch))


class Example:
    """A few replicas in a conversation of their own, to whom the steps happen."""

    def __init__(self, world: World) -> None:
        self.conversation = f"#example{next(world.examples)}"
        self.answers = world.answers
        self.deliveries = [BadDelivery() for _ in world.accounts]
        self.replicas = []
        for number, account in enumerate(world.accounts):
            replica = Replica(world.address, account, Random(number), conversation=self.conversation)
            replica.pause_s = NO_PAUSE_S
            replica.distort = self.deliveries[number]
            self.replicas.append(replica)

    async def run(self, steps: Sequence[tuple[str, int]]) -> None:
        for replica in self.replicas:
            replica.start()
        try:
            await self._all_here()
            for step in steps:
                await self._do(*step)
            await self._settle()
        finally:
            await asyncio.gather(*(replica.stop() for replica in self.replicas))

    async def _do(self, what: str, whose: int) -> None:
        if what in REQUESTS:
            if what in ("edit", "delete"):
                await self._answered(whose)  # only what is acknowledged can be changed
            getattr(self.replicas[whose], what)()
        elif what in DELIVERIES:
            self.deliveries[whose].plan.append(what)
        elif what in ANSWERS:
            self.answers.plan.append(what)
        else:
            await self._answered(whose)
        await asyncio.sleep(0)

    async def _answered(self, whose: int) -> None:
        outbox = self.replicas[whose].outbox
        await eventually(lambda: not outbox, "what one of them asked for is done", WITHIN_S, poll_s=0.001)

    async def _settle(self) -> None:
        """Everything is acknowledged; then everybody comes back once more, and asks for what was not delivered."""
        await self._until(lambda replica: not replica.outbox, "everything is acknowledged")
        await self.answers.settled()
        for replica, delivery in zip(self.replicas, self.deliveries, strict=True):
            delivery.plan.clear()
            replica.disconnect()
        await self._until(lambda replica: not replica.here, "they are gone")
        await self._all_here()
        head = max((acked.seq for replica in self.replicas for acked in replica.record.acked), default=0)
        await self._until(lambda replica: replica.timeline.cursor == head, f"everybody is at {head}")

    async def _all_here(self) -> None:
        await self._until(lambda replica: replica.here, "everybody is here")

    async def _until(self, condition: Callable[[Replica], bool], what: str) -> None:
        await eventually(lambda: all(map(condition, self.replicas)), what, WITHIN_S, poll_s=0.001)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.generate],  # to shrink a case that fails only by waiting takes minutes
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=steps)
def test_replicas_equal_the_database_whatever_happens(
    world: World, server: Server, io_loop: IOLoop, steps: list[tuple[str, int]]
) -> None:
    example = Example(world)
    io_loop.run_sync(lambda: example.run(steps))
    stored = stored_messages(server.settings.mongodb, server.settings.database, example.conversation)
    records = [replica.record for replica in example.replicas]
    assert_faithful(stored, records, [replica.timeline for replica in example.replicas])
