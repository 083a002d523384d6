"""Visits of each user, one at a time, however many connections they come from.

A visit is the costliest thing that a client reports: it is counted, written and sent to all connections of its user. So
the visits of one user wait for each other. A visit that waits and is repeated happens once, and when too many wait, the
oldest ones are dropped: the newest visits decide the order of the list.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from ting.core.errors import TooMany
from ting.core.models import ConversationId, Entry, UserId

MAX_WAITING = 8  # conversations of one user

Visit = Callable[[UserId, ConversationId], Awaitable[Entry]]


class VisitQueue:
    """The visits that wait, by user and conversation, in the order in which they happen."""

    def __init__(self, visit: Visit) -> None:
        """`visit` changes the list."""
        self._visit = visit
        self._waiting: dict[UserId, OrderedDict[ConversationId, asyncio.Future[Entry]]] = {}
        self._workers: dict[UserId, asyncio.Task[None]] = {}

    async def add(self, user: UserId, conversation: ConversationId) -> Entry:
        """Visit a conversation, after the earlier visits of this user.

        Raises what the visit raises, and `TooMany` if it is dropped for newer ones.
        """
        waiting = self._waiting.setdefault(user, OrderedDict())
        answer = waiting.pop(conversation, None)
        if answer is None:
            answer = asyncio.get_running_loop().create_future()
            answer.add_done_callback(lambda done: done.cancelled() or done.exception())  # all may have gone
        waiting[conversation] = answer
        if len(waiting) > MAX_WAITING:
            _, oldest = waiting.popitem(last=False)
            oldest.set_exception(TooMany("This visit was dropped, because newer ones followed.", retry_after=1.0))
        if user not in self._workers:
            self._workers[user] = asyncio.create_task(self._work(user, waiting))
        return await asyncio.shield(answer)

    def __len__(self) -> int:
        """The number of users whose visits wait or are in progress."""
        return len(self._workers)

    async def _work(self, user: UserId, waiting: OrderedDict[ConversationId, asyncio.Future[Entry]]) -> None:
        try:
            while waiting:
                conversation, answer = waiting.popitem(last=False)
                try:
                    entry = await self._visit(user, conversation)
                except Exception as error:
                    answer.set_exception(error)
                else:
                    answer.set_result(entry)
        finally:
            del self._workers[user], self._waiting[user]
