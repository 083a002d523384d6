"""The bulletin: through it the command line tells servers that run whom it changed.

A capped collection, followed with a tailable cursor (MongoDB manual, "Tailable Cursors"): that works with a single
mongod and with a replica set, and costs nothing while nothing is posted.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from pymongo import CursorType
from pymongo.errors import PyMongoError

from ting.core.errors import Busy
from ting.core.models import UserId
from ting.store.database import Database, first_line, or_busy

PAUSE_S = 0.5
AWAIT_MS = 1_000

logger = logging.getLogger(__name__)

OnChange = Callable[[UserId], Awaitable[None]]
Reload = Callable[[], Awaitable[None]]


class ChangeFeed:
    """Whom the command line changed, and where browsers find the chat."""

    def __init__(self, database: Database) -> None:
        self._entries = database.collection("bulletin")
        self._meta = database.collection("meta")
        self._seen: set[Any] = set()

    async def publish(self, user_id: UserId) -> None:
        """Tell servers that run that a user was changed."""
        await or_busy(lambda: self._entries.insert_one({"user": user_id}))

    async def set_address(self, address: str) -> None:
        """Say where browsers find the chat, for links that the command line makes."""
        await or_busy(lambda: self._meta.update_one({"_id": "address"}, {"$set": {"url": address}}, upsert=True))

    async def address(self) -> str | None:
        """Where browsers found the chat when a server ran last."""
        document = await or_busy(lambda: self._meta.find_one({"_id": "address"}))
        return document["url"] if document else None

    async def catch_up(self, reload: Reload) -> None:
        """Read everything anew: whatever was posted before this is in what `reload` reads. Raises `Busy`."""
        if not await self._ids():
            await self.publish("")  # a cursor on an empty collection would end at once
        self._seen = await self._ids()
        await reload()

    async def follow(self, on_change: OnChange, reload: Reload) -> None:
        """Call `changed` for every post to come, until cancelled. After a gap, `reload` stands for what was missed."""
        is_current, is_told = True, False
        while True:
            try:
                if not is_current:
                    await self.catch_up(reload)
                    is_current, is_told = True, False
                await self._follow(on_change)
            except (PyMongoError, Busy) as error:
                if not is_told:
                    logger.warning("Changes made at the command line are not received for now: %s", first_line(error))
                is_told = True
            except Exception:  # one who cannot be read must not keep all others from being heard of
                logger.exception("A change made at the command line could not be applied")
            is_current = False
            await asyncio.sleep(PAUSE_S)

    async def _follow(self, on_change: OnChange) -> None:
        """Until the cursor ends."""
        cursor = self._entries.find(cursor_type=CursorType.TAILABLE_AWAIT).max_await_time_ms(AWAIT_MS)
        # Never closed: it ends with the database, or with the client, which would wait for one that does not answer.
        while cursor.alive:  # type: ignore[truthy-function]  # a property, whatever its stub says
            async for post in cursor:
                if post["_id"] not in self._seen and post["user"]:
                    await on_change(post["user"])

    async def _ids(self) -> set[Any]:
        posts = await or_busy(lambda: self._entries.find({}, {"_id": 1}).to_list(None))
        return {post["_id"] for post in posts}
