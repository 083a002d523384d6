"""What is unread, against a simple model: several devices, marks in any order, edits, deletions and late positions."""

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
class Said:
    """A message, as the model knows it."""

    id: str
    first: int
    author: str
    calls: bool
    deleted: bool = False


class Device:
    """One of bob's, which lists the channel, is elsewhere, and counts as a client does."""

    def __init__(self, ears: FakeConnection) -> None:
        self.ears = ears
        self.head = self.read = self.unread = self.mentions = 0
        self._frames = self._all()

    def catch_up(self) -> None:
        for frame in self._frames:
            if frame is None:
                return
            self._hear(frame)

    def _all(self) -> Iterator[Frame | None]:
        seen = 0
        while True:
            while seen < len(self.ears.pushes):
                yield from self.ears.pushes[seen]
                seen += 1
            yield None

    def _hear(self, frame: Frame) -> None:
        told = frame["entry"] if frame["type"] == "entry" else frame
        if frame["type"] in ("entry", "read"):
            self.read, self.head = told["read" if frame["type"] == "entry" else "seq"], told["head"]
            self.unread, self.mentions = told.get("unread", 0), told.get("mentions", 0)
        for message in frame["messages"] if frame["type"] == "activity" else ():
            if message["first"] > max(self.head, self.read) and message["author"]["id"] != self.ears.person.id:
                self.unread += 1
                self.mentions += self.ears.person.id in message.get("mentions", ())
        if frame["type"] == "activity":
            self.head = max(self.head, frame["head"])


class Table:
    """The real parts, ada and bob in a channel of their own, and the model."""

    numbers = count()

    def __init__(self, app: App) -> None:
        self.app = app
        self.said: list[Said] = []
        self.head = self.mark = 0

    async def run(self, steps: list[tuple[Any, ...]]) -> None:
        number = next(self.numbers)
        self.channel = f"#c{number}"
        self.ada, self.bob = [await register(self.app, f"{name}{number}") for name in ("ada", "bob")]
        self.typing = FakeConnection("ada")
        self.typing.person = self.ada
        self.app.realtime.presence.connect(self.typing)
        await self.app.conversations.subscriptions.join(self.typing, self.channel)
        self.devices = [self.device(), self.device()]
        self.late: list[str] = []
        await self.app.memberships.memberships.visit(self.bob.id, self.channel)
        for what, *details in steps:
            await getattr(self, what)(*details)
            await self.check()
        await self.check_devices()
        self.leave(self.typing, *(device.ears for device in self.devices))

    def device(self) -> Device:
        ears = FakeConnection("bob")
        ears.person = self.bob
        self.app.realtime.presence.connect(ears)
        self.app.memberships.memberships.connected(ears)
        return Device(ears)

    def leave(self, *ears: FakeConnection) -> None:
        for one in ears:
            self.app.conversations.subscriptions.disconnect(one)
            self.app.memberships.memberships.disconnected(one)

    async def say(self, by_bob: bool, calls: bool) -> None:
        await self.commit(message_id(), by_bob, calls)

    async def begin(self) -> None:
        """Take a place in the history for something that is said later."""
        self.late.append(message_id())
        self.app.conversations.subscriptions.draft(self.typing, self.channel, self.late[-1], "so")

    async def finish(self, calls: bool) -> None:
        if self.late:
            await self.commit(self.late.pop(), False, calls)

    async def commit(self, id: str, by_bob: bool, calls: bool) -> None:
        author, called = (self.bob, self.ada) if by_bob else (self.ada, self.bob)
        text = f"@{called.name} hello" if calls else "hello"
        self.learn(await self.app.conversations.messages.send(author, self.channel, id, text))
        self.said.append(Said(id, self.head, author.id, calls and not by_bob))

    async def change(self, how: str, which: int) -> None:
        if not self.said:
            return
        said = self.said[which % len(self.said)]
        author = self.ada if said.author == self.ada.id else self.bob
        if said.deleted:
            return
        if how == "delete":
            self.learn(await self.app.conversations.messages.delete(author, said.id))
            said.deleted = True
        elif how == "react":
            self.learn(await self.app.conversations.messages.react(self.bob, said.id, "👍", on=which % 2 == 0))
        else:
            called = self.bob if said.calls else self.ada
            self.learn(await self.app.conversations.messages.edit(author, said.id, f"{which} @{called.name}"))

    async def read(self, device: int, *behind: int) -> None:
        """Marks of one device, all at the same time; one may be above the head."""
        ears = self.devices[device].ears
        marks = [max(0, self.head - one) for one in behind]
        await asyncio.gather(*(self.app.memberships.memberships.read(ears, self.channel, mark) for mark in marks))
        self.mark = max(self.mark, *(min(mark, self.head) for mark in marks))
        # Its own marks a device knows without being told.
        self.devices[device].catch_up()
        left = [one for one in self.said if one.first > self.mark and one.author != self.bob.id and not one.deleted]
        here = self.devices[device]
        here.read, here.head = self.mark, self.head
        here.unread, here.mentions = len(left), sum(one.calls for one in left)

    async def come_back(self, device: int) -> None:
        """A device loses its connection, and asks for the list on the next one."""
        self.leave(self.devices[device].ears)
        self.devices[device] = fresh = self.device()
        await self.heard()
        (entry,) = await self.app.memberships.memberships.list(self.bob.id)
        fresh.read, fresh.head, fresh.unread, fresh.mentions = entry.read, entry.head, entry.unread, entry.mentions
        fresh.ears.pushes.clear()

    def learn(self, message: Message) -> None:
        self.head = max(self.head, message.seq)  # a change that changes nothing takes none

    async def heard(self) -> None:
        """Everything that is told later was told."""
        await until(lambda: not self.app.memberships.activity.pending)

    async def check(self) -> None:
        unread = [one for one in self.said if one.first > self.mark and one.author != self.bob.id and not one.deleted]
        (entry,) = await self.app.memberships.memberships.list(self.bob.id)
        assert (entry.head, entry.read) == (self.head, self.mark)
        assert (entry.unread, entry.mentions) == (len(unread), sum(one.calls for one in unread))

    async def check_devices(self) -> None:
        """Unless something was deleted, which is no news, every device counts as the server does."""
        await self.heard()
        (entry,) = await self.app.memberships.memberships.list(self.bob.id)
        for device in self.devices:
            device.catch_up()
            if not any(one.deleted for one in self.said):
                assert (device.read, device.unread, device.mentions) == (entry.read, entry.unread, entry.mentions)


CLIENT, BEHIND = st.sampled_from((0, 1)), st.integers(-2, 4)
STEP = st.one_of(
    st.tuples(st.just("say"), st.booleans(), st.booleans()),
    st.tuples(st.just("say"), st.just(False), st.booleans()),
    st.tuples(st.just("begin")),
    st.tuples(st.just("finish"), st.booleans()),
    st.tuples(st.just("change"), st.sampled_from(("edit", "react", "delete")), st.integers(0, 9)),
    st.tuples(st.just("read"), CLIENT, BEHIND, BEHIND),
    st.tuples(st.just("come_back"), CLIENT),
)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=6, max_size=16))
def test_what_is_unread_is_what_the_model_says(steps: list[tuple[Any, ...]], app: App, io_loop: IOLoop) -> None:
    io_loop.run_sync(lambda: Table(app).run(steps))
