"""Stores when users were last connected: one write for all of them, once a minute."""

import asyncio
import logging
from functools import partial

from ting.core.clock import Clock
from ting.core.periodic import repeat
from ting.realtime.presence import Presence
from ting.store.users import UserStore

INTERVAL_S = 60.0

logger = logging.getLogger(__name__)


class LastSeen:
    """Records the current time as the last-seen time of every user with an open connection."""

    def __init__(self, users: UserStore, presence: Presence, clock: Clock) -> None:
        self._users = users
        self._presence = presence
        self._clock = clock

    async def save(self) -> None:
        """Store the current time as the last-seen time of the connected users. Raises `Busy`."""
        present = {connection.person.id for connection in self._presence.connections()}
        if present:
            await self._users.record_uses(present, self._clock())

    async def run(self) -> None:
        """Save every minute, until cancelled."""
        wait = partial(asyncio.sleep, INTERVAL_S)
        await wait()
        await repeat(self.save, wait, logger=logger, failed="The last-seen times could not be stored")
