"""Lists of conversations and how others reach them, where one thing overtakes another."""

import asyncio
from collections.abc import Collection
from typing import Any

import pytest

from tests.backstage import Backstage
from tests.client import message_id
from ting import names
from ting.models import Membership
from ting.store.memberships import MembershipStore


@pytest.mark.gen_test
async def test_a_private_that_is_taken_off_while_it_is_reached_comes_back_with_the_next_message(
    backstage: Backstage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = await backstage.person("ada"), await backstage.person("bob")
    private = names.private_id(ada.id, bob.id)
    write, going_on, may_end = MembershipStore.write, asyncio.Event(), asyncio.Event()

    async def slow(store: MembershipStore, kept: Collection[Membership], *rest: Any) -> None:
        if any(membership.user == bob.id for membership in kept):
            going_on.set()
            await may_end.wait()
        await write(store, list(kept), *rest)

    monkeypatch.setattr(MembershipStore, "write", slow)
    sending = asyncio.create_task(backstage.chat.send(ada, private, message_id(), "hello"))
    await going_on.wait()
    removing = asyncio.create_task(backstage.memberships.remove(bob.id, private))
    await asyncio.sleep(0)  # it begins
    assert await backstage.memberships.list(bob.id) == []
    may_end.set()
    await asyncio.gather(sending, removing)

    await backstage.chat.send(ada, private, message_id(), "still there?")

    assert [entry.conversation for entry in await backstage.memberships.list(bob.id)] == [private]
