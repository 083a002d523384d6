"""Conversation lists in memory and in the database: a bump that happens while a list is read is not lost."""

import asyncio
from collections.abc import Mapping

import pytest

from ting.core.models import ConversationId, Membership, Milliseconds
from ting.memberships.cache import MembershipCache
from ting.store.conversations import MembershipStore
from ting.store.database import Database
from ting.store.stores import Stores

NEVER_S = 1000.0


async def add_memberships(store: MembershipStore, *conversations: ConversationId) -> None:
    """Put these conversations into bob's list, with an old time of activity."""
    await store.write([Membership(user="bob", conversation=id, active=1) for id in conversations], {}, {})


async def activity(cache: MembershipCache) -> Mapping[ConversationId, Milliseconds]:
    async with cache.lease("bob") as memberships:
        return {membership.conversation: membership.active for membership in memberships.listed}


@pytest.mark.gen_test
async def test_a_list_that_is_loaded_after_a_bump_includes_it(database: Database) -> None:
    store = Stores.of(database).memberships
    cache = MembershipCache(store, interval_s=NEVER_S)
    await add_memberships(store, "#a", "#b", "#c")

    cache.bump("bob", "#a", 5)
    cache.bump_all("#b", 6)
    cache.bump("eve", "#c", 7)

    assert await activity(cache) == {"#a": 5, "#b": 6, "#c": 1}
    await cache.flush_and_stop()
    assert await activity(MembershipCache(store)) == {"#a": 5, "#b": 6, "#c": 1}


@pytest.mark.gen_test
async def test_a_list_includes_bumps_that_happen_while_it_is_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Stores.of(database).memberships
    cache = MembershipCache(store, interval_s=NEVER_S)
    await add_memberships(store, "#a", "#b", "#c")
    listed, reading, may_return = store.listed, asyncio.Event(), asyncio.Event()

    async def slow_read(user: str) -> list[Membership]:
        found = await listed(user)
        reading.set()
        await may_return.wait()
        return found

    monkeypatch.setattr(store, "listed", slow_read)
    loading = asyncio.create_task(activity(cache))
    await reading.wait()
    cache.bump("bob", "#a", 5)
    cache.bump_all("#b", 6)
    await cache.flush()
    may_return.set()

    assert await loading == {"#a": 5, "#b": 6, "#c": 1}
    await cache.flush_and_stop()
