"""Leaving for good. What somebody wrote stays as from someone who left, or goes with them, as they choose.

One write makes somebody nobody: name, password and profile are gone, and what is still to be removed is on record.
The record is worked off after it; what was not finished when the server stopped is found there again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from ting.conversations.messages import Chat
from ting.core.errors import Busy, CloseCode, NoSession
from ting.core.models import Person, Traces, User, UserId
from ting.realtime.presence import Presence
from ting.realtime.user_broadcast import Persons
from ting.store.messages import MessageStore
from ting.store.users import UserStore

REMOVED_AT_ONCE = 20  # few, so that others who edit do not wait for long
SETTLED_AFTER_S = 5.0  # what was being sent or kept when they left is there by then
LOOK_EVERY_S = 60.0  # somebody may have been put on record from outside, at the command line

Eraser = Callable[[UserId], Awaitable[object]]

logger = logging.getLogger(__name__)


class Departures:
    """The use case of deleting an account."""

    def __init__(
        self,
        users: UserStore,
        presence: Presence,
        persons: Persons,
        chat: Chat,
        messages: MessageStore,
        erasers: Sequence[Eraser],
        *,
        settled_after_s: float = SETTLED_AFTER_S,
    ) -> None:
        """`erasers` each remove one kind of thing of a user's, however often they are asked to."""
        self._users = users
        self._presence = presence
        self._persons = persons
        self._chat = chat
        self._messages = messages
        self._erasers = erasers
        self._settled_after_s = settled_after_s
        self._more = asyncio.Event()

    async def depart(self, user: User, traces: Traces) -> None:
        """The account is gone when this returns, and its connections close; `run` removes the rest. Raises `Busy`."""
        gone = await self._users.depart(user.id, traces)
        if gone is None:
            raise NoSession
        for connection in self._presence.of_user(gone.id):
            connection.close(CloseCode.SESSION_ENDED)
        self._persons.changed(gone)
        self._more.set()

    async def run(self) -> None:
        """Remove what is left of those who left, until cancelled."""
        while True:
            try:
                for user, traces in await self._users.departing():
                    await self._finish(user, traces)
            except Busy as busy:
                logger.warning("Deleted accounts are removed as a whole later: %s", busy)
            except Exception:
                logger.exception("A deleted account was not removed as a whole")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._more.wait(), LOOK_EVERY_S)
            self._more.clear()

    async def _finish(self, user: UserId, traces: Traces) -> None:
        await self._erase(user, traces)
        await asyncio.sleep(self._settled_after_s)
        await self._erase(user, traces)
        await self._users.departed(user)

    async def _erase(self, user: UserId, traces: Traces) -> None:
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
