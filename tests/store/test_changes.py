"""The change feed: a follower misses no change, also if its cursor ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.client import until
from ting.core.errors import Busy
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
        other = await database.collection("bulletin").database.create_collection("other", capped=True, size=4096)
        await other.rename("bulletin", dropTarget=True)
        await feed.publish("missed")
        await until(lambda: follower.reloads > 1)
        seen = set(follower.changed)
        await feed.publish("bob")
        await until(lambda: follower.changed[-1] == "bob")

    assert seen <= {"ada", "missed"}


@pytest.mark.gen_test
async def test_a_change_that_cannot_be_applied_does_not_block_others(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(changes, "PAUSE_S", 0.01)
    feed, follower = ChangeFeed(database), Follower(database)
    record = follower.record

    async def fail_for_ada(user_id: str) -> None:
        if user_id == "ada":
            raise ValueError("cannot be read")
        await record(user_id)

    monkeypatch.setattr(follower, "record", fail_for_ada)
    async with follower.following():
        await feed.publish("ada")
        await until(lambda: follower.reloads > 1)
        await feed.publish("bob")
        await until(lambda: follower.changed == ["bob"])

    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "A change made at the command line could not be applied")
    ]


@pytest.mark.gen_test
async def test_each_outage_is_logged_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(changes, "PAUSE_S", 0.01)
    feed, follower = ChangeFeed(database), Follower(database)
    reload, failing_reloads = follower.reload, {2, 3, 5}

    async def lose_the_database(user_id: str) -> None:
        raise Busy

    async def reload_after_the_outage() -> None:
        await reload()
        if follower.reloads in failing_reloads:
            raise Busy

    monkeypatch.setattr(follower, "record", lose_the_database)
    monkeypatch.setattr(follower, "reload", reload_after_the_outage)
    async with follower.following():
        await feed.publish("ada")
        await until(lambda: follower.reloads == 4)
        await feed.publish("bob")
        await until(lambda: follower.reloads == 6)

    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]


@pytest.mark.gen_test
async def test_the_collection_is_capped(database: Database) -> None:
    options = await database.collection("bulletin").options()

    assert options["capped"] is True
