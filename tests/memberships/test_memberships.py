"""Memberships and their list entries, when two changes overlap."""

import asyncio
from collections.abc import Collection, Coroutine
from typing import Any

import pytest

from tests.app_parts import register
from tests.client import Frame, message_id
from tests.fake_connection import FakeConnection
from ting.app import App
from ting.core import conversation_ids
from ting.core.models import Entry, Membership, Person
from ting.memberships.entries import EntryBuilder
from ting.memberships.memberships import EntryChanges
from ting.store.conversations import MembershipStore


@pytest.mark.gen_test
async def test_a_direct_conversation_removed_during_a_send_returns_with_the_next_message(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = await register(app, "ada"), await register(app, "bob")
    direct = conversation_ids.direct_id(ada.id, bob.id)
    write, writing, may_continue = MembershipStore.write, asyncio.Event(), asyncio.Event()

    async def slow_write(store: MembershipStore, kept: Collection[Membership], *rest: Any) -> None:
        if any(membership.user == bob.id for membership in kept):
            writing.set()
            await may_continue.wait()
        await write(store, list(kept), *rest)

    monkeypatch.setattr(MembershipStore, "write", slow_write)
    sending = asyncio.create_task(app.conversations.messages.send(ada, direct, message_id(), "hello"))
    await writing.wait()
    removing = asyncio.create_task(app.memberships.memberships.remove(bob.id, direct))
    await asyncio.sleep(0)  # let it begin
    assert await app.memberships.memberships.list(bob.id) == []
    may_continue.set()
    await asyncio.gather(sending, removing)

    await app.conversations.messages.send(ada, direct, message_id(), "still there?")

    assert [entry.conversation for entry in await app.memberships.memberships.list(bob.id)] == [direct]


class Device:
    """A connection of bob. The first build of an entry is blocked until another change is done."""

    def __init__(self, app: App, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        self.connection = FakeConnection("bob")
        self.connection.person = bob
        self._app = app
        self._building, self._may_continue = asyncio.Event(), asyncio.Event()
        build = EntryBuilder.build

        async def slow_build(entries: EntryBuilder, *about: Any) -> list[Entry]:
            found = await build(entries, *about)
            if not self._building.is_set():
                self._building.set()
                await self._may_continue.wait()
            return found

        monkeypatch.setattr(EntryBuilder, "build", slow_build)

    async def last_frame(self, slow: Coroutine[Any, Any, object], other: Coroutine[Any, Any, object]) -> Frame:
        """Return the last frame that the device receives when `other` happens during `slow`."""
        self._app.realtime.presence.connect(self.connection)
        self._app.memberships.memberships.connected(self.connection)
        first = asyncio.create_task(slow)
        await self._building.wait()
        await other
        self._may_continue.set()
        await first
        self._app.memberships.memberships.disconnected(self.connection)
        return self.connection.pushes[-1][-1]


@pytest.mark.gen_test
async def test_removing_a_conversation_during_a_visit_is_broadcast_last(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob, memberships = await register(app, "bob"), app.memberships.memberships
    device = Device(app, bob, monkeypatch)

    frame = await device.last_frame(memberships.visit(bob.id, "#ting"), memberships.remove(bob.id, "#ting"))

    assert (frame["type"], await memberships.list(bob.id)) == ("unlisted", [])


@pytest.mark.gen_test
async def test_of_two_updates_the_stored_one_is_broadcast_last(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    bob, memberships = await register(app, "bob"), app.memberships.memberships
    device, pinned, unpinned = Device(app, bob, monkeypatch), EntryChanges(pinned=True), EntryChanges(pinned=False)

    frame = await device.last_frame(
        memberships.update(bob.id, "#ting", pinned), memberships.update(bob.id, "#ting", unpinned)
    )

    (entry,) = await memberships.list(bob.id)
    assert (entry.pinned, frame["entry"].get("pinned", False)) == (False, False)
