"""The bulletin: whoever follows it misses nothing, whatever happens to its cursor."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.client import until
from ting.store import changes
from ting.store.changes import ChangeFeed
from ting.store.database import Database


class Follower:
    """Notes what it is told."""

    def __init__(self, database: Database) -> None:
        self.bulletin = ChangeFeed(database)
        self.changed: list[str] = []
        self.reloads = 0

    async def note(self, user_id: str) -> None:
        self.changed.append(user_id)

    async def reload(self) -> None:
        self.reloads += 1

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        await self.bulletin.catch_up(self.reload)
        task = asyncio.create_task(self.bulletin.follow(self.note, self.reload))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.mark.gen_test
async def test_a_follower_hears_what_is_posted_after_it_began_and_nothing_before(database: Database) -> None:
    board, follower = ChangeFeed(database), Follower(database)
    await board.publish("before")

    async with follower.following():
        await board.publish("ada")
        await board.publish("bob")
        await until(lambda: len(follower.changed) == 2)

    assert (follower.changed, follower.reloads) == (["ada", "bob"], 1)


@pytest.mark.gen_test
async def test_what_is_posted_while_the_cursor_is_gone_is_read_anew(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "PAUSE_S", 0.01)
    board, follower = ChangeFeed(database), Follower(database)

    async with follower.following():
        await board.publish("ada")
        await until(lambda: follower.changed == ["ada"])
        await database.collection("bulletin").drop()
        await database.prepare()
        await board.publish("missed")
        await until(lambda: follower.reloads > 1)
        seen = set(follower.changed)
        await board.publish("bob")
        await until(lambda: follower.changed[-1] == "bob")

    assert seen <= {"ada", "missed"}


@pytest.mark.gen_test
async def test_the_collection_is_capped(database: Database) -> None:
    options = await database.collection("bulletin").options()

    assert options["capped"] is True
