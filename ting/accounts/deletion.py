"""Leaving for good. What somebody wrote stays as from someone who left, or goes with them, as they choose.

One write makes somebody nobody: name, password and profile are gone, and what is still to be removed is on record.
The record is worked off after it; what was not finished when the server stopped is found there again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from ting.conversations.messages import Messages
from ting.core.errors import Busy, CloseCode, NoSession
from ting.core.models import MessageDisposal, Person, User, UserId
from ting.realtime.presence import Presence
from ting.realtime.user_broadcast import UserBroadcaster
from ting.store.messages import MessageStore
from ting.store.users import UserStore

REMOVED_AT_ONCE = 20  # few, so that others who edit do not wait for long
SECOND_PASS_AFTER_S = 5.0  # what was being sent or kept when they left is there by then
CHECK_EVERY_S = 60.0  # somebody may have been put on record from outside, at the command line

Eraser = Callable[[UserId], Awaitable[object]]

logger = logging.getLogger(__name__)


class AccountDeletion:
    """The use case of deleting an account."""

    def __init__(
        self,
        users: UserStore,
        presence: Presence,
        broadcaster: UserBroadcaster,
        chat: Messages,
        messages: MessageStore,
        erasers: Sequence[Eraser],
        *,
        second_pass_after_s: float = SECOND_PASS_AFTER_S,
    ) -> None:
        """`erasers` each remove one kind of thing of a user's, however often they are asked to."""
        self._users = users
        self._presence = presence
        self._broadcaster = broadcaster
        self._chat = chat
        self._messages = messages
        self._erasers = erasers
        self._second_pass_after_s = second_pass_after_s
        self._wake = asyncio.Event()

    async def delete(self, user: User, traces: MessageDisposal) -> None:
        """The account is gone when this returns, and its connections close; `run` removes the rest. Raises `Busy`."""
        gone = await self._users.mark_deleted(user.id, traces)
        if gone is None:
            raise NoSession
        for connection in self._presence.user_connections(gone.id):
            connection.close(CloseCode.SESSION_ENDED)
        self._broadcaster.broadcast_person(gone)
        self._wake.set()

    async def run(self) -> None:
        """Remove what is left of those who left, until cancelled."""
        while True:
            try:
                for user, traces in await self._users.pending_deletions():
                    await self._finish(user, traces)
            except Busy as busy:
                logger.warning("Deleted accounts are removed as a whole later: %s", busy)
            except Exception:
                logger.exception("A deleted account was not removed as a whole")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), CHECK_EVERY_S)
            self._wake.clear()

    async def _finish(self, user: UserId, traces: MessageDisposal) -> None:
        await self._erase(user, traces)
        await asyncio.sleep(self._second_pass_after_s)
        await self._erase(user, traces)
        await self._users.finish_deletion(user)

    async def _erase(self, user: UserId, traces: MessageDisposal) -> None:
        for erase in self._erasers:
            await erase(user)
        if traces == "remove":
            await self._remove_messages(user)

    async def _remove_messages(self, user: UserId) -> None:
        """Everybody sees them go, as any message that is taken back."""
        author, last = Person(user, ""), ""
        while found := await self._messages.by_author(user, after=last, limit=REMOVED_AT_ONCE):
            await asyncio.gather(*(self._chat.delete(author, message.id) for message in found))
            last = found[-1].id
