"""Deletes accounts. The user chooses whether their messages are removed, or stay as those of a deleted user.

A single write clears the name, the password and the profile, and records what is still to be removed. The rest is
removed after it. If the server stops in between, it continues from the record when it starts again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from ting.core.clock import Clock
from ting.core.errors import CloseCode, NoSession, Refused
from ting.core.models import MessageDisposal, User, UserId
from ting.core.periodic import repeat
from ting.realtime.services import RealtimeServices
from ting.store.stores import Stores

SECOND_PASS_AFTER_S = 5.0  # by then, writes that were in progress at the deletion are stored
CHECK_EVERY_S = 60.0  # the command line may have recorded a deletion

Eraser = Callable[[UserId], Awaitable[object]]

logger = logging.getLogger(__name__)


class AccountDeletion:
    """The use case of deleting an account."""

    def __init__(
        self,
        stores: Stores,
        realtime: RealtimeServices,
        erasers: Sequence[Eraser],
        delete_messages: Eraser,
        remove_leftovers: Eraser,
        clock: Clock,
        *,
        second_pass_after_s: float = SECOND_PASS_AFTER_S,
    ) -> None:
        """Each of `erasers` removes one kind of data of a user. It may be called repeatedly.

        `delete_messages` is called only for a user who wants their messages removed, and `remove_leftovers` after it.
        """
        self._users = stores.users
        self._audit = stores.audit
        self._presence = realtime.presence
        self._broadcaster = realtime.broadcaster
        self.erasers = erasers
        self._delete_messages = delete_messages
        self._remove_leftovers = remove_leftovers
        self._second_pass_after_s = second_pass_after_s
        self._clock = clock
        self._wake = asyncio.Event()

    async def delete(self, user: User, disposal: MessageDisposal) -> None:
        """Delete the account, and close its connections. `run` removes the remaining data later. Raises `Busy`."""
        await self._audit.append(self._clock(), user.id, "delete-account", whom=user.id)
        deleted = await self._users.mark_deleted(user.id, disposal)
        if deleted is None:
            raise NoSession
        for connection in self._presence.user_connections(deleted.id):
            connection.close(CloseCode.SESSION_ENDED)
        self._broadcaster.broadcast_person(deleted)
        self._wake.set()

    async def run(self) -> None:
        """Remove the data of deleted users, until cancelled."""
        failed = "A deleted account was not removed completely"
        await repeat(self._finish_all, self._wait, logger=logger, failed=failed)

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), CHECK_EVERY_S)
        self._wake.clear()

    async def _finish_all(self) -> None:
        """Remove the data of each deleted user. One that has to wait does not hold up the others."""
        postponed: Refused | None = None
        for user, disposal in await self._users.pending_deletions():
            try:
                await self._finish(user, disposal)
            except Refused as refused:
                postponed = refused
        if postponed is not None:
            raise postponed

    async def _finish(self, user: UserId, disposal: MessageDisposal) -> None:
        await self._erase(user, disposal)
        await asyncio.sleep(self._second_pass_after_s)
        await self._erase(user, disposal)
        if disposal == "remove":
            await self._remove_leftovers(user)
        await self._users.finish_deletion(user)

    async def _erase(self, user: UserId, disposal: MessageDisposal) -> None:
        for erase in self.erasers:
            await erase(user)
        if disposal == "remove":
            await self._delete_messages(user)
