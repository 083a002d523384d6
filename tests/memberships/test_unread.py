"""Unread counts compared with a simple model: several devices, marks in any order, edits, deletions, late positions."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tornado.ioloop import IOLoop

from tests.app_parts import register
from tests.client import Frame, message_id, until
from tests.fake_connection import FakeConnection
from ting.app import App
from ting.core.models import Message


@dataclass
class SentMessage:
    """A message in the model."""

    id: str
    first: int
    author: str
    mentions_reader: bool
    deleted: bool = False


class Device:
    """A device of bob, which has not joined the channel. It counts unread messages as a client does."""

    def __init__(self, connection: FakeConnection) -> None:
        self.connection = connection
        self.head = self.read = self.unread = self.mentions = 0
        self._frames = self._all()

    def catch_up(self) -> None:
        for frame in self._frames:
            if frame is None:
                return
            self._receive(frame)

    def _all(self) -> Iterator[Frame | None]:
        seen = 0
        while True:
            while seen < len(self.connection.pushes):
                yield from self.connection.pushes[seen]
                seen += 1
            yield None

    def _receive(self, frame: Frame) -> None:
        counts = frame["entry"] if frame["type"] == "entry" else frame
        if frame["type"] in ("entry", "read"):
            self.read, self.head = counts["read" if frame["type"] == "entry" else "seq"], counts["head"]
            self.unread, self.mentions = counts.get("unread", 0), counts.get("mentions", 0)
        for message in frame["messages"] if frame["type"] == "activity" else ():
            if message["first"] > max(self.head, self.read) and message["author"]["id"] != self.connection.person.id:
                self.unread += 1
                self.mentions += self.connection.person.id in message.get("mentions", ())
        if frame["type"] == "activity":
            self.head = max(self.head, frame["head"])


class Simulation:
    """The real services, ada and bob in a new channel, and the model."""

    numbers = count()

    def __init__(self, app: App) -> None:
        self.app = app
        self.sent: list[SentMessage] = []
        self.head = self.mark = 0

    async def run(self, steps: list[tuple[Any, ...]]) -> None:
        number = next(self.numbers)
        self.channel = f"#c{number}"
        self.ada, self.bob = [await register(self.app, f"{name}{number}") for name in ("ada", "bob")]
        self.ada_connection = FakeConnection("ada")
        self.ada_connection.person = self.ada
        self.app.realtime.presence.connect(self.ada_connection)
        await self.app.conversations.subscriptions.join(self.ada_connection, self.channel)
        self.devices = [self.connect(), self.connect()]
        self.late: list[str] = []
        await self.app.memberships.memberships.visit(self.bob.id, self.channel)
        for step, *arguments in steps:
            await getattr(self, step)(*arguments)
            await self.check()
        await self.check_devices()
        self.disconnect(self.ada_connection, *(device.connection for device in self.devices))

    def connect(self) -> Device:
        connection = FakeConnection("bob")
        connection.person = self.bob
        self.app.realtime.presence.connect(connection)
        self.app.memberships.memberships.connected(connection)
        return Device(connection)

    def disconnect(self, *connections: FakeConnection) -> None:
        for connection in connections:
            self.app.conversations.subscriptions.disconnect(connection)
            self.app.memberships.memberships.disconnected(connection)

    async def send(self, by_bob: bool, mentions: bool) -> None:
        await self.commit(message_id(), by_bob, mentions)

    async def begin(self) -> None:
        """Take a position in the history for a message that is sent later."""
        self.late.append(message_id())
        self.app.conversations.subscriptions.draft(self.ada_connection, self.channel, self.late[-1], "so")

    async def finish(self, mentions: bool) -> None:
        if self.late:
            await self.commit(self.late.pop(), False, mentions)

    async def commit(self, id: str, by_bob: bool, mentions: bool) -> None:
        author, mentioned = (self.bob, self.ada) if by_bob else (self.ada, self.bob)
        text = f"@{mentioned.name} hello" if mentions else "hello"
        self.apply(await self.app.conversations.messages.send(author, self.channel, id, text))
        self.sent.append(SentMessage(id, self.head, author.id, mentions and not by_bob))

    async def change(self, kind: str, which: int) -> None:
        if not self.sent:
            return
        sent = self.sent[which % len(self.sent)]
        author = self.ada if sent.author == self.ada.id else self.bob
        if sent.deleted:
            return
        if kind == "delete":
            self.apply(await self.app.conversations.messages.delete(author, sent.id))
            sent.deleted = True
        elif kind == "react":
            self.apply(await self.app.conversations.messages.react(self.bob, sent.id, "👍", on=which % 2 == 0))
        else:
            mentioned = self.bob if sent.mentions_reader else self.ada
            self.apply(await self.app.conversations.messages.edit(author, sent.id, f"{which} @{mentioned.name}"))

    async def read(self, device: int, *behind: int) -> None:
        """Set read marks from one device, all at the same time. A mark may be above the head."""
        connection = self.devices[device].connection
        marks = [max(0, self.head - distance) for distance in behind]
        await asyncio.gather(*(self.app.memberships.memberships.read(connection, self.channel, mark) for mark in marks))
        self.mark = max(self.mark, *(min(mark, self.head) for mark in marks))
        # A device applies its own marks without a broadcast.
        self.devices[device].catch_up()
        unread = self.unread()
        marking = self.devices[device]
        marking.read, marking.head = self.mark, self.head
        marking.unread, marking.mentions = len(unread), sum(message.mentions_reader for message in unread)

    async def reconnect(self, device: int) -> None:
        """A device loses its connection, and requests the list on a new one."""
        self.disconnect(self.devices[device].connection)
        self.devices[device] = fresh = self.connect()
        await self.broadcast_done()
        (entry,) = await self.app.memberships.memberships.list(self.bob.id)
        fresh.read, fresh.head, fresh.unread, fresh.mentions = entry.read, entry.head, entry.unread, entry.mentions
        fresh.connection.pushes.clear()

    def apply(self, message: Message) -> None:
        self.head = max(self.head, message.seq)  # a change without effect takes no seq

    async def broadcast_done(self) -> None:
        """Wait until all delayed broadcasts were sent."""
        await until(lambda: not self.app.memberships.activity.pending)

    def unread(self) -> list[SentMessage]:
        return [
            message
            for message in self.sent
            if message.first > self.mark and message.author != self.bob.id and not message.deleted
        ]

    async def check(self) -> None:
        unread = self.unread()
        (entry,) = await self.app.memberships.memberships.list(self.bob.id)
        assert (entry.head, entry.read) == (self.head, self.mark)
        assert (entry.unread, entry.mentions) == (len(unread), sum(message.mentions_reader for message in unread))

    async def check_devices(self) -> None:
        """Compare the counts of the devices with the server's. A deletion is not broadcast as activity, so skip it."""
        await self.broadcast_done()
        (entry,) = await self.app.memberships.memberships.list(self.bob.id)
        for device in self.devices:
            device.catch_up()
            if not any(message.deleted for message in self.sent):
                assert (device.read, device.unread, device.mentions) == (entry.read, entry.unread, entry.mentions)


CLIENT, BEHIND = st.sampled_from((0, 1)), st.integers(-2, 4)
STEP = st.one_of(
    st.tuples(st.just("send"), st.booleans(), st.booleans()),
    st.tuples(st.just("send"), st.just(False), st.booleans()),
    st.tuples(st.just("begin")),
    st.tuples(st.just("finish"), st.booleans()),
    st.tuples(st.just("change"), st.sampled_from(("edit", "react", "delete")), st.integers(0, 9)),
    st.tuples(st.just("read"), CLIENT, BEHIND, BEHIND),
    st.tuples(st.just("reconnect"), CLIENT),
)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=6, max_size=16))
def test_unread_counts_are_those_of_the_model(steps: list[tuple[Any, ...]], app: App, io_loop: IOLoop) -> None:
    io_loop.run_sync(lambda: Simulation(app).run(steps))
