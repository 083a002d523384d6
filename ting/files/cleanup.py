"""Removes files that no message refers to, in small batches.

A file is removed if no message refers to it, and it was last uploaded or attached (`Attachments.attach`) more than a
day ago. So the file of a message that is being stored is safe for a day. After a long outage of the database the
message may still wait to be stored, so pending messages are checked too.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial

from ting.core.clock import DAY_MS, Clock
from ting.core.models import MessageId
from ting.core.periodic import repeat
from ting.files.attachments import Attachments
from ting.store.files import StoredFile
from ting.store.stores import Stores

KEPT_MS = DAY_MS
INTERVAL_S = 3600.0
BATCH = 100  # files
PAUSE_S = 0.2  # between batches

logger = logging.getLogger(__name__)


class OrphanCleanup:
    """Checks all files regularly."""

    def __init__(
        self,
        stores: Stores,
        attachments: Attachments,
        is_pending: Callable[[MessageId], object],
        clock: Clock,
    ) -> None:
        """`is_pending` returns whether a message with this id waits to be stored."""
        self._stored = stores.files
        self._messages = stores.messages
        self._attachments = attachments
        self._is_pending = is_pending
        self._clock = clock

    async def run(self) -> None:
        """Check all files every hour, until cancelled."""
        wait = partial(asyncio.sleep, INTERVAL_S)
        await repeat(self.remove, wait, logger=logger, failed="Unreferenced files were not removed")

    async def remove(self, *, pause_s: float = PAUSE_S) -> int:
        """Check all files once. Returns the number of removed files. Raises `Busy`."""
        removed, after = 0, ""
        while batch := await self._stored.page(after, BATCH):
            for file in await self._retire_orphans(batch):
                await self._attachments.discard(file.id)
                removed += 1
            after = batch[-1].id
            await asyncio.sleep(pause_s)
        return removed

    async def _retire_orphans(self, files: Sequence[StoredFile]) -> list[StoredFile]:
        """Mark those of these files as incomplete that can be removed, and return them."""
        limit = self._clock() - KEPT_MS
        old = [file for file in files if file.metadata["touched"] < limit]
        # Pending messages are checked before stored ones, so that a message that is stored meanwhile is not missed.
        candidates = [file for file in old if not self._is_pending(file.metadata.get("message", ""))]
        attached = {file.metadata.get("message", "") for file in candidates} - {""}
        messages = await self._messages.by_id(attached)
        unreadable = await self._messages.exist(attached - messages.keys())
        orphans = []
        for file in candidates:
            if file.metadata.get("message") in unreadable:
                continue  # the message is broken, and may refer to it
            message = messages.get(file.metadata.get("message", ""))
            if message is not None and message.file is not None and message.file.id == file.id:
                continue
            # The file may have been attached again since it was read.
            if await self._stored.retire(file.id, file.metadata["touched"]):
                orphans.append(file)
        return orphans
