"""Random faults in random order: at the end every replica equals the database."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies
from tornado.ioloop import IOLoop

from tests.client import Frame
from tests.faults.checker import assert_consistent, stored_messages
from tests.faults.raw_client import Account, Address, address_of, register
from tests.faults.replica import Replica
from tests.faults.waiting import eventually
from ting.server import Server
from ting.store.messages import MessageStore, Unanswered, Write, Written

EXAMPLES = 80
REPLICAS = 3
NO_PAUSE_S = (0.0, 0.005)
TIMEOUT_S = 10.0
MAX_LATE = 3  # a late write is applied at most this many writes later

REQUESTS = ("send", "send", "edit", "edit", "delete", "resend", "disconnect")
DELIVERIES = ("drop", "repeat", "delay")
ANSWERS = ("applied, answer lost", "not applied, answer lost", "answer lost, applied later")

replica_numbers = strategies.integers(0, REPLICAS - 1)
steps = strategies.lists(
    strategies.one_of(
        strategies.tuples(strategies.sampled_from(REQUESTS), replica_numbers),
        strategies.tuples(strategies.sampled_from(DELIVERIES), replica_numbers),
        strategies.tuples(strategies.sampled_from(ANSWERS), replica_numbers),
        strategies.tuples(strategies.just("wait"), replica_numbers),
    ),
    min_size=4,
    max_size=40,
)


class BadDelivery:
    """Drops, repeats or delays the next events of one replica, as planned."""

    def __init__(self) -> None:
        self.plan: list[str] = []
        self._delayed: list[Frame] = []

    def __call__(self, event: Frame) -> Sequence[Frame]:
        fault = self.plan.pop(0) if self.plan else ""
        if fault == "drop":
            return []
        if fault == "delay":
            self._delayed.append(event)
            return []
        late, self._delayed = self._delayed, []
        return [event, *late, event] if fault == "repeat" else [event, *late]


class BadAnswers:
    """Makes the next writes fail, as planned."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.plan: list[str] = []
        self._late: list[asyncio.Task[None]] = []
        self._written = 0
        write = MessageStore.write

        async def write_badly(store: MessageStore, batch: Sequence[Write]) -> Written:
            fault = self.plan.pop(0) if self.plan else ""
            if fault == "applied, answer lost":
                await write(store, batch)
            if fault == "answer lost, applied later":
                self._late.append(asyncio.create_task(self._later(lambda: write(store, batch))))
            if fault:
                raise Unanswered(fault)
            written = await write(store, batch)
            self._written += 1
            return written

        monkeypatch.setattr(MessageStore, "write", write_badly)

    async def settled(self) -> None:
        """End all faults, and wait until all late writes were applied."""
        self.plan.clear()
        self._written += MAX_LATE
        late, self._late = self._late, []
        await asyncio.gather(*late)

    async def _later(self, write: Callable[[], Awaitable[Written]]) -> None:
        """Apply a late write: at once, while the journal resolves and repeats it, or after some more writes."""
        until = self._written + len(self._late) % (MAX_LATE + 1)
        await eventually(lambda: self._written >= until, "some more writes", TIMEOUT_S, poll_s=0.001)
        await write()


class Environment:
    """One server for all examples. Each has its own conversation."""

    def __init__(self, address: Address, accounts: Sequence[Account], answers: BadAnswers) -> None:
        self.address = address
        self.accounts = accounts
        self.answers = answers
        self.examples = count(1)


@pytest.fixture
def environment(server: Server, monkeypatch: pytest.MonkeyPatch, io_loop: IOLoop) -> Environment:
    address = address_of(server.url)

    async def register_all() -> list[Account]:
        return [await register(address, f"user{number}") for number in range(REPLICAS)]

    return Environment(address, io_loop.run_sync(register_all), BadAnswers(monkeypatch))


class Example:
    """A few replicas in a new conversation, to which the steps are applied."""

    def __init__(self, environment: Environment) -> None:
        self.conversation = f"#example{next(environment.examples)}"
        self.answers = environment.answers
        self.deliveries = [BadDelivery() for _ in environment.accounts]
        self.replicas = []
        for number, account in enumerate(environment.accounts):
            replica = Replica(environment.address, account, Random(number), conversation=self.conversation)
            replica.pause_s = NO_PAUSE_S
            replica.distort = self.deliveries[number]
            self.replicas.append(replica)

    async def run(self, steps: Sequence[tuple[str, int]]) -> None:
        for replica in self.replicas:
            replica.start()
        try:
            await self._all_joined()
            for step in steps:
                await self._apply(*step)
            await self._settle()
        finally:
            await asyncio.gather(*(replica.stop() for replica in self.replicas))

    async def _apply(self, step: str, number: int) -> None:
        if step in REQUESTS:
            if step in ("edit", "delete"):
                await self._answered(number)  # only acknowledged messages can be changed
            getattr(self.replicas[number], step)()
        elif step in DELIVERIES:
            self.deliveries[number].plan.append(step)
        elif step in ANSWERS:
            self.answers.plan.append(step)
        else:
            await self._answered(number)
        await asyncio.sleep(0)

    async def _answered(self, number: int) -> None:
        outbox = self.replicas[number].outbox
        await eventually(lambda: not outbox, "all operations of one replica are acknowledged", TIMEOUT_S, poll_s=0.001)

    async def _settle(self) -> None:
        """Wait until all is acknowledged. Then all replicas reconnect, and request what was not delivered."""
        await self._until(lambda replica: not replica.outbox, "everything is acknowledged")
        await self.answers.settled()
        for replica, delivery in zip(self.replicas, self.deliveries, strict=True):
            delivery.plan.clear()
            replica.disconnect()
        await self._until(lambda replica: not replica.has_joined, "all are disconnected")
        await self._all_joined()
        head = max((acked.seq for replica in self.replicas for acked in replica.record.acked), default=0)
        await self._until(lambda replica: replica.timeline.cursor == head, f"all replicas are at {head}")

    async def _all_joined(self) -> None:
        await self._until(lambda replica: replica.has_joined, "all have joined")

    async def _until(self, condition: Callable[[Replica], bool], what: str) -> None:
        await eventually(lambda: all(map(condition, self.replicas)), what, TIMEOUT_S, poll_s=0.001)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.generate],  # shrinking a failure takes minutes, because each step waits for a timeout
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=steps)
def test_replicas_equal_the_database_after_random_faults(
    environment: Environment, server: Server, io_loop: IOLoop, steps: list[tuple[str, int]]
) -> None:
    example = Example(environment)
    io_loop.run_sync(lambda: example.run(steps))
    stored = stored_messages(server.settings.mongodb, server.settings.database, example.conversation)
    records = [replica.record for replica in example.replicas]
    assert_consistent(stored, records, [replica.timeline for replica in example.replicas])
