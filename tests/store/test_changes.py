"""The change feed: a follower misses no change, also if its cursor ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.client import until
from ting.store import changes
from ting.store.changes import ChangeFeed
from ting.store.database import Database


class Follower:
    """Follows the feed, and records changed users and reloads."""

    def __init__(self, database: Database) -> None:
        self.feed = ChangeFeed(database)
        self.changed: list[str] = []
        self.reloads = 0

    async def record(self, user_id: str) -> None:
        self.changed.append(user_id)

    async def reload(self) -> None:
        self.reloads += 1

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        await self.feed.catch_up(self.reload)
        task = asyncio.create_task(self.feed.follow(self.record, self.reload))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.mark.gen_test
async def test_a_follower_gets_only_changes_after_its_start(database: Database) -> None:
    feed, follower = ChangeFeed(database), Follower(database)
    await feed.publish("before")

    async with follower.following():
        await feed.publish("ada")
        await feed.publish("bob")
        await until(lambda: len(follower.changed) == 2)

    assert (follower.changed, follower.reloads) == (["ada", "bob"], 1)


@pytest.mark.gen_test
async def test_changes_that_were_missed_without_a_cursor_cause_a_reload(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "PAUSE_S", 0.01)
    feed, follower = ChangeFeed(database), Follower(database)

    async with follower.following():
        await feed.publish("ada")
        await until(lambda: follower.changed == ["ada"])
        await database.collection("bulletin").drop()
        await database.prepare()
        await feed.publish("missed")
        await until(lambda: follower.reloads > 1)
        seen = set(follower.changed)
        await feed.publish("bob")
        await until(lambda: follower.changed[-1] == "bob")

    assert seen <= {"ada", "missed"}


@pytest.mark.gen_test
async def test_the_collection_is_capped(database: Database) -> None:
    options = await database.collection("bulletin").options()

    assert options["capped"] is True
