"""Removes files that no message refers to: quietly, a few at a time.

A file may be removed when it was neither brought nor attached within a day, and no message refers to it: none was sent
with it, or it was deleted. A message that is being stored was attached its file just now (`Files.attach`), so that
file is a day from being looked at; and what a long outage of the database keeps waiting is asked for by its id.
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
EVERY_S = 3600.0
AT_ONCE = 100
PAUSE_S = 0.2

logger = logging.getLogger(__name__)


class OrphanCleanup:
    """Looks through all files now and then."""

    def __init__(
        self,
        stores: Stores,
        attachments: Attachments,
        is_pending: Callable[[MessageId], object],
        clock: Clock,
    ) -> None:
        """`is_pending` says whether a message of this id is about to be stored."""
        self._stored = stores.files
        self._messages = stores.messages
        self._attachments = attachments
        self._is_pending = is_pending
        self._clock = clock

    async def run(self) -> None:
        """Look through all files every hour, until cancelled."""
        wait = partial(asyncio.sleep, EVERY_S)
        await repeat(self.remove, wait, logger=logger, failed="Unreferenced files were not removed")

    async def remove(self, *, pause_s: float = PAUSE_S) -> int:
        """Look through all files once; how many were removed. Raises `Busy`."""
        removed, after = 0, ""
        while some := await self._stored.page(after, AT_ONCE):
            for file in await self._unreferred(some):
                await self._attachments.discard(file.id)
                removed += 1
            after = some[-1].id
            await asyncio.sleep(pause_s)
        return removed

    async def _unreferred(self, files: Sequence[StoredFile]) -> list[StoredFile]:
        """Those of these files that can go."""
        limit = self._clock() - KEPT_MS
        old = [file for file in files if file.metadata["touched"] < limit]
        # First what waits, then what is stored: a message that goes from the one to the other meanwhile is seen.
        settled = [file for file in old if not self._is_pending(file.metadata.get("message", ""))]
        attached = {file.metadata.get("message", "") for file in settled} - {""}
        messages = await self._messages.by_id(attached)
        unreadable = await self._messages.exist(attached - messages.keys())
        unreferred = []
        for file in settled:
            if file.metadata.get("message") in unreadable:
                continue  # the message is broken, and may refer to it
            message = messages.get(file.metadata.get("message", ""))
            if message is not None and message.file is not None and message.file.id == file.id:
                continue
            # One that was attached again since it was read is not old any more.
            if await self._stored.retire(file.id, file.metadata["touched"]):
                unreferred.append(file)
        return unreferred
