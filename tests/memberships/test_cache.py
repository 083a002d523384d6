"""Lists in memory beside those in the database: nothing that came in between is missed."""

import asyncio
from collections.abc import Mapping

import pytest

from ting.core.models import ConversationId, Membership, Milliseconds
from ting.memberships.cache import MembershipCache
from ting.store.conversations import MembershipStore
from ting.store.database import Database
from ting.store.stores import Stores

NEVER_S = 1000.0


async def listed(store: MembershipStore, *conversations: ConversationId) -> None:
    """Bob lists these, and has not been there for long."""
    await store.write([Membership(user="bob", conversation=one, active=1) for one in conversations], {}, {})


async def activity(lists: MembershipCache) -> Mapping[ConversationId, Milliseconds]:
    async with lists.lease("bob") as own:
        return {membership.conversation: membership.active for membership in own.listed}


@pytest.mark.gen_test
async def test_who_comes_right_after_something_of_interest_has_it_on_top(database: Database) -> None:
    store = Stores.of(database).memberships
    lists = MembershipCache(store, interval_s=NEVER_S)
    await listed(store, "#a", "#b", "#c")

    lists.bump("bob", "#a", 5)
    lists.bump_all("#b", 6)
    lists.bump("eve", "#c", 7)

    assert await activity(lists) == {"#a": 5, "#b": 6, "#c": 1}
    await lists.flush_and_stop()
    assert await activity(MembershipCache(store)) == {"#a": 5, "#b": 6, "#c": 1}


@pytest.mark.gen_test
async def test_what_comes_while_a_list_is_read_is_in_it(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Stores.of(database).memberships
    lists = MembershipCache(store, interval_s=NEVER_S)
    await listed(store, "#a", "#b", "#c")
    read, going_on, may_end = store.listed, asyncio.Event(), asyncio.Event()

    async def slow(user: str) -> list[Membership]:
        found = await read(user)
        going_on.set()
        await may_end.wait()
        return found

    monkeypatch.setattr(store, "listed", slow)
    coming = asyncio.create_task(activity(lists))
    await going_on.wait()
    lists.bump("bob", "#a", 5)
    lists.bump_all("#b", 6)
    await lists.flush()
    may_end.set()

    assert await coming == {"#a": 5, "#b": 6, "#c": 1}
    await lists.flush_and_stop()
