"""Lists of conversations and how others reach them, where one thing overtakes another."""

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
async def test_a_private_that_is_taken_off_while_it_is_reached_comes_back_with_the_next_message(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = await register(app, "ada"), await register(app, "bob")
    private = conversation_ids.direct_id(ada.id, bob.id)
    write, going_on, may_end = MembershipStore.write, asyncio.Event(), asyncio.Event()

    async def slow(store: MembershipStore, kept: Collection[Membership], *rest: Any) -> None:
        if any(membership.user == bob.id for membership in kept):
            going_on.set()
            await may_end.wait()
        await write(store, list(kept), *rest)

    monkeypatch.setattr(MembershipStore, "write", slow)
    sending = asyncio.create_task(app.conversations.messages.send(ada, private, message_id(), "hello"))
    await going_on.wait()
    removing = asyncio.create_task(app.memberships.memberships.remove(bob.id, private))
    await asyncio.sleep(0)  # it begins
    assert await app.memberships.memberships.list(bob.id) == []
    may_end.set()
    await asyncio.gather(sending, removing)

    await app.conversations.messages.send(ada, private, message_id(), "still there?")

    assert [entry.conversation for entry in await app.memberships.memberships.list(bob.id)] == [private]


class Device:
    """One of bob's, and entries of which the first is put together slowly."""

    def __init__(self, app: App, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ears = FakeConnection("bob")
        self.ears.person = bob
        self._stage = app
        self._begun, self._may_end = asyncio.Event(), asyncio.Event()
        of = EntryBuilder.build

        async def slow(entries: EntryBuilder, *about: Any) -> list[Entry]:
            found = await of(entries, *about)
            if not self._begun.is_set():
                self._begun.set()
                await self._may_end.wait()
            return found

        monkeypatch.setattr(EntryBuilder, "build", slow)

    async def meanwhile(self, slowly: Coroutine[Any, Any, object], other: Coroutine[Any, Any, object]) -> Frame:
        """The last that is told when the one is overtaken by the other."""
        self._stage.realtime.presence.connect(self.ears)
        self._stage.memberships.memberships.connected(self.ears)
        first = asyncio.create_task(slowly)
        await self._begun.wait()
        await other
        self._may_end.set()
        await first
        self._stage.memberships.memberships.disconnected(self.ears)
        return self.ears.pushes[-1][-1]


@pytest.mark.gen_test
async def test_who_takes_a_conversation_off_is_not_told_afterwards_that_it_is_there(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob, lists = await register(app, "bob"), app.memberships.memberships
    device = Device(app, bob, monkeypatch)

    told = await device.meanwhile(lists.visit(bob.id, "#ting"), lists.remove(bob.id, "#ting"))

    assert (told["type"], await lists.list(bob.id)) == ("unlisted", [])


@pytest.mark.gen_test
async def test_of_two_choices_the_one_that_holds_is_told_last(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    bob, lists = await register(app, "bob"), app.memberships.memberships
    device, pinned, loose = Device(app, bob, monkeypatch), EntryChanges(pinned=True), EntryChanges(pinned=False)

    told = await device.meanwhile(lists.update(bob.id, "#ting", pinned), lists.update(bob.id, "#ting", loose))

    (entry,) = await lists.list(bob.id)
    assert (entry.pinned, told["entry"].get("pinned", False)) == (False, False)
