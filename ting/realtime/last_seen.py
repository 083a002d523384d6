"""Keeps when people were last here, while they are: one write for all of them, now and then."""

import asyncio
import logging
from collections.abc import Callable

from ting.core.errors import Busy
from ting.core.models import Milliseconds
from ting.realtime.presence import Presence
from ting.store.users import UserStore

INTERVAL_S = 60.0

logger = logging.getLogger(__name__)


class LastSeen:
    """Whoever has an open connection is here."""

    def __init__(self, users: UserStore, presence: Presence, clock: Callable[[], Milliseconds]) -> None:
        self._users = users
        self._presence = presence
        self._clock = clock

    async def save(self) -> None:
        """Keep who is here now. Raises `Busy`."""
        here = {connection.person.id for connection in self._presence.connections()}
        if here:
            await self._users.record_uses(here, self._clock())

    async def run(self) -> None:
        """Note it every minute, until cancelled."""
        while True:
            await asyncio.sleep(INTERVAL_S)
            try:
                await self.save()
            except Busy:
                pass  # the next time will do
            except Exception:
                logger.exception("Who is here could not be kept")
