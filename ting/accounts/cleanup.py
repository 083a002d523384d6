"""Removes what is left of sessions that have ended, and of users who have no name any more.

A session or token that has ended stays for a while, so that a banned user gets the reason. A user whose name became
free cannot sign in any more: what belongs to the user alone is removed after a while. The name stays where messages,
bans or the audit log refer to the user, otherwise the user goes completely.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from ting.accounts.sessions import Sessions
from ting.core.clock import DAY_MS, Clock
from ting.core.models import UserId
from ting.core.periodic import repeat
from ting.store.stores import Stores

KEPT_DAYS = 30
NEW_MS = DAY_MS  # a session is stored before its user is
FIRST_AFTER_S = 600.0
EVERY_S = 24 * 3600.0
AT_ONCE = 100
PAUSE_S = 0.2

logger = logging.getLogger(__name__)


class AccountCleanup:
    """Looks through sessions and former users once a day."""

    def __init__(
        self,
        stores: Stores,
        sessions: Sessions,
        erasers: Sequence[Callable[[UserId], Awaitable[object]]],
        clock: Clock,
        *,
        pause_s: float = PAUSE_S,
    ) -> None:
        """Each of `erasers` removes one kind of data of a user."""
        self._stores = stores
        self._sessions = sessions
        self.erasers = erasers
        self._clock = clock
        self._pause_s = pause_s

    async def run(self) -> None:
        """Clean up some minutes after the start and then every day, until cancelled."""
        await asyncio.sleep(FIRST_AFTER_S)
        wait = partial(asyncio.sleep, EVERY_S)
        await repeat(self.remove, wait, logger=logger, failed="Old sessions and users were not removed")

    async def remove(self) -> None:
        """Clean up once. Raises `Busy`."""
        now, sessions = self._clock(), self._stores.sessions
        before = now - KEPT_DAYS * DAY_MS
        await self._end_sessions(lambda: sessions.over(before, self._sessions.unused_before(before), AT_ONCE))
        await self._end_sessions(lambda: sessions.without_user(now - NEW_MS, AT_ONCE))
        audited = await self._stores.audit.users()
        while former := await self._stores.users.former(before, AT_ONCE):
            for user in former:
                await self._remove_user(user, is_audited=user in audited)
            await asyncio.sleep(self._pause_s)

    async def _end_sessions(self, find: Callable[[], Awaitable[Sequence[tuple[UserId, str]]]]) -> None:
        """End the sessions that are found, until there are none."""
        while found := await find():
            for user, session in found:
                await self._sessions.end(user, session)
            await asyncio.sleep(self._pause_s)

    async def _remove_user(self, user: UserId, *, is_audited: bool) -> None:
        is_kept = is_audited or await self._is_referred_to(user)  # before the memberships are removed
        for erase in self.erasers:
            await erase(user)
        if is_kept:
            await self._stores.users.reduce_to_name(user)
        else:
            await self._stores.users.remove_former(user)

    async def _is_referred_to(self, user: UserId) -> bool:
        return (
            await self._stores.messages.has_author(user)
            or await self._stores.memberships.has_direct(user)
            or await self._stores.bans.get(user) is not None
        )
