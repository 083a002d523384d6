"""The change feed: the command line notifies running servers of changed users.

A capped collection, followed with a tailable cursor (MongoDB manual, "Tailable Cursors"). This works with a single
mongod and with a replica set, and has no cost while there are no changes.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from pymongo import CursorType
from pymongo.errors import PyMongoError

from ting.core.errors import Busy
from ting.core.models import UserId
from ting.core.periodic import repeat
from ting.store.database import Database, first_line, or_busy

PAUSE_S = 0.5
AWAIT_MS = 1_000

logger = logging.getLogger(__name__)

OnChange = Callable[[UserId], Awaitable[None]]
Reload = Callable[[], Awaitable[None]]


class ChangeFeed:
    """Changed users, and the URL of the chat."""

    def __init__(self, database: Database) -> None:
        self._entries = database.collection("bulletin")
        self._meta = database.collection("meta")
        self._seen: set[Any] = set()
        self._is_current = False
        self._is_outage_logged = False

    async def publish(self, user_id: UserId) -> None:
        """Notify running servers that a user was changed."""
        await or_busy(lambda: self._entries.insert_one({"user": user_id}))

    async def set_address(self, address: str) -> None:
        """Store the URL of the chat, for links that the command line prints."""
        await or_busy(lambda: self._meta.update_one({"_id": "address"}, {"$set": {"url": address}}, upsert=True))

    async def address(self) -> str | None:
        """The URL of the chat when a server last ran."""
        document = await or_busy(lambda: self._meta.find_one({"_id": "address"}))
        url = (document or {}).get("url")
        return url if isinstance(url, str) else None

    async def catch_up(self, reload: Reload) -> None:
        """Call `reload`, which reads everything that earlier entries are about. Raises `Busy`."""
        if not await self._ids():
            await self.publish("")  # a cursor on an empty collection would end at once
        self._seen = await self._ids()
        await reload()
        self._is_current, self._is_outage_logged = True, False

    async def follow(self, on_change: OnChange, reload: Reload) -> None:
        """Call `on_change` for each new entry, until cancelled. After a gap, call `reload` for the missed entries.

        A user that cannot be read does not block the changes of others.
        """
        await repeat(
            partial(self._catch_up_and_follow, on_change, reload),
            partial(asyncio.sleep, PAUSE_S),
            logger=logger,
            failed="A change made at the command line could not be applied",
        )

    async def _catch_up_and_follow(self, on_change: OnChange, reload: Reload) -> None:
        """Catch up if entries may have been missed, then follow. An outage of the database is logged once."""
        try:
            if not self._is_current:
                await self.catch_up(reload)
            self._is_current = False  # entries may be missed as soon as the cursor ends
            await self._follow(on_change)
        except (PyMongoError, Busy) as error:
            if not self._is_outage_logged:
                logger.warning("Changes made at the command line are not received for now: %s", first_line(error))
            self._is_outage_logged = True

    async def _follow(self, on_change: OnChange) -> None:
        """Call `on_change` for new entries until the cursor ends."""
        cursor = self._entries.find(cursor_type=CursorType.TAILABLE_AWAIT).max_await_time_ms(AWAIT_MS)
        # Never closed, since closing would wait for a database that does not answer. It ends with the client.
        while cursor.alive:  # type: ignore[truthy-function]  # a property, but its stub says a method
            async for entry in cursor:
                user = entry.get("user")
                if entry["_id"] not in self._seen and isinstance(user, str) and user:
                    await on_change(user)

    async def _ids(self) -> set[Any]:
        entries = await or_busy(lambda: self._entries.find({}, {"_id": 1}).to_list(None))
        return {entry["_id"] for entry in entries}
