"""Removes sessions of users who do not exist any more.

They are left over when the server is killed between two steps: a session begins before its user is registered, and ends
after its user's name was freed. Such a session is refused, but its device and its address stay in the database.
"""

import asyncio
import logging
from functools import partial

from ting.core.clock import Clock
from ting.core.periodic import repeat
from ting.store.sessions import SessionStore

EVERY_S = 3600.0
KEPT_MS = 3_600_000  # by then, a registration in progress has ended

logger = logging.getLogger(__name__)


class SessionCleanup:
    """Looks through all sessions now and then."""

    def __init__(self, sessions: SessionStore, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def run(self) -> None:
        """Look through all sessions every hour, until cancelled."""
        wait = partial(asyncio.sleep, EVERY_S)
        await repeat(self.remove, wait, logger=logger, failed="Sessions without a user were not removed")

    async def remove(self) -> None:
        """Remove the sessions without a user. Raises `Busy`."""
        await self._sessions.remove_without_user(self._clock() - KEPT_MS)
