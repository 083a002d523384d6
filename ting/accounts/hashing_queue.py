"""The queue for password hashes: a few run at a time, and those who wait take turns.

A hash is expensive, so hashing can be used to keep others waiting. Each requester (a user, a known device or a network)
has a queue of its own, and the queues take turns. Requesters that are known (signed in, or on a known device) take
turns with all strangers together: however many strangers wait, every second hash is for a known requester.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from ting.core.errors import Busy, TooMany

MAX_THREADS = 2
MAX_WAITING_EACH = 32  # hashes per requester: a class that signs up from one address fits in
MAX_WAITING_STRANGERS = 100

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Requester:
    """Who asked for a hash. `key` identifies the requester; `known` is whether it is a user of this server."""

    key: str = ""
    known: bool = False


class HashingQueue:
    """Runs hashes in threads, so that they do not block the event loop."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=MAX_THREADS, thread_name_prefix="argon2")
        self._running = 0
        self._known: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._strangers: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._known_turn = True

    async def run(self, requester: Requester, work: Callable[[], _Result]) -> _Result:
        """Run `work` when it is the requester's turn. Raises `TooMany`, `Busy` if too much is waiting already."""
        await self._wait_turn(requester)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._next()

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _wait_turn(self, requester: Requester) -> None:
        if self._running < MAX_THREADS:
            self._running += 1
            return
        turn = self._enqueue(requester)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # the turn had come, and passes on
                self._next()
            raise

    def _enqueue(self, requester: Requester) -> "asyncio.Future[None]":
        queues = self._known if requester.known else self._strangers
        if len(queues.get(requester.key, ())) >= MAX_WAITING_EACH:
            raise TooMany(retry_after=1.0)
        if not requester.known and sum(map(len, queues.values())) >= MAX_WAITING_STRANGERS:
            raise Busy
        turn = asyncio.get_running_loop().create_future()
        queues.setdefault(requester.key, deque()).append(turn)
        return turn

    def _next(self) -> None:
        """A thread is free: give it to the next one who still waits."""
        while (turn := self._pop()) is not None:
            if not turn.done():
                turn.set_result(None)
                return
        self._running -= 1

    def _pop(self) -> "asyncio.Future[None] | None":
        first, second = (self._known, self._strangers) if self._known_turn else (self._strangers, self._known)
        self._known_turn = not self._known_turn
        for queues in (first, second):
            if queues:
                key, queue = queues.popitem(last=False)
                turn = queue.popleft()
                if queue:
                    queues[key] = queue  # behind the others
                return turn
        return None
